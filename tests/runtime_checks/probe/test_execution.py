"""Running code again: which expressions keep their values, which get others."""

from __future__ import annotations

from types import SimpleNamespace

from tfloss_lint.runtime_checks.probe.execution import Execution, Replay, Site

LABEL, PREDICTION, ELSEWHERE = (0, "label"), (0, "prediction"), (1, "label")


def test_an_expression_is_what_it_was_first() -> None:
    execution = Execution("function 2", seen={LABEL: [1.0, 2.0]})
    site = Site(0, "TFL201", "broadcast", {}, ["function 2"])
    assert execution.value(site, "label") == 1.0
    assert execution.value(site, "prediction") is None


def test_substitutes_stand_for_the_first_value_and_the_others_are_as_they_were() -> None:
    execution = Execution("block 3", seen={LABEL: [1.0, 2.0], PREDICTION: [3.0], ELSEWHERE: [4.0]})
    replay = Replay(execution, {LABEL: 10.0})
    assert [replay.tap(LABEL, value) for value in (5.0, 6.0, 7.0)] == [10.0, 2.0, 7.0]
    # Without a substitute an expression is what it is now; another site's tap hands on what it gets.
    assert replay.tap(PREDICTION, 8.0) == 8.0
    assert replay.tap(ELSEWHERE, 9.0) == 9.0
    assert replay.seen == {LABEL: [10.0, 2.0, 7.0], PREDICTION: [8.0], ELSEWHERE: [9.0]}


def test_what_was_not_evaluated_is_recalled() -> None:
    site = Site(0, "TFL201", "broadcast", {}, [])
    execution = Execution("expression 0", probe=SimpleNamespace(latest={LABEL: 1.0}))
    execution.recall(site, "label")
    execution.recall(site, "prediction")
    assert execution.seen == {LABEL: [1.0]}
    assert Execution("expression 0").seen == {}
