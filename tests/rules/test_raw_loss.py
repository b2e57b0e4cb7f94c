"""TFL101: its page, its findings and its numbers."""

from __future__ import annotations

from corners import confidences, step
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
