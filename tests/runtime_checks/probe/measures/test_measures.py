"""All measures together; the cases of each stand in the test module of its own module."""

from __future__ import annotations

from pathlib import Path

from measure_cases import COLUMN, MEAN, SQUARES, Case, replicas, run_cases
from stacks import Stack

from tfloss_lint.claim import INCONCLUSIVE, Fact
from tfloss_lint.runtime_checks.probe.measures import MEASURES

HERE = Path(__file__).parent
REPLICATED: dict[str, tuple[str, dict[str, Fact]]] = {
    "divisor": (f"tf.reduce_sum({SQUARES}) / 16.0", {"divisor": 16}),
    "factor": (f"tf.reduce_sum({SQUARES}) / 16.0", {"family": "mean_squared_error"}),
    "vector": (f"{SQUARES} / 16.0", {}),
    "order": (MEAN, {}),
}


def test_what_runs_on_several_replicas_is_no_batch(probed_stack: Stack) -> None:
    """A part of the batch says nothing of the rows of a batch, and must not be run again while others wait."""
    for relation, (loss, facts) in REPLICATED.items():
        case = Case(replicas(loss), loss, INCONCLUSIVE, "", COLUMN, facts)
        (result,) = run_cases(probed_stack, MEASURES[relation], [case])
        verdict = result["verdicts"]["0"]
        reason = "it runs on 2 replicas at once, each with its part of the batch"
        assert (result["ended"], verdict["status"], verdict["text"]) == ("finished", INCONCLUSIVE, reason)


def test_every_measure_has_its_cases() -> None:
    for measure in MEASURES.values():
        module = measure.__module__.rpartition(".")[2]
        text = (HERE / f"test_{module}.py").read_text(encoding="utf-8")
        assert f"check_verdicts(probed_stack, {measure.__name__}, " in text, measure
