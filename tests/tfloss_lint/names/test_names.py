"""One name for every spelling."""

from __future__ import annotations

import time

import pytest

from tfloss_lint import names
from tfloss_lint.generation import Generation
from tfloss_lint.names import ACCURACY, CROSSENTROPY, canonical, loss_from_string, metric_from_string

MSE = "keras.losses.mean_squared_error"


@pytest.mark.parametrize(
    ("spelling", "name"),
    [
        # one function of Keras
        ("tensorflow.keras.losses.MSE", MSE),
        ("tensorflow.keras.metrics.mean_squared_error", MSE),
        ("tensorflow.losses.mse", MSE),
        ("tensorflow.compat.v1.keras.losses.mse", MSE),
        ("tensorflow.compat.v2.keras.losses.mse", MSE),
        ("tensorflow.python.keras.losses.mse", MSE),
        ("tf.keras.losses.mse", MSE),
        ("tf_keras.losses.mse", MSE),
        ("tf_keras.src.losses.mse", MSE),
        ("keras.api.losses.mse", MSE),
        ("keras.api._v2.keras.losses.mse", MSE),
        ("keras._tf_keras.keras.losses.mse", MSE),
        ("keras.src.losses.losses.mean_squared_error", MSE),
        ("keras.metrics.mse", MSE),
        (MSE, MSE),
        # classes, under the shortest name that lasts
        ("tensorflow.keras.models.Model", "keras.Model"),
        ("keras.engine.training.Model", "keras.Model"),
        ("keras.src.models.model.Model", "keras.Model"),
        ("tf_keras.src.engine.training.Model", "keras.Model"),
        ("tensorflow.keras.models.Sequential", "keras.Sequential"),
        ("tensorflow.keras.layers.Input", "keras.Input"),
        ("keras.layers.core.Dense", "keras.layers.Dense"),
        ("keras.src.layers.core.dense.Dense", "keras.layers.Dense"),
        ("keras.layers.Convolution2D", "keras.layers.Conv2D"),
        ("keras.Loss", "keras.losses.Loss"),
        ("keras.Metric", "keras.metrics.Metric"),
        ("tensorflow.metrics.Accuracy", "keras.metrics.Accuracy"),
        ("keras.regularizers.l2", "keras.regularizers.L2"),
        # a class and the function of that meaning are two things
        ("keras.losses.MeanSquaredError", "keras.losses.MeanSquaredError"),
        ("keras.metrics.MeanSquaredError", "keras.metrics.MeanSquaredError"),
        # functions of Keras
        ("tensorflow.keras.backend.mean", "keras.backend.mean"),
        ("keras.ops.numpy.mean", "keras.ops.mean"),
        ("tensorflow.keras.activations.softmax", "keras.activations.softmax"),
        ("tensorflow.keras.utils.to_categorical", "keras.utils.to_categorical"),
        ("keras.engine.data_adapter.unpack_x_y_sample_weight", "keras.utils.unpack_x_y_sample_weight"),
        ("keras.src.trainers.data_adapters.unpack_x_y_sample_weight", "keras.utils.unpack_x_y_sample_weight"),
        # TensorFlow
        ("tensorflow.math.reduce_mean", "tf.reduce_mean"),
        ("tensorflow.compat.v2.math.reduce_mean", "tf.reduce_mean"),
        ("tensorflow.math.sigmoid", "tf.sigmoid"),
        ("tensorflow.math.softmax", "tf.nn.softmax"),
        ("tensorflow.linalg.matmul", "tf.matmul"),
        ("tensorflow.dtypes.float32", "tf.float32"),
        ("tensorflow.GradientTape", "tf.GradientTape"),
        # TensorFlow 1 stays apart, but for what is the very same object
        ("tensorflow.compat.v1.losses.mean_squared_error", "tf.compat.v1.losses.mean_squared_error"),
        ("tensorflow.compat.v1.metrics.accuracy", "tf.compat.v1.metrics.accuracy"),
        ("tensorflow.compat.v1.reduce_mean", "tf.compat.v1.reduce_mean"),
        ("tensorflow.compat.v1.math.square", "tf.square"),
        # what hangs below a known name, and names that nobody knows
        ("tensorflow.keras.models.Model.fit", "keras.Model.fit"),
        ("tensorflow.data.Dataset.from_tensor_slices", "tf.data.Dataset.from_tensor_slices"),
        ("tensorflow.keras.losses.no_such_loss", "keras.losses.no_such_loss"),
        ("tensorflow.keras", "keras"),
        ("tensorflow.losses", "keras.losses"),
        ("tensorflow", "tf"),
        # other libraries
        ("numpy.mean", "numpy.mean"),
        ("tensorflow_addons.losses.TripletSemiHardLoss", "tensorflow_addons.losses.TripletSemiHardLoss"),
        ("kerastuner.Hyperband", "kerastuner.Hyperband"),
        ("model.keras.losses.mse", "model.keras.losses.mse"),
        ("mse", "mse"),
    ],
)
def test_canonical(spelling: str, name: str) -> None:
    assert canonical(spelling) == name


def test_canonical_names_stand_for_themselves() -> None:
    aliases = names._table().aliases
    assert {name: canonical(name) for name in aliases.values()} == {name: name for name in aliases.values()}
    assert {alias: canonical(alias) for alias in aliases} == aliases


def test_no_name_of_tensorflow_1_became_a_loss_or_metric_of_keras() -> None:
    aliases = names._table().aliases
    borrowed = [a for a, name in aliases.items() if a.startswith("tf.compat.v1.") and name.startswith("keras.")]
    assert not [alias for alias in borrowed if ".losses." in alias or ".metrics." in alias]


@pytest.mark.parametrize(
    ("identifier", "name"),
    [
        ("mse", MSE),
        ("MSE", MSE),
        ("mean_squared_error", MSE),
        ("MeanSquaredError", "keras.losses.MeanSquaredError"),
        ("bce", "keras.losses.binary_crossentropy"),
        ("kld", "keras.losses.kl_divergence"),
        ("logcosh", "keras.losses.log_cosh"),
        ("crossentropy", CROSSENTROPY),
        ("accuracy", None),
        ("Mse", None),
        ("", None),
    ],
)
def test_loss_from_string(identifier: str, name: str | None) -> None:
    assert loss_from_string(identifier) == name


@pytest.mark.parametrize(
    ("identifier", "keras2", "keras3"),
    [
        ("mse", MSE, "keras.metrics.MeanSquaredError"),
        ("MeanSquaredError", "keras.metrics.MeanSquaredError", "keras.metrics.MeanSquaredError"),
        ("mean", None, "keras.metrics.Mean"),
        ("accuracy", ACCURACY, ACCURACY),
        ("acc", ACCURACY, ACCURACY),
        ("Accuracy", ACCURACY, ACCURACY),
        ("ce", CROSSENTROPY, None),
        ("binary_accuracy", "keras.metrics.binary_accuracy", "keras.metrics.BinaryAccuracy"),
        ("rmse", None, None),
    ],
)
def test_metric_from_string(identifier: str, keras2: str | None, keras3: str | None) -> None:
    assert metric_from_string(identifier, Generation.KERAS2) == keras2
    assert metric_from_string(identifier, Generation.KERAS3) == keras3


@pytest.mark.bench
def test_loading_takes_under_five_milliseconds() -> None:
    taken = []
    for _ in range(10):
        names._table.cache_clear()
        start = time.perf_counter()
        names._table()
        taken.append(time.perf_counter() - start)
    print(f"loading the alias table: {min(taken) * 1e3:.1f} ms")
    assert min(taken) < 0.005
