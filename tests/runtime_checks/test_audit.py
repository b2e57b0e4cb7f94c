"""Right and wrong training steps, each with everything that the audit may say about it and nothing else."""

from __future__ import annotations

import re
from typing import Any

import pytest
from runtime_programs import LOAD
from stacks import Stack

from tfloss_lint.generation import Generation

STEPS = (
    LOAD
    + """
import numpy as np
import tensorflow as tf
from tensorflow import keras
from runtime_checks import audit_step

layers = keras.layers
random = np.random.RandomState(0)
x = random.normal(size=(32, 5)).astype("float32")
y = (x @ random.normal(size=5) + 0.1 * random.normal(size=32)).astype("float32")
column, wide = y[:, None], random.normal(size=(32, 10)).astype("float32")
classes = random.randint(10, size=32)
weight = np.linspace(0, 2, 32).astype("float32")


class Stepped(keras.Model):
    '''A network whose step trains on `loss_of(model, x, y, prediction)`.'''

    def __init__(self, loss_of, outputs=1, penalty=None, noisy=False, initial="glorot_uniform", tracked=True):
        super().__init__()
        self.hidden = layers.Dense(8, activation="relu", kernel_regularizer=penalty)
        self.noise = [layers.BatchNormalization(), layers.Dropout(0.5)] if noisy else []
        self.head = layers.Dense(outputs, kernel_initializer=initial)
        self.loss_of, self.tracked = loss_of, tracked
        self.mean = keras.metrics.Mean(name="mean_loss")

    def call(self, inputs, training=None):
        hidden = self.hidden(inputs)
        for layer in self.noise:
            hidden = layer(hidden, training=training)
        return self.head(hidden)

    def train_step(self, data):
        x, y = data[:2]
        with tf.GradientTape() as tape:
            loss = self.loss_of(self, x, y, self(x, training=True))
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_variables))
        if not self.tracked:
            return {"seen": loss}
        self.mean.update_state(loss)
        return {"mean_loss": self.mean.result()}


class Weighted(Stepped):
    '''A network that trains on the weighted mean of the squares.'''

    def train_step(self, data):
        weight = data[2][:, None]
        self.loss_of = lambda m, x, y, p: tf.reduce_sum(weight * tf.square(y - p)) / tf.reduce_sum(weight)
        return super().train_step(data)


def stepped(loss_of, compiled="mse", kind=Stepped, **options):
    model = kind(loss_of, **options)
    model.compile(optimizer=keras.optimizers.SGD(0.1), **({} if compiled is None else {"loss": compiled}))
    return model


def mean(y, p):
    return tf.reduce_mean(tf.square(y - p))


def total(y, p):
    return tf.reduce_sum(tf.square(y - p))


def rows(x):
    return tf.cast(tf.shape(x)[0], tf.float32)


class Subclass(keras.losses.Loss):
    def call(self, y_true, y_pred):
        return tf.reduce_mean(tf.square(y_true - y_pred), axis=-1)


class Encoder(keras.Model):
    '''A variational autoencoder: two networks, a prior, no labels.'''

    def __init__(self):
        super().__init__()
        self.encoder, self.decoder = layers.Dense(4), layers.Dense(5)
        self.mean = keras.metrics.Mean(name="mean_loss")

    def train_step(self, data):
        with tf.GradientTape() as tape:
            center, spread = tf.split(self.encoder(data), 2, axis=1)
            code = center + tf.exp(0.5 * spread) * tf.random.normal(tf.shape(center))
            error = tf.reduce_mean(tf.reduce_sum(tf.square(data - self.decoder(code)), axis=1))
            prior = -0.5 * tf.reduce_mean(1 + spread - tf.square(center) - tf.exp(spread))
            loss = error + prior
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_variables))
        self.mean.update_state(loss)
        return {"mean_loss": self.mean.result()}


class Adversaries(keras.Model):
    def __init__(self):
        super().__init__()
        self.judge, self.forger = layers.Dense(1), layers.Dense(5)
        self.mean = keras.metrics.Mean(name="mean_loss")

    def train_step(self, data):
        fake = self.forger(tf.random.normal((tf.shape(data)[0], 3)))
        with tf.GradientTape() as tape:
            caught = tf.reduce_mean(tf.nn.softplus(-self.judge(data)) + tf.nn.softplus(self.judge(fake)))
        variables = self.judge.trainable_variables
        self.optimizer.apply_gradients(zip(tape.gradient(caught, variables), variables))
        with tf.GradientTape() as tape:
            fooled = tf.reduce_mean(tf.nn.softplus(-self.judge(self.forger(tf.random.normal((32, 3))))))
        tape.gradient(fooled, self.forger.trainable_variables)
        self.mean.update_state(caught)
        return {"mean_loss": self.mean.result()}


def simple(cls, **options):
    model = cls()
    model.compile(optimizer=keras.optimizers.SGD(0.1), **options)
    return model


def plain(loss="mse", outputs=1):
    inputs = keras.Input((5,))
    model = keras.Model(inputs, layers.Dense(outputs)(layers.Dropout(0.3)(inputs)))
    model.compile(optimizer="sgd", loss=loss)
    return model


sparse = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
logits = tf.nn.sparse_softmax_cross_entropy_with_logits
cases = {
    # name: (model, batch, options of audit_step)
    "broadcast": (stepped(lambda m, x, y, p: mean(y, p)), (x, y), {}),
    "broadcast from zero weights": (stepped(lambda m, x, y, p: mean(y, p), initial="zeros"), (x, y - y.mean()), {}),
    "broadcast, no compiled loss": (stepped(lambda m, x, y, p: mean(y, p), None), (x, y), {}),
    "broadcast, constant labels": (stepped(lambda m, x, y, p: mean(y, p), None), (x, 0 * y + 1), {}),
    "aligned": (stepped(lambda m, x, y, p: mean(y[:, None], p)), (x, y), {}),
    "aligned, dropout": (stepped(lambda m, x, y, p: mean(y[:, None], p), noisy=True), (x, y), {}),
    "half of it": (stepped(lambda m, x, y, p: 0.5 * mean(y, p)), (x, column), {}),
    "absolute error": (stepped(lambda m, x, y, p: tf.reduce_mean(tf.abs(y - p))), (x, column), {}),
    "vector": (stepped(lambda m, x, y, p: tf.reduce_mean(tf.square(y - p), axis=-1)), (x, wide[:, :1]), {}),
    "vector, no compiled loss": (
        stepped(lambda m, x, y, p: tf.reduce_mean(tf.square(y - p), axis=-1), None), (x, column), {}),
    "elements, no compiled loss": (stepped(lambda m, x, y, p: tf.square(y - p), None, outputs=10), (x, wide), {}),
    "vector that adds up": (stepped(lambda m, x, y, p: tf.reduce_mean(tf.square(y - p), -1) / rows(x)), (x, column), {}),
    "scaled vector, no compiled loss": (
        stepped(lambda m, x, y, p: tf.reduce_mean(tf.square(y - p), -1) / 7.0, None), (x, column), {}),
    "divisor, partial batch": (stepped(lambda m, x, y, p: total(y, p) / 32), (x[:8], column[:8]), {}),
    "divisor, batches unknown": (stepped(lambda m, x, y, p: total(y, p) / 32), (x, column), {}),
    "divisor, a partial batch": (stepped(lambda m, x, y, p: total(y, p) / 32), (x, column), {"partial_batches": True}),
    "divisor, equal batches": (stepped(lambda m, x, y, p: total(y, p) / 32), (x, column), {"partial_batches": False}),
    "divisor, no compiled loss": (
        stepped(lambda m, x, y, p: total(y, p) / 32, None), (x, column), {"partial_batches": True}),
    "sum over the outputs": (stepped(lambda m, x, y, p: total(y, p) / rows(x), outputs=10), (x, wide), {}),
    "sum over the rows": (stepped(lambda m, x, y, p: total(y, p)), (x, column), {}),
    "sum, no compiled loss": (stepped(lambda m, x, y, p: total(y, p), None), (x, column), {}),
    "sum, compiled as a sum": (
        stepped(lambda m, x, y, p: total(y, p), keras.losses.MeanSquaredError(reduction="sum")), (x, column), {}),
    "mean divided again": (stepped(lambda m, x, y, p: mean(y, p) / rows(x)), (x, column), {}),
    "one-hot divisor": (
        stepped(lambda m, x, y, p: total(tf.one_hot(y, 10), p) / 32, outputs=10), (x, classes), {}),
    "sparse cross-entropy": (
        stepped(lambda m, x, y, p: tf.reduce_mean(logits(y, p)), sparse, outputs=10), (x, classes), {}),
    "compute_loss": (stepped(lambda m, x, y, p: m.compute_loss(x=x, y=y, y_pred=p), penalty="l2"), (x, y), {}),
    "compute_loss, scaled": (stepped(lambda m, x, y, p: 0.25 * m.compute_loss(x=x, y=y, y_pred=p)), (x, y), {}),
    "penalties kept": (stepped(lambda m, x, y, p: mean(y, p) + tf.add_n(m.losses), penalty="l2"), (x, column), {}),
    "penalties dropped": (stepped(lambda m, x, y, p: mean(y, p), penalty="l2"), (x, column), {}),
    "weights dropped": (stepped(lambda m, x, y, p: mean(y, p)), (x, column, weight), {}),
    "weights dropped, half of them 1": (
        stepped(lambda m, x, y, p: mean(y, p)), (x, column, 1 + 2 * (np.arange(32) % 2).astype("float32")), {}),
    "weights dropped, no compiled loss": (stepped(lambda m, x, y, p: mean(y, p), None), (x, column, weight), {}),
    "weights of 1": (stepped(lambda m, x, y, p: mean(y, p)), (x, column, np.ones_like(y)), {}),
    "equal weights, divided by their sum": (
        stepped(None, kind=Weighted), (x, column, np.full_like(y, 3.0)), {}),
    "other labels": (stepped(lambda m, x, y, p: mean(y / 7 + 3, p)), (x, column), {}),
    "random labels": (stepped(lambda m, x, y, p: mean(y + tf.random.normal(tf.shape(y)), p)), (x, column), {}),
    "labels ignored": (stepped(lambda m, x, y, p: tf.reduce_mean(tf.square(p))), (x, column), {}),
    "own loss": (stepped(lambda m, x, y, p: keras.losses.Huber()(y, p), None), (x, column), {}),
    "untracked": (stepped(lambda m, x, y, p: mean(y, p), tracked=False), (x, column), {}),
    "few rows": (stepped(lambda m, x, y, p: mean(y, p)), (x[:3], y[:3]), {}),
    "rows by heart": (stepped(lambda m, x, y, p: mean(tf.reshape(y, (32, 1)), p)), (x, y), {}),
    "plain": (plain(), (x, y), {}),
    "plain subclass": (plain(Subclass()), (x, y), {}),
    "plain sum": (plain(lambda y, p: tf.reduce_sum(tf.square(y - p))), (x, column), {}),
    "autoencoder": (simple(Encoder), (x,), {}),
    "adversaries": (simple(Adversaries), (x,), {}),
}
reports = {}
for name, (model, batch, options) in cases.items():
    data = batch[0] if len(batch) == 1 else batch
    report = audit_step(model, data, **options)
    reports[name] = {
        "text": str(report),
        "notes": list(report.notes),
        "confirmed": [finding.code for finding in report.confirmed],
        "findings": [{"code": f.code, "name": f.name, "status": f.status, "text": str(f), "verdict": f.verdict}
                     for f in report],
    }
"""
)

YES, NO, OPEN = "confirmed", "refuted", "inconclusive"
EXPECTED: dict[str, dict[str, str]] = {
    "broadcast": {"TFL101": YES, "TFL201": YES},
    "broadcast from zero weights": {"TFL101": YES, "TFL201": YES},
    "broadcast, no compiled loss": {"TFL201": YES},
    "broadcast, constant labels": {"TFL201": OPEN},
    "aligned": {"TFL101": NO, "TFL201": NO},
    "aligned, dropout": {"TFL101": NO, "TFL201": NO},
    "half of it": {"TFL101": YES},
    "absolute error": {"TFL101": YES},
    "vector": {"TFL101": YES, "TFL102": YES},
    "vector, no compiled loss": {"TFL102": YES},
    "elements, no compiled loss": {"TFL102": YES},
    "vector that adds up": {"TFL101": NO, "TFL102": NO},
    "scaled vector, no compiled loss": {"TFL102": OPEN},
    "divisor, partial batch": {"TFL101": YES, "TFL202": YES},
    "divisor, batches unknown": {"TFL101": OPEN, "TFL202": OPEN},
    "divisor, a partial batch": {"TFL101": OPEN, "TFL202": YES},
    "divisor, equal batches": {"TFL101": OPEN, "TFL202": NO},
    "divisor, no compiled loss": {"TFL202": YES},
    "sum over the outputs": {"TFL101": YES, "TFL203": YES},
    "sum over the rows": {"TFL101": YES, "TFL203": YES},
    "sum, no compiled loss": {},
    "sum, compiled as a sum": {"TFL101": NO},
    "mean divided again": {"TFL101": YES, "TFL203": YES},
    "one-hot divisor": {"TFL101": YES, "TFL202": OPEN, "TFL203": YES},
    "sparse cross-entropy": {"TFL101": NO},
    "compute_loss": {},
    "compute_loss, scaled": {},
    "penalties kept": {"TFL101": NO},
    "penalties dropped": {"TFL101": YES, "TFL103": YES},
    "weights dropped": {"TFL101": YES, "TFL104": YES},
    "weights dropped, half of them 1": {"TFL101": YES, "TFL104": YES},
    "weights dropped, no compiled loss": {},  # nothing says that they should weigh the loss
    "weights of 1": {"TFL101": NO},
    "equal weights, divided by their sum": {"TFL101": YES},
    "other labels": {"TFL101": OPEN},
    "random labels": {},
    "labels ignored": {},
    "own loss": {},
    "untracked": {"TFL101": NO, "TFL303": YES},
    "few rows": {"TFL101": OPEN, "TFL201": OPEN},
    "rows by heart": {"TFL101": OPEN, "TFL201": OPEN},
    "plain": {},
    "plain subclass": {},
    "plain sum": {},
    "autoencoder": {},
    "adversaries": {},
}
ONLY_ON_KERAS3 = {"plain subclass": {"TFL201": YES}}
"""A `Loss` subclass broadcasts there, also in `compile`."""


@pytest.fixture(scope="module")
def audited() -> dict[str, dict[str, Any]]:
    """The reports of the stacks that have run already."""
    return {}


@pytest.fixture
def reports(stack: Stack, audited: dict[str, dict[str, Any]]) -> dict[str, Any]:
    if stack.name not in audited:
        audited[stack.name] = stack.run(STEPS, returns=["reports"], timeout=500)["reports"]
    return audited[stack.name]


def numbers(reports: dict[str, Any], case: str, code: str) -> dict[str, Any]:
    verdict: dict[str, Any] = next(f["verdict"] for f in reports[case]["findings"] if f["code"] == code)
    return verdict


@pytest.mark.parametrize("case", list(EXPECTED))
def test_findings(stack: Stack, reports: dict[str, Any], case: str) -> None:
    expected = EXPECTED[case]
    if stack.generation is Generation.KERAS3:
        expected = {**expected, **ONLY_ON_KERAS3.get(case, {})}
    found = reports[case]
    assert {finding["code"]: finding["status"] for finding in found["findings"]} == expected, found["text"]
    assert found["confirmed"] == [code for code, status in sorted(expected.items()) if status == YES]


def test_every_case_has_an_expectation(reports: dict[str, Any]) -> None:
    assert set(reports) == set(EXPECTED)


def test_what_cannot_be_compared_is_noted(reports: dict[str, Any]) -> None:
    notes = {
        "random labels": "the loss is random, or depends on more than labels and predictions",
        "labels ignored": "the loss ignores the labels",
        "autoencoder": "the step calls 2 trained models",
        "adversaries": "the step takes 2 gradients",
    }
    for case, note in notes.items():
        assert reports[case]["notes"] == [f"{note}: not compared with the compiled loss"]
    assert "there is no reference" in reports["own loss"]["notes"][0]
    assert any("it is a sum over the rows" not in note for note in reports["sum, no compiled loss"]["notes"])
    assert any("it doubles when every row is there twice" in note for note in reports["sum, no compiled loss"]["notes"])


def test_the_broadcast_in_numbers(reports: dict[str, Any]) -> None:
    pattern = (
        r"TFL201 rank-broadcast confirmed: labels \(32,\) x predictions \(32, 1\) -> \(32, 32\); "
        r"loss \d+\.\d+ vs \d+\.\d+; gradient cosine -?[01]\.\d\d"
    )
    texts = [finding["text"] for finding in reports["broadcast"]["findings"]]
    assert re.fullmatch(pattern, texts[1])
    assert texts[0].endswith("; see TFL201")
    verdict = numbers(reports, "broadcast", "TFL201")
    assert list(verdict) == [
        "status",
        "reason",
        "device",
        "versions",
        "shapes",
        "as_written",
        "reference",
        "ratio",
        "gradient_ratio",
        "gradient_cosine",
    ]
    assert verdict["shapes"] == {"y_true": [32], "y_pred": [32, 1], "result": [32, 32]}
    assert verdict["ratio"] == pytest.approx(verdict["as_written"] / verdict["reference"])
    assert verdict["device"] == "CPU:0"
    assert {"python", "tensorflow"} < set(verdict["versions"])


def test_the_gradient_tells_at_zero_weights(reports: dict[str, Any]) -> None:
    verdict = numbers(reports, "broadcast from zero weights", "TFL201")
    assert verdict["as_written"] == pytest.approx(verdict["reference"], rel=1e-4)
    assert verdict["gradient_ratio"] < 0.01


@pytest.mark.parametrize(
    ("case", "code", "ratio"),
    [
        ("half of it", "TFL101", 0.5),
        ("vector", "TFL101", 32.0),
        ("vector", "TFL102", 32.0),
        ("elements, no compiled loss", "TFL102", 320.0),
        ("divisor, partial batch", "TFL202", 0.25),
        ("divisor, a partial batch", "TFL202", 0.5),
        ("divisor, no compiled loss", "TFL202", 0.5),
        ("sum over the outputs", "TFL203", 10.0),
        ("sum over the rows", "TFL203", 32.0),
        ("mean divided again", "TFL203", 1 / 32),
        ("one-hot divisor", "TFL203", 10.0),
    ],
)
def test_ratios(reports: dict[str, Any], case: str, code: str, ratio: float) -> None:
    verdict = numbers(reports, case, code)
    assert verdict["ratio"] == pytest.approx(ratio, rel=1e-4)
    assert verdict["gradient_ratio"] == pytest.approx(ratio, rel=1e-4)
    assert verdict["gradient_cosine"] == pytest.approx(1.0, abs=1e-4)


def test_reports_read_well(reports: dict[str, Any]) -> None:
    lines = reports["divisor, partial batch"]["text"].splitlines()
    assert lines[0] == "train_step of Stepped: 2 confirmed"
    assert re.fullmatch(
        r"TFL202 hardcoded-divisor confirmed: divided by 32 where the batch has 8 rows; loss \S+ vs \S+", lines[2]
    )
    assert reports["plain"]["text"] == "train_step of Functional: nothing found"
    assert reports["adversaries"]["text"].splitlines()[1].startswith("note: the step takes 2 gradients")


# --- what must not change

UNTOUCHED = (
    LOAD
    + """
import random as python_random
import numpy as np
import tensorflow as tf
from tensorflow import keras
from runtime_checks import audit_step

total_steps = tf.Variable(0)

class Busy(keras.Model):
    '''Changes all that a step can change.'''

    def __init__(self):
        super().__init__()
        self.normal, self.drop, self.head = keras.layers.BatchNormalization(), keras.layers.Dropout(0.5, seed=3), keras.layers.Dense(1)
        self.noise = tf.random.Generator.from_seed(5)
        self.mean = keras.metrics.Mean(name="mean_loss")
        self.steps = 0

    def call(self, inputs, training=None):
        return self.head(self.drop(self.normal(inputs, training=training), training=training))

    def train_step(self, data):
        x, y = data
        print("a step")
        self.steps += 1
        total_steps.assign_add(1)
        python_random.random(), np.random.rand(), tf.random.normal(()), self.noise.normal(())
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(y - self(x, training=True)))
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_variables))
        self.head.bias.assign_add([1.0])
        self.mean.update_state(loss)
        return {"mean_loss": self.mean.result()}

x = np.random.RandomState(0).normal(size=(16, 3)).astype("float32")
y = x[:, 0]
model = Busy()
model.compile(optimizer="adam", loss="mse")
model.fit(x, y, verbose=0)

def state():
    variables = model.optimizer.variables
    return [np.asarray(v).tolist() for v in [
        *model.variables, *(variables() if callable(variables) else variables), *model.mean.variables, total_steps,
        model.noise.state]] + [model.steps]

def draws():
    return [python_random.random(), np.random.rand(), float(tf.random.normal(())), float(model.noise.normal(())),
            np.asarray(model(x, training=True)).tolist()]

def seeded(audit):
    python_random.seed(1), np.random.seed(1), tf.random.set_seed(1)
    before = state()
    if audit:
        audit_step(model, (x, y))
    return before == state()

methods = tf.GradientTape.gradient, tf.GradientTape.__init__, tf.Variable.assign, type(model.optimizer).apply_gradients
steps = model.steps
unchanged = seeded(audit=True)
weights = [np.asarray(v) for v in model.variables]
audited = draws()
restored = methods == (
    tf.GradientTape.gradient, tf.GradientTape.__init__, tf.Variable.assign, type(model.optimizer).apply_gradients)
eager = tf.config.functions_run_eagerly()

class Broken(Busy):
    def train_step(self, data):
        super().train_step(data)
        raise RuntimeError("broken")

broken = Broken()
broken.compile(optimizer="adam", loss="mse")
broken(x)
before = [np.asarray(v).tolist() for v in broken.variables]
try:
    audit_step(broken, (x, y))
except RuntimeError as error:
    raised = str(error)
after_error = before == [np.asarray(v).tolist() for v in broken.variables] and methods[0] is tf.GradientTape.gradient
"""
)


def test_nothing_changes(stack: Stack) -> None:
    result = stack.run(UNTOUCHED, returns=["unchanged", "restored", "eager", "raised", "after_error", "steps"])
    assert result["unchanged"]
    assert result["restored"]
    assert result["eager"] is False
    assert result["raised"] == "broken"
    assert result["after_error"]
    assert result.stdout.count("a step") == result["steps"]


DRAWS = UNTOUCHED.split("methods = ")[0] + "seeded(audit=AUDIT)\naudited = draws()\n"


def test_random_numbers_go_on_as_they_would_have(stack: Stack) -> None:
    with_audit = stack.run(DRAWS.replace("AUDIT", "True"), returns=["audited"], seed=4)["audited"]
    without = stack.run(DRAWS.replace("AUDIT", "False"), returns=["audited"], seed=4)["audited"]
    assert with_audit == without


UNBUILT = (
    LOAD
    + """
import numpy as np
import tensorflow as tf
from tensorflow import keras
from runtime_checks import audit_step

class Unbuilt(keras.Model):
    def __init__(self):
        super().__init__()
        self.head = keras.layers.Dense(1)

    def call(self, inputs):
        return self.head(inputs)

x = np.ones((8, 3), "float32")
models = [Unbuilt() for _ in range(2)]
for model in models:
    model.compile(optimizer="sgd", loss="mse")
    audit_step(model, (x, x[:, 0]))
deferred = keras.Sequential([keras.layers.Dense(1)])
deferred.compile(optimizer="sgd", loss="mse")
audit_step(deferred, (x, x[:, 0]))
deferred.fit(x, x[:, 0], verbose=0)
kernels = [model.head.kernel.numpy().ravel().tolist() for model in models]
"""
)


def test_new_models_get_weights_of_their_own(stack: Stack) -> None:
    first, second = stack.run(UNBUILT, returns=["kernels"])["kernels"]
    assert first != second


UNSUITABLE = (
    LOAD
    + """
import tensorflow as tf
from runtime_checks import audit_step

try:
    audit_step(object(), ([[1.0]], [1.0]))
except TypeError as error:
    said = str(error)
"""
)


def test_only_keras_models_are_audited(stack: Stack) -> None:
    assert stack.run(UNSUITABLE, returns=["said"])["said"] == "a Keras model is needed, not object"
