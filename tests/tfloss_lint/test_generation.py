"""The two Keras generations."""

from __future__ import annotations

from tfloss_lint.generation import BOTH, Generation


def test_names() -> None:
    assert {g.value: g.title for g in Generation} == {"keras2": "Keras 2", "keras3": "Keras 3"}


def test_both_are_all_there_are() -> None:
    assert {Generation.KERAS2, Generation.KERAS3} == BOTH == set(Generation)
