from __future__ import annotations

import re

import pytest

from tfloss_lint import program, target
from tfloss_lint.rules import dropped_regularization, unscaled_loss
from tfloss_lint.sign import Sign

SCALE = Sign(("scale",), re.compile(r"\bscale\(\d"))
SHOWN = {
    target.KERAS2_SIGN: ["import tf_keras", "  from tf_keras import ops", "os.environ['TF_USE_LEGACY_KERAS'] = '1'"],
    target.KERAS3_SIGN: [
        "keras.ops.mean(x)",
        "keras.random.normal()",
        "keras.tree.flatten(x)",
        "keras.distribution.DataParallel()",
        "from keras import layers, ops",
        "os.environ['KERAS_BACKEND'] = 'jax'",
        "import keras_core as keras",
    ],
    program.DISTRIBUTES: [
        "tf.distribute.MirroredStrategy()",
        "tf.distribute.experimental.TPUStrategy(resolver)",
        "distribute.get_strategy()",
        "strategy.run(step)",
        "strategy.experimental_run_v2(step)",
        "with self.strategy.scope():",
        "n = replicas.num_replicas_in_sync",
    ],
    program.LEARNING_PHASE: ["K.set_learning_phase(1)", "set_learning_phase(True)"],
    program.MAKES_GRAPHS: ["@tf.function", "from tensorflow import function", "jit_compile=True", "tf.distribute.x"],
    dropped_regularization.READS_LOSSES: [
        "sum(self.losses)",
        "model.get_losses_for(x)",
        "tf.nn.l2_loss(w)",
        "regularisation = 0.1",
    ],
    unscaled_loss.SCALES: ["optimizer.get_scaled_loss(loss)", "optimizer.scale_loss(loss)", "loss_scale = 2"],
}


@pytest.mark.parametrize(
    ("text", "expected"), [("scale(3)", True), ("rescale(3)", False), ("scale(x)", False), ("", False)]
)
def test_the_pattern_decides(text: str, expected: bool) -> None:
    assert SCALE.is_in(text) is expected


@pytest.mark.parametrize(("sign", "text"), [(sign, text) for sign, texts in SHOWN.items() for text in texts])
def test_what_the_pattern_matches_has_one_of_the_words(sign: Sign, text: str) -> None:
    assert sign.pattern.search(text)
    assert sign.is_in(text)
