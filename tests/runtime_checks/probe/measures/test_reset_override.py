"""Overridden resets that Keras does not call."""

from __future__ import annotations

import pytest
from measure_cases import Case, check_verdicts, run_cases
from stacks import Stack

from tfloss_lint.claim import CONFIRMED, INCONCLUSIVE, NOT_REACHED, REFUTED
from tfloss_lint.runtime_checks.probe.measures.reset_override import ResetOverride

OWN_METRIC = """
class Own(keras.metrics.Metric):
    def __init__(self):
        super().__init__()
        self.total = self.add_weight(name="total", initializer="START")

    def update_state(self, y_true, y_pred, sample_weight=None):
        self.total.assign_add(tf.reduce_sum(y_pred))

    def result(self):
        return tf.identity(self.total)

    def reset_states(self):
        self.total.assign(START)


"""
CASES: dict[str, Case] = {
    "never run": Case(
        OWN_METRIC + "model.compile('sgd', 'mse')\nmodel.fit(x, y, verbose=0)\n", "reset_states", NOT_REACHED, "", code="TFL502"),
}  # fmt: skip


def test_verdicts_on_reset_override(probed_stack: Stack) -> None:
    check_verdicts(probed_stack, ResetOverride, CASES)


@pytest.mark.parametrize(("start", "on_keras3"), [("1.0", CONFIRMED), ("0.0", INCONCLUSIVE)])
def test_keras3_does_not_call_reset_states(probed_stack: Stack, start: str, on_keras3: str) -> None:
    text = OWN_METRIC.replace('"START"', "keras.initializers.Constant(START)").replace("START", start)
    text += "model.compile('sgd', 'mse', metrics=[Own()])\nmodel.fit(x, y, epochs=3, verbose=0)\n"
    case = Case(text, "reset_states", CONFIRMED, "", code="TFL502")
    (result,) = run_cases(probed_stack, ResetOverride, [case])
    expected = on_keras3 if probed_stack.name == "keras3" else REFUTED
    assert (result["ended"] in ("finished", "settled"), result["verdicts"]["0"]["status"]) == (True, expected), result
