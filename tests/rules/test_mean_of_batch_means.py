"""TFL305: its page, its findings and its numbers."""

from __future__ import annotations

import pytest
from corners import claims, confidences, found
from rule_programs import RuleTests


class TestMeanOfBatchMeans(RuleTests):
    rule = "mean_of_batch_means"


EVALUATION = """\
model = keras.Sequential([keras.layers.Dense(1)])
loss_function = keras.losses.MeanSquaredError({reduction})
error = keras.metrics.{metric}()
dataset = tf.data.Dataset.from_tensor_slices(({data})).{batched}
for inputs, labels in dataset:
    loss = loss_function(labels, model(inputs))
    error.update_state({update})
{read}
"""


def evaluation(
    data: str = "x, y",
    batched: str = "batch(32)",
    update: str = "loss",
    read: str = "print(error.result())",
    reduction: str = "",
    metric: str = "Mean",
) -> list[str]:
    values = {"data": data, "batched": batched, "update": update, "read": read}
    return confidences(EVALUATION.format(reduction=reduction, metric=metric, **values), "TFL305")


@pytest.mark.parametrize(
    ("batched", "found"),
    [
        ("batch(32)", ["likely"]),
        ("batch(8)", ["likely"]),
        ("batch(7)", ["likely"]),
        ("batch(3)", ["possible"]),
        ("batch(10)", []),
        ("batch(50)", []),
        ("batch(32, drop_remainder=True)", []),
        ("take(9)", []),
        ("batch(size)", ["possible"]),
        ("take(9).batch(32)", ["possible"]),
    ],
)
def test_sizes(batched: str, found: list[str]) -> None:
    assert evaluation(batched=batched) == found


@pytest.mark.parametrize(
    ("update", "found"),
    [
        ("loss", ["likely"]),
        ("loss, len(labels)", []),
        ("loss, sample_weight=len(labels)", []),
        ("0.5 * loss", ["likely"]),
        ("loss / 2", ["likely"]),
        ("loss / len(labels)", []),
        ("tf.reduce_mean(labels)", ["likely"]),
        ("tf.reduce_mean(tf.square(labels - model(inputs)), axis=-1)", []),
        ("keras.losses.mean_squared_error(labels, model(inputs))", []),
        ("tf.reduce_mean(0.0)", []),
        ("None", []),
        ("unknown", []),
    ],
)
def test_what_the_mean_is_given(update: str, found: list[str]) -> None:
    assert evaluation(update=update) == found


def test_which_metric_of_which_loss() -> None:
    assert evaluation(metric="Sum") == []
    assert evaluation(reduction="reduction='sum'") == []
    assert evaluation(read="") == []
    assert evaluation(data="y, y") == ["likely"]


TRAINING = """\
model = keras.Sequential([keras.layers.Dense(1)])
error = keras.metrics.Mean()
for inputs, labels in tf.data.Dataset.from_tensor_slices((x, y[:, None])).{batched}:
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(labels - model(inputs, training=True)))
    gradients = tape.gradient(loss, model.trainable_variables)
    error.update_state(loss)
print(error.result())
"""


@pytest.mark.parametrize(("batched", "found"), [("batch(32)", ["possible"]), ("batch(size)", []), ("batch(10)", [])])
@pytest.mark.parametrize("update", ["update_state(loss)", "update_state(tf.reduce_mean(tf.abs(labels - 0.5)))"])
def test_a_running_mean_of_training(batched: str, found: list[str], update: str) -> None:
    assert confidences(TRAINING.format(batched=batched).replace("update_state(loss)", update), "TFL305") == found


def test_batches_of_two_data_sets() -> None:
    text = """\
    error = keras.metrics.Mean()
    first, second = tf.data.Dataset.from_tensor_slices(y).batch(32), tf.data.Dataset.from_tensor_slices(x).batch(32)
    for y_true in first:
        error.update_state(tf.reduce_mean(y_true[:, None] - next(iter(second))))
    print(error.result())
    """
    assert confidences(text, "TFL305") == []


LISTS = """\
model = keras.Sequential([keras.layers.Dense(1)])
loss_function = keras.losses.MeanSquaredError()
dataset = tf.data.Dataset.from_tensor_slices((x, y)).batch(32)
losses, total = [], {start}
for inputs, y_true in dataset:
    loss = loss_function(y_true, model(inputs))
    losses.append(loss)
    total += loss
print({shown})
"""


@pytest.mark.parametrize(
    ("shown", "start", "found"),
    [
        ("np.mean(losses)", "0.0", ["likely"]),
        ("np.sqrt(np.mean(losses))", "0.0", ["likely"]),
        ("np.max(losses)", "0.0", []),
        ("total / len(dataset)", "0.0", ["likely"]),
        ("total / len(dataset)", "start", []),
        ("total / len(y)", "0.0", []),
        ("loss / len(dataset)", "0.0", []),
        ("total", "0.0", []),
        ("np.mean(unknown)", "0.0", []),
        ("np.mean([unknown, loss])", "0.0", []),
        ("np.mean([loss_function(y, other) for _, other in dataset])", "0.0", ["likely"]),
    ],
)
def test_lists_and_totals(shown: str, start: str, found: list[str]) -> None:
    assert confidences(LISTS.format(shown=shown, start=start), "TFL305") == found


FUNCTION = """\
from sklearn.metrics import f1_score, mean_squared_error, roc_auc_score
def metric(y_true, y_pred):
    return {result}
"""


@pytest.mark.parametrize(
    ("result", "found"),
    [
        ("tf.reduce_sum(y_true * tf.round(y_pred)) / tf.reduce_sum(y_true)", ["possible"]),
        ("tf.reduce_sum(y_true * tf.round(y_pred), axis=0) / tf.reduce_sum(y_true, axis=0)", ["possible"]),
        ("tf.reduce_sum(y_true * tf.round(y_pred), axis=-1) / tf.reduce_sum(y_true, axis=-1)", []),
        ("tf.reduce_sum(y_true * y_pred) / tf.reduce_sum(y_true)", []),
        ("tf.reduce_sum(tf.round(y_true)) / tf.reduce_sum(y_true)", []),
        ("tf.reduce_sum(y_true * tf.round(y_pred)) / unknown", []),
        ("tf.reduce_sum(y_true * tf.round(y_pred)) / 32", []),
        ("tf.reduce_mean(y_true * tf.round(y_pred)) / tf.reduce_mean(y_true)", []),
        ("tf.py_function(roc_auc_score, (y_true, y_pred), tf.float32)", ["possible"]),
        ("1 - tf.numpy_function(lambda t, p: f1_score(t, p), [y_true, y_pred], tf.float32)", ["possible"]),
        ("tf.py_function(mean_squared_error, (y_true, y_pred), tf.float32)", []),
        ("f1_score(y_true, y_pred)", []),
        ("None", []),
    ],
)
def test_functions_that_nothing_in_the_file_uses(result: str, found: list[str]) -> None:
    assert confidences(FUNCTION.format(result=result), "TFL305") == found


@pytest.mark.parametrize(
    ("mask", "compiled", "found"),
    [
        ("y_true", "'mse', metrics=['mae', metric]", ["certain"]),
        ("tf.cast(y_true != 0, 'float32')", "'mse', metrics=[metric]", ["possible"]),
        ("y_true", "metric", ["possible"]),
    ],
)
def test_functions_that_are_compiled(mask: str, compiled: str, found: list[str]) -> None:
    text = f"""\
def metric(y_true, y_pred):
    mask = {mask}
    return tf.reduce_sum(mask * tf.round(y_pred)) / tf.reduce_sum(mask)
model = keras.Sequential([keras.layers.Dense(1)])
model.compile('sgd', {compiled})
model.fit(x, y)
"""
    assert confidences(text, "TFL305") == found


def test_what_can_be_measured_of_a_mean() -> None:
    values = {"reduction": "", "metric": "Mean", "data": "x, y", "batched": "batch(32)", "update": "loss"}
    text = EVALUATION.format(read="print(error.result())", **values)
    assert claims(text, "TFL305") == [("batch means", {"call": "error.result()", "value": "loss"}, {})]


@pytest.mark.parametrize("shown", ["np.mean(losses)", "total / len(dataset)"])
def test_what_can_be_measured_of_a_list(shown: str) -> None:
    value = "loss_function(y_true, model(inputs))"
    assert claims(LISTS.format(shown=shown, start="0.0"), "TFL305") == [("batch means", {"value": value}, {})]


@pytest.mark.parametrize(
    ("compiled", "claim"), [("'mse', metrics=[metric]", ("batch ratio", {}, {})), ("metric", None)]
)
def test_only_what_keras_averages_can_be_measured_of_a_function(compiled: str, claim: object) -> None:
    text = FUNCTION.format(result="tf.reduce_sum(y_true * tf.round(y_pred)) / tf.reduce_sum(y_true)")
    text += f"model = keras.Sequential([keras.layers.Dense(1)])\nmodel.compile('sgd', {compiled})\nmodel.fit(x, y)\n"
    assert claims(text, "TFL305") == [claim]


SHARE = """\
def share(y_true, y_pred):
    return tf.reduce_sum(y_true * tf.round(y_pred)) / tf.reduce_sum(y_true)
"""
TWICE = """\
def twice(y_true, y_pred):
    return 2 * share(y_true, y_pred)
"""


def test_a_ratio_of_ratios_is_found_where_it_is_made() -> None:
    lines = [finding.line for finding in found(SHARE + TWICE, "TFL305")]
    assert [line - lines[0] for line in lines] == [0, 2]
    assert confidences(TWICE + SHARE, "TFL305") == ["possible"]
