"""TFL101: its page, its findings and its numbers."""

from __future__ import annotations

import pytest
from corners import confidences, messages, step
from rule_programs import RuleTests


class TestRawLoss(RuleTests):
    rule = "raw_loss"


def test_a_loss_that_a_helper_returns_with_its_predictions() -> None:
    helper = """\
        def forward(self, x, y):
            p = self(x, training=True)
            return tf.reduce_mean(tf.square(y[:, None] - p)), p
    """
    assert confidences(step("loss, p = self.forward(x, y)", extra=helper), "TFL101") == ["certain"]


@pytest.mark.parametrize(
    ("loss", "told"),
    [
        (
            "self.loss(y, self(x, training=True))",
            "the step calls what compile() was given as loss, MeanSquaredError, by",
        ),
        ("keras.losses.MeanSquaredError()(y, self(x, training=True))", "the step trains on its own squared error and"),
    ],
)
def test_whose_loss_it_is(loss: str, told: str) -> None:
    (message,) = messages(step(f"loss = {loss}", "'sgd', keras.losses.MeanSquaredError()"), "TFL101")
    assert message.startswith(told)


@pytest.mark.parametrize(("reduction", "found"), [("none", []), ("sum_over_batch_size", ["likely"])])
def test_what_is_compiled_unreduced_is_reduced_by_the_step(reduction: str, found: list[str]) -> None:
    body = """\
        values = self.loss(y, self(x, training=True))
        loss = tf.reduce_sum(values * mask) / tf.reduce_sum(mask)
    """
    compiled = f"'sgd', keras.losses.MeanSquaredError(reduction={reduction!r})"
    assert confidences(step(body, compiled), "TFL101") == found
