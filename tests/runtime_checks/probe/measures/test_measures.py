"""Every measure on code that is wrong, that is right, and that it cannot judge: claims are made here, whatever is true."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

import pytest
from stacks import Stack, all_stacks
from verifying import described, run_texts, site_of

from tfloss_lint.claim import CONFIRMED, INCONCLUSIVE, NOT_REACHED, REFUTED, Fact
from tfloss_lint.runtime_checks.probe.measures import MEASURES
from tfloss_lint.span import Span
from tfloss_lint.verify.site import Site

HEAD = """\
import numpy as np
import tensorflow as tf
from tensorflow import keras

layers = keras.layers
random = np.random.RandomState(0)
x = random.normal(size=(40, 5)).astype("float32")
y = (x @ random.normal(size=5) + 0.1 * random.normal(size=40)).astype("float32")
classes = random.randint(3, size=40)
data = tf.data.Dataset.from_tensor_slices((x, y)).batch(16)
model = keras.Sequential([keras.Input((5,)), layers.Dense(1)])
scores = keras.Sequential([keras.Input((5,)), layers.Dense(3)])
optimizer = keras.optimizers.SGD(0.01)


def train(step, dataset, epochs=1):
    for _ in range(epochs):
        for features, labels in dataset:
            step(features, labels)


"""
LOOP = """
for features, labels in data:
    with tf.GradientTape() as tape:
        outputs = model(features, training=True)
        loss = LOSS
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))
"""
STEP = """
class Own(keras.Model):
    def __init__(self):
        super().__init__()
        self.head = layers.Dense(1, kernel_regularizer="l2")
        self.mean = keras.metrics.Mean(name="mean_loss")

    def call(self, inputs):
        return self.head(inputs)

    def train_step(self, batch):
        features, labels = batch
        with tf.GradientTape() as tape:
            outputs = self(features, training=True)
            loss = LOSS
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_variables))
        self.mean.update_state(loss, sample_weight=tf.shape(labels)[0])
        return {"seen": LOG, "mean_loss": self.mean.result()}


own = Own()
own.compile(optimizer=keras.optimizers.SGD(0.01), loss="mse")
own.fit(x, y, batch_size=16, epochs=1, verbose=0)
"""

TEST_STEP = """
class Own(keras.Model):
    def __init__(self):
        super().__init__()
        self.head = layers.Dense(1, kernel_regularizer="l2")

    def call(self, inputs):
        return self.head(inputs)

    def train_step(self, batch):
        features, labels = batch
        with tf.GradientTape() as tape:
            trained = tf.reduce_mean(tf.square(labels - self(features, training=True))) + sum(self.losses)
        gradients = tape.gradient(trained, self.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_variables))
        return {"loss": trained}

    def test_step(self, batch):
        features, labels = batch
        return {"loss": LOSS}


own = Own()
own.compile(optimizer=keras.optimizers.SGD(0.01))
own.evaluate(x, y[:, None], batch_size=SIZE, verbose=0)
"""


def evaluated(loss: str, size: int = 16) -> str:
    return TEST_STEP.replace("LOSS", loss).replace("SIZE", str(size))


def class_loop(loss: str) -> str:
    """Labels that number three classes."""
    data = "data = tf.data.Dataset.from_tensor_slices((x, np.float32(classes))).map(CAST).batch(16)\n"
    cast = "lambda features, labels: (features, tf.cast(labels, 'KIND'))".replace(
        "KIND", "int32" if "hot" in loss else "float32"
    )
    return data.replace("CAST", cast) + loop(loss).replace("model", "scores")


def updated(metric: str, label: str, prediction: str, size: int = 16) -> str:
    """A metric of a model for three classes."""
    return (
        f"data = tf.data.Dataset.from_tensor_slices((x, classes)).batch({size})\nmetric = keras.metrics.{metric}\n"
        "for features, labels in data:\n    outputs = scores(features)\n"
        f"    metric.update_state({label}, {prediction})\n"
    )


def ended(layer: str) -> str:
    """A model that ends in a layer of one output."""
    return (
        f"classifier = keras.Sequential([layers.Dense(4), {layer}])\n"
        "classifier.compile('sgd', 'mse')\nclassifier.fit(x, np.float32(y > 0), batch_size=16, epochs=1, verbose=0)\n"
    )


def remade(update: str) -> str:
    """A metric that is made for every batch."""
    return (
        "data = tf.data.Dataset.from_tensor_slices((x, classes)).batch(16)\n"
        "for features, labels in data:\n    metric = keras.metrics.SparseCategoricalAccuracy()\n    " + update + "\n"
    )


def averaged(update: str, shown: str, size: int = 16) -> str:
    """The mean error of every batch, and what is made of them after each of two epochs."""
    return (
        f"data = tf.data.Dataset.from_tensor_slices((x, np.sort(y))).batch({size})\n"
        "for epoch in range(2):\n    values, mean = [], keras.metrics.Mean()\n    for features, labels in data:\n"
        "        part = tf.reduce_mean(tf.abs(labels - model(features)[:, 0]))\n"
        f"        {update}\n    print({shown})\n"
    )


def counted(value: str) -> str:
    """A metric function that Keras calls."""
    return (
        f"def metric(y_true, y_pred):\n    return {value}\n\n\nmodel.compile('sgd', 'mse', metrics=[metric])\n"
        "model.fit(x, y[:, None], batch_size=16, epochs=6, verbose=0)\n"
    )


REPLICAS = """
strategy = tf.distribute.MirroredStrategy(["cpu:0", "cpu:1"])
with strategy.scope():
    model = keras.Sequential([keras.Input((5,)), layers.Dense(1)])
    optimizer = keras.optimizers.SGD(0.01)


def replica_step(features, labels):
    with tf.GradientTape() as tape:
        outputs = model(features, training=True)
        loss = LOSS
    gradients = tape.gradient(loss, model.trainable_variables)
    AFTER
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))


@tf.function
def train_on_all(batch):
    strategy.run(replica_step, args=batch)


for batch in strategy.experimental_distribute_dataset(data.take(2)):
    train_on_all(batch)
"""
COMPILED = """
def own(labels, outputs):
    return LOSS


with tf.distribute.MirroredStrategy(["cpu:0", "cpu:1"]).scope():
    model = keras.Sequential([keras.Input((5,)), layers.Dense(1)])
    model.compile(keras.optimizers.SGD(0.01), own)
model.fit(x, y[:, None], batch_size=16, verbose=0)
"""


def replicas(loss: str, after: str = "pass") -> str:
    return REPLICAS.replace("LOSS", loss).replace("AFTER", after)


def loop(loss: str) -> str:
    return LOOP.replace("LOSS", loss)


def step(loss: str, log: str = "self.mean.result()") -> str:
    return STEP.replace("LOSS", loss).replace("LOG", log)


def weighted(loss: str, weights: str, compiled: str = '"mse"') -> str:
    """A step that is handed sample weights."""
    text = step(loss).replace("labels = batch", "labels, weights = batch").replace('kernel_regularizer="l2"', "")
    return text.replace('loss="mse"', f"loss={compiled}").replace("fit(x, y, ", f"fit(x, y, sample_weight={weights}, ")


@dataclass(frozen=True)
class Case:
    """A program after ``HEAD``, one claim about it, and the verdict."""

    text: str
    place: str
    status: str
    said: str
    operands: dict[str, str] = field(default_factory=dict)
    facts: dict[str, Fact] = field(default_factory=dict)
    code: str = "TFL201"
    ended: str = "finished|settled"
    """How the program ends."""


PAIR = {"label": "labels", "prediction": "outputs"}
COLUMN = {"label": "labels[:, None]", "prediction": "outputs"}
SQUARES = "tf.square(labels[:, None] - outputs)"
MEAN = f"tf.reduce_mean({SQUARES})"
OWN_LAYER = """
class Own:
    @property
    def broken(self):
        raise AttributeError("inside")

    def disabled(self):
        raise NotImplementedError

    def calls_it(self):
        self.disabled()


class Ignores:
    learning_rate = 0.5

    def __init__(self, **kwargs):
        self.kwargs = kwargs

    def get_config(self):
        return {}


def method():
    pass


def fails(**kwargs):
    raise KeyError("rate")


own = Own()
"""


def member(text: str, place: str, status: str, said: str, how: str = "read", name: str | None = None) -> Case:
    facts: dict[str, Fact] = {"how": how, "name": name or place.rpartition(".")[2]}
    return Case(text + "\n", place, status, said, facts=facts, code="TFL501")


PENALIZED = "model.add(layers.Dense(1, kernel_regularizer=keras.regularizers.L2(1.0)))\n"
TWICE: dict[str, Fact] = {"twice": True}
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


def logged(log: str, status: str, said: str, **facts: Fact) -> Case:
    facts = {"key": "seen", "step": "train_step", **facts}
    return Case(step(MEAN, log), MEAN, status, said, {"loss": "loss, sample"}, facts, "TFL502")


IN_FLOAT16 = "tf.reduce_mean(tf.square(labels[:, None] - tf.cast(tf.cast(outputs, tf.float16), tf.float32)))"
SCALED = """
optimizer = keras.mixed_precision.LossScaleOptimizer(optimizer)
scale = getattr(optimizer, "scale_loss", None) or optimizer.get_scaled_loss
unscale = getattr(optimizer, "get_unscaled_gradients", list)
for features, labels in data:
    with tf.GradientTape() as tape:
        outputs = model(features, training=True)
        scaled = scale(tf.reduce_mean(tf.square(labels[:, None] - outputs)))
    gradients = tape.gradient(scaled, model.trainable_variables)
    optimizer.apply_gradients(zip(unscale(gradients), model.trainable_variables))
"""
FAMILY = {"family": "mean_squared_error"}
VALUES = {"takes": "value per class"}
BINARY = "keras.metrics.BinaryAccuracy(threshold=0.1)"
MADE = "keras.metrics.SparseCategoricalAccuracy()"
COMPARED = {"label": "labels[:, None]", "prediction": "outputs)", "call": "labels[:, None] - outputs"}
TRAINED = "tf.reduce_mean(tf.square(labels - self(features, training=True))) + sum(self.losses)"

CASES: dict[str, dict[str, Case]] = {
    "broadcast": {
        "wrong": Case(
            loop("tf.reduce_mean(tf.square(labels - outputs))"), "labels - outputs", CONFIRMED,
            r"labels \(16,\) x predictions \(16, 1\) -> \(16, 16\); loss .* vs .*; gradient cosine .*",
            PAIR, {"linear": True}),
        "aligned": Case(
            loop(MEAN), "labels[:, None] - outputs", REFUTED,
            r"labels \(16, 1\) and predictions \(16, 1\) have one shape", COLUMN, {"linear": True}),
        "aligned inside": Case(
            loop("keras.losses.MeanSquaredError()(labels, outputs)"), "keras.losses.MeanSquaredError()(labels, outputs)",
            REFUTED, r"labels \(16,\) meet predictions \(16, 1\) row by row", PAIR),
        "equal labels": Case(
            "data = data.map(lambda features, labels: (features, tf.ones_like(labels)))\n"
            + loop("tf.reduce_mean(tf.square(labels - outputs))"),
            "labels - outputs", INCONCLUSIVE, "all labels of the batch are equal", PAIR, {"linear": True}),
        "other shapes": Case(
            loop("tf.reduce_mean(tf.square(labels[:4] - outputs[:2, 0, None]))"),
            "labels[:4] - outputs[:2, 0, None]", INCONCLUSIVE, r"labels \(4,\) do not fit predictions \(2, 1\)",
            {"label": "labels[:4]", "prediction": "outputs[:2, 0, None]"}, {"linear": True}),
        "never run": Case(
            "def step():\n    return labels - outputs\n", "labels - outputs", NOT_REACHED, "", PAIR),
    },
    "vector": {
        "wrong": Case(
            loop("keras.losses.mean_squared_error(labels[:, None], outputs)").replace(
                "keras.losses.mean_squared_error", "tf.keras.losses.MSE"),
            "tf.keras.losses.MSE(labels[:, None], outputs)", CONFIRMED,
            r"loss \(16,\), the values of mean_squared_error: the gradient is that of their sum .*, 16 times .*", COLUMN),
        "a mean": Case(loop(MEAN), MEAN, REFUTED, "the gradient is that of a single number", COLUMN),
        "adds up to a mean": Case(
            loop(f"{SQUARES} / tf.cast(tf.shape(labels)[0], tf.float32)"), SQUARES, REFUTED,
            r"the values of loss \(16, 1\) add up to a mean", COLUMN),
        "scaled": Case(
            loop(f"0.25 * {SQUARES}"), SQUARES, INCONCLUSIVE, "the values may be scaled on purpose.*", COLUMN),
    },
    "divisor": {
        "partial batch": Case(
            loop(f"tf.reduce_sum({SQUARES}) / 16.0"), f"tf.reduce_sum({SQUARES}) / 16.0", CONFIRMED,
            "divided by 16 where a batch has 8 rows; loss .* vs .*, and the gradient likewise", COLUMN, {"divisor": 16}),
        "equal batches": Case(
            "data = data.take(2)\n" + loop(f"tf.reduce_sum({SQUARES}) / 16.0"), f"tf.reduce_sum({SQUARES}) / 16.0",
            REFUTED, "divided by 16, and each of the 2 batches has 16 rows", COLUMN, {"divisor": 16}),
        "a mean": Case(
            loop(f"{MEAN} / 1.0"), f"{MEAN} / 1.0", REFUTED,
            "the loss is a mean: it stays when every row is there twice", COLUMN, {"divisor": 16}),
        "with another term": Case(
            loop(f"tf.reduce_sum({SQUARES}) / 16.0 + tf.reduce_sum(model.weights[0] ** 2)"),
            f"tf.reduce_sum({SQUARES}) / 16.0 + tf.reduce_sum(model.weights[0] ** 2)", INCONCLUSIVE,
            "the loss is not proportional to the number of rows", COLUMN, {"divisor": 16}),
    },
    "factor": {
        "sum over rows": Case(
            loop(f"tf.reduce_sum({SQUARES})"), f"tf.reduce_sum({SQUARES})", CONFIRMED,
            r"loss .* is 16\.000 times .*, the mean of mean_squared_error; it grows with the rows, 16 here",
            COLUMN, FAMILY, "TFL203"),
        "half": Case(
            loop(f"0.5 * {MEAN}"), f"0.5 * {MEAN}", CONFIRMED, r"loss .* is 0\.500 times .*", COLUMN, FAMILY, "TFL203"),
        "a mean": Case(loop(MEAN), MEAN, REFUTED, "loss .* is the mean of mean_squared_error", COLUMN, FAMILY, "TFL203"),
        "another loss": Case(
            loop("tf.reduce_mean(tf.abs(labels[:, None] - outputs))"), "tf.reduce_mean(tf.abs(labels[:, None] - outputs))",
            INCONCLUSIVE, "the loss is not proportional to the reference", COLUMN, FAMILY, "TFL203"),
    },
    "replica mean": {
        "wrong": Case(
            replicas(MEAN), MEAN, CONFIRMED,
            r"2 replicas with 8 rows each: their losses add up to (.*), 2\.000 times .*, the mean over the global batch; .*",
            COLUMN, code="TFL206"),
        "beside penalties": Case(
            replicas(f"{MEAN} + 0.1 * tf.reduce_sum(model.weights[0] ** 2)"), MEAN, CONFIRMED, "2 replicas .* 2.000 times .*",
            COLUMN, code="TFL206"),
        "divided": Case(
            replicas(f"{MEAN} / 2.0"), MEAN, REFUTED, "2 replicas .* 1.000 times .*", COLUMN, code="TFL206"),
        "divided by the strategy": Case(
            replicas(f"{MEAN} / strategy.num_replicas_in_sync"), MEAN, REFUTED, "2 replicas .* 1.000 times .*", COLUMN,
            code="TFL206"),
        "gradients divided": Case(
            replicas(MEAN, "gradients = [0.5 * gradient for gradient in gradients]"), MEAN, REFUTED,
            "2 replicas .* 1.000 times .*", COLUMN, code="TFL206"),
        "averaged by hand": Case(
            replicas(MEAN, "gradients = tf.distribute.get_replica_context().all_reduce('MEAN', gradients)"), MEAN,
            INCONCLUSIVE, "ValueError: the gradients are changed before the optimizer gets them", COLUMN, code="TFL206"),
        "average loss": Case(
            replicas(f"tf.nn.compute_average_loss({SQUARES}[:, 0], global_batch_size=16)"),
            f"tf.nn.compute_average_loss({SQUARES}[:, 0], global_batch_size=16)", INCONCLUSIVE,
            "ValueError: it is the mean of no well-known loss", COLUMN, code="TFL206"),
        "for other reasons": Case(
            replicas(f"0.3 * {MEAN}"), MEAN, INCONCLUSIVE,
            "the losses of the replicas add up to 0.600 times the mean over the global batch", COLUMN, code="TFL206"),
        "another loss": Case(
            replicas(f"tf.reduce_mean({SQUARES} ** 1.5)"), f"tf.reduce_mean({SQUARES} ** 1.5)", INCONCLUSIVE,
            "ValueError: it is the mean of no well-known loss", COLUMN, code="TFL206"),
        "partial batch": Case(
            replicas(MEAN).replace("data.take(2)", "data.unbatch().batch(15).take(1)"), MEAN, INCONCLUSIVE,
            "ValueError: the replicas have different numbers of rows", COLUMN, code="TFL206"),
        "one batch": Case(
            replicas(MEAN).replace("data.take(2)", "data.take(1)"), MEAN, CONFIRMED, "2 replicas .* 2.000 times .*", COLUMN,
            code="TFL206"),
        "no optimizer": Case(
            replicas(MEAN).replace("optimizer.apply_gradients", "list"), MEAN, INCONCLUSIVE,
            "ValueError: no optimizer gets its gradients", COLUMN, code="TFL206"),
        "no gradient": Case(
            replicas(f"tf.reduce_sum(outputs ** 2)\n        other = {MEAN}"), MEAN, INCONCLUSIVE,
            "ValueError: no gradient is taken of it", COLUMN, code="TFL206"),
        "several numbers": Case(
            replicas(f"tf.reduce_sum({SQUARES})"), SQUARES, INCONCLUSIVE,
            "ValueError: it is not one number in every replica", COLUMN, code="TFL206"),
        "one replica": Case(
            replicas(MEAN).replace('["cpu:0", "cpu:1"]', '["cpu:0"]'), MEAN, INCONCLUSIVE,
            "ValueError: the strategy has one replica", COLUMN, code="TFL206"),
        "without a strategy": Case(
            loop(MEAN), MEAN, NOT_REACHED, "", COLUMN, code="TFL206"),
    },
    "loss scale": {
        "vanishing": Case(
            loop(f"2e-8 * {IN_FLOAT16}"), "loss, model", CONFIRMED,
            "the optimizer gets gradients of norm 0; with a scaled loss, and divided by the scale, they have .*: ratio 0",
            code="TFL108"),
        "large enough": Case(
            loop(MEAN), "loss, model", REFUTED, "the optimizer gets gradients of norm (.*); .* they have \\1: ratio 1.000",
            code="TFL108"),
        "overflow": Case(
            loop(f"5e3 * {IN_FLOAT16}"), "loss, model", REFUTED, ".*: ratio 1.00.", code="TFL108"),
        "scaled": Case(
            SCALED, "scaled, model", REFUTED, "the optimizer gets gradients of norm .*: ratio 1.000", code="TFL108"),
        "lost in part": Case(
            loop(f"3e-7 * {IN_FLOAT16}"), "loss, model", INCONCLUSIVE, "the scale makes little difference: .*", code="TFL108"),
        "clipped": Case(
            loop(MEAN).replace("    optimizer.apply", "    gradients, _ = tf.clip_by_global_norm(gradients, 0.01)\n    optimizer.apply"),
            "loss, model", INCONCLUSIVE, "ValueError: the gradients are changed before the optimizer gets them", code="TFL108"),
        "noise": Case(
            loop(MEAN.replace("outputs", "outputs * tf.random.uniform(())")), "loss, model", INCONCLUSIVE,
            "ValueError: the gradient is random, or not that of the block alone", code="TFL108"),
        "nothing": Case(
            loop(f"0.0 * {MEAN}"), "loss, model", INCONCLUSIVE, "ValueError: the gradient is zero either way", code="TFL108"),
        "not finite": Case(
            loop(f"{MEAN} / 0.0"), "loss, model", INCONCLUSIVE, "ValueError: the gradients are not finite", code="TFL108"),
        "no optimizer": Case(
            loop(MEAN).replace("optimizer.apply_gradients", "list"), "loss, model", INCONCLUSIVE,
            "no optimizer gets its gradients", code="TFL108"),
        "on two replicas": Case(
            replicas(MEAN), "loss, model", INCONCLUSIVE, "it runs on 2 replicas at once, .*", code="TFL108"),
        "never run": Case(
            "def later():" + loop(MEAN).replace("\n", "\n    "), "loss, model", NOT_REACHED, "", code="TFL108"),
    },
    "member": {
        "missing": member("optimizer.reset_everything()", "optimizer.reset_everything", CONFIRMED, "AttributeError: .*reset_everything.*"),
        "called": member("model.count_params()", "model.count_params", REFUTED, "`Sequential` has a member `count_params`"),
        "read": member("model.inputs", "model.inputs", REFUTED, "`Sequential` has a member `inputs`"),
        "missing when read": member("model.nothing", "model.nothing", CONFIRMED, "AttributeError: .*nothing.*"),
        "of something missing": member(
            "try:\n    model.nobody.inputs\nexcept Exception:\n    pass", "model.nobody.inputs", INCONCLUSIVE,
            "AttributeError: .*nobody.*"),
        "raises for another reason": member(
            OWN_LAYER + "try:\n    own.broken\nexcept Exception:\n    pass", "own.broken", INCONCLUSIVE, "AttributeError: inside"),
        "disabled": member(OWN_LAYER + "own.disabled()", "own.disabled", CONFIRMED, "NotImplementedError"),
        "calls what is disabled": member(
            OWN_LAYER + "try:\n    own.calls_it()\nexcept Exception:\n    pass", "own.calls_it", INCONCLUSIVE, "NotImplementedError"),
        "never run": member("def later():\n    return model.nothing", "model.nothing", NOT_REACHED, ""),
        "assigned": member(
            "optimizer.learning_rate = 0.5", "optimizer.learning_rate", REFUTED, "`SGD` has a member `learning_rate`", "assigned"),
        "assigned anew": member(
            "optimizer.rate = 0.5", "optimizer.rate", CONFIRMED,
            "`SGD` has no member `rate`: the assignment makes one that it does not know", "assigned"),
        "assigned before": member(
            "setattr(optimizer, 'rate', 1.0)\noptimizer.rate = 0.5", "optimizer.rate", INCONCLUSIVE,
            "this use does not show whether it is there", "assigned"),
        "refused": member(
            "keras.optimizers.SGD(rate=0.75)", "0.75", CONFIRMED, "(Type|Value)Error: .*rate.*", "argument", "rate"),
        "taken": member(
            "keras.optimizers.SGD(momentum=0.75)", "0.75", REFUTED, "`SGD` takes the argument `momentum`", "argument", "momentum"),
        "a text": member(
            "keras.optimizers.SGD(name='mine')", "'mine'", INCONCLUSIVE, "this use does not show .*", "argument", "name"),
        "ignored": member(
            OWN_LAYER + "Ignores(rate=0.75)", "0.75", CONFIRMED, "`Ignores` is the same whatever `rate` is", "argument", "rate"),
        "ignored rate": member(
            OWN_LAYER + "Ignores(lr=0.75)", "0.75", CONFIRMED,
            "`Ignores` is the same whatever `lr` is: its learning rate is 0.5, not 0.75", "argument", "lr"),
        "refused by a method": member(
            "model.compile('sgd', 'mse')\nmodel.fit(x, y, 16, more=0.75)", "0.75", CONFIRMED, "TypeError: .*more.*", "argument", "more"),
        "another is refused": member(
            OWN_LAYER + "try:\n    method(more=1, most=0.75)\nexcept TypeError:\n    pass", "0.75", CONFIRMED, "TypeError: .*",
            "argument", "most"),
        "taken by a method": member(
            "model.compile('sgd', 'mse')\nmodel.fit(x, y, verbose=False)", "False", REFUTED, "`fit` takes the argument `verbose`",
            "argument", "verbose"),
        "fails for another reason": member(
            OWN_LAYER + "try:\n    fails(rate=0.75)\nexcept KeyError:\n    pass", "0.75", INCONCLUSIVE, "KeyError: .*", "argument",
            "rate"),
    },
    "root": {
        "per sample": Case(
            loop(f"tf.reduce_mean(tf.sqrt(tf.reduce_mean({SQUARES}, axis=-1)))"),
            f"tf.sqrt(tf.reduce_mean({SQUARES}, axis=-1))", CONFIRMED,
            r"mean of the roots of 32 samples .*, root of their mean .*: 0\.\d+ of the RMSE", code="TFL204"),
        "all equal": Case(
            loop("tf.reduce_mean(tf.sqrt(tf.ones_like(outputs))) + 0.0 * tf.reduce_sum(outputs)"), "tf.sqrt(tf.ones_like(outputs))", REFUTED,
            "mean of the roots of 32 samples 1, root of their mean 1", code="TFL204"),
        "under a strategy": Case(
            "def rmse(y_true, y_pred):\n    return tf.sqrt(tf.reduce_mean(tf.square(y_true - y_pred), axis=-1))\n"
            "with tf.distribute.MirroredStrategy(['CPU:0']).scope():\n"
            "    model = keras.Sequential([keras.Input((5,)), layers.Dense(1)])\n    model.compile('sgd', rmse)\n"
            "model.fit(x, y[:, None], batch_size=16, verbose=0)\n",
            "tf.sqrt(tf.reduce_mean(tf.square(y_true - y_pred), axis=-1))", CONFIRMED,
            r"mean of the roots of 32 samples .*, root of their mean .*: 0\.\d+ of the RMSE", code="TFL204"),
    },
    "masked mean": {
        "wrong": Case(
            loop("tf.reduce_mean(tf.square(labels) * tf.cast(labels > 0, tf.float32)) + 0.0 * tf.reduce_sum(outputs)"),
            "tf.reduce_mean(tf.square(labels) * tf.cast(labels > 0, tf.float32))", CONFIRMED,
            r"the mask leaves \d+\.\d% of the positions; mean over all .*, over those that count .*, ratio .*",
            {"mask": "tf.cast(labels > 0, tf.float32)"}),
        "all left in": Case(
            loop("tf.reduce_mean(tf.square(labels) * tf.cast(labels > -99, tf.float32)) + 0.0 * tf.reduce_sum(outputs)"),
            "tf.reduce_mean(tf.square(labels) * tf.cast(labels > -99, tf.float32))", REFUTED,
            "the mask leaves all positions in", {"mask": "tf.cast(labels > -99, tf.float32)"}),
        "weights": Case(
            loop("tf.reduce_mean(tf.square(labels) * tf.abs(labels)) + 0.0 * tf.reduce_sum(outputs)"),
            "tf.reduce_mean(tf.square(labels) * tf.abs(labels))", INCONCLUSIVE,
            "ValueError: the mask has weights other than 0 and 1", {"mask": "tf.abs(labels)"}),
    },
    "order": {
        "poisson": Case(
            loop("tf.reduce_mean(tf.exp(labels[:, None]) - tf.exp(outputs) * labels[:, None])"),
            "tf.exp(labels[:, None]) - tf.exp(outputs) * labels[:, None]", CONFIRMED,
            "loss .* as written, .* with the labels first; gradient .*", COLUMN, code="TFL403"),
        "symmetric": Case(
            loop(MEAN), MEAN, REFUTED, "loss .* as written, .* with the labels first; gradient .*", COLUMN, code="TFL403"),
    },
    "argmax": {
        "wrong": Case(
            "metric = keras.metrics.SparseCategoricalAccuracy()\nmetric = keras.metrics.AUC()\n"
            "for features, labels in tf.data.Dataset.from_tensor_slices((x, (y > 0).astype('int32'))).batch(8):\n"
            "    outputs = tf.sigmoid(model(features))[:, 0]\n"
            "    metric.update_state(labels, tf.round(outputs))\n",
            "tf.round(outputs)", CONFIRMED, "AUC shows .* after 2 batches; of the scores it is .*",
            {"metric": "metric.update_state", "label": "labels, tf", "scores": "outputs"}, {"wants": "scores"}, "TFL301"),
        "right": Case(
            "metric = keras.metrics.MeanSquaredError()\n"
            "for features, labels in data:\n"
            "    outputs = model(features)\n"
            "    metric.update_state(labels[:, None], tf.identity(outputs))\n",
            "tf.identity(outputs)", REFUTED, "MeanSquaredError shows .* after 3 batches; of the scores it is .*",
            {"metric": "metric.update_state", "label": "labels[:, None]", "scores": "outputs"}, {"wants": "scores"}, "TFL301"),
    },
    "training flag": {
        "wrong": Case(
            "model.add(layers.Dropout(0.5))\n" + loop(MEAN).replace("model(features, training=True)", "model(features)"),
            "model(features)", CONFIRMED, r"the outputs are those of inference; with training=True they differ by \d+% .*",
            {"model": "model", "inputs": "features"}, code="TFL107"),
        "told": Case(
            "model.add(layers.Dropout(0.5))\n" + loop(MEAN), "model(features, training=True)", REFUTED,
            "the outputs are not those of inference", {"model": "model", "inputs": "features"}, code="TFL107"),
        "nothing to tell": Case(
            loop(MEAN).replace("model(features, training=True)", "model(features)"), "model(features)", REFUTED,
            "the outputs are the same with training=True", {"model": "model", "inputs": "features"}, code="TFL107"),
    },
    "penalties": {
        "dropped": Case(
            "model.add(layers.Dense(1, kernel_regularizer=keras.regularizers.L2(1.0)))\n" + loop(MEAN), MEAN, CONFIRMED,
            "loss .* without the model's penalties of .*; gradient ratio .*, cosine .*", {"model": "model(features"}, code="TFL103"),
        "kept": Case(
            "model.add(layers.Dense(1, kernel_regularizer=keras.regularizers.L2(1.0)))\n" + loop(f"{MEAN} + tf.add_n(model.losses)"), MEAN,
            REFUTED, "the loss changes with the model's penalties", {"model": "model(features"}, code="TFL103"),
        "twice": Case(
            PENALIZED + loop(f"{MEAN} + 2.0 * tf.add_n(model.losses)"), MEAN, CONFIRMED,
            "loss .* contains the model's penalties of .* 2.000 times; gradient ratio .*", {"model": "model(features"}, TWICE, "TFL502"),
        "once": Case(
            PENALIZED + loop(f"{MEAN} + tf.add_n(model.losses)"), MEAN, REFUTED,
            "loss .* contains the model's penalties of .* 1.000 times", {"model": "model(features"}, TWICE, "TFL502"),
        "half": Case(
            PENALIZED + loop(f"{MEAN} + 0.5 * tf.add_n(model.losses)"), MEAN, INCONCLUSIVE,
            "loss .* contains the model's penalties of .* 0.500 times", {"model": "model(features"}, TWICE, "TFL502"),
        "none": Case(
            loop(MEAN), MEAN, INCONCLUSIVE, "the penalties are too small to be seen beside the loss", {"model": "model(features"},
            code="TFL103"),
    },
    "reset": {
        "never": Case(
            "metric = keras.metrics.Mean()\nfor epoch in range(3):\n    for features, labels in data:\n"
            "        metric.update_state(labels + 10.0 * epoch)\n    print(metric.result())\n",
            "metric.update_state(labels + 10.0 * epoch)", CONFIRMED,
            "after the second epoch Mean shows .*; of that epoch alone it is .*",
            {"metric": "metric.update"}, code="TFL304"),
        "every epoch": Case(
            "metric = keras.metrics.Mean()\nfor epoch in range(3):\n    metric.reset_state()\n"
            "    for features, labels in data:\n"
            "        metric.update_state(labels + 10.0 * epoch)\n    print(metric.result())\n",
            "metric.update_state(labels + 10.0 * epoch)", REFUTED,
            "after the second epoch Mean shows .*; of that epoch alone it is .*",
            {"metric": "metric.update"}, code="TFL304"),
        "once": Case(
            "metric = keras.metrics.Mean()\nfor features, labels in data:\n    metric.update_state(labels)\n",
            "metric.update_state(labels)", INCONCLUSIVE, "fewer than two epochs were seen", {"metric": "metric.update"},
            code="TFL304"),
    },
    "logged loss": {
        "another": logged("2.0 * self.mean.result()", CONFIRMED, "log 'seen' of 3 batches shows .*; the mean of their losses is .*"),
        "nothing": logged("0.0", CONFIRMED, "log 'seen' of 3 batches shows 0; the mean of their losses is .*"),
        "the mean": logged("self.mean.result()", REFUTED, "log 'seen' of 3 batches shows .*; the mean of their losses is .*"),
        "one thing of several": logged("self.mean.result()", INCONCLUSIVE, ".*, a difference below 0.001 of it", partly=True),
        "the last one": logged("loss + 0.0", INCONCLUSIVE, ".*, and it shows the last one"),
        "unknown": logged("0.0", INCONCLUSIVE, "nothing is shown under 'nowhere'", key="nowhere"),
    },
    "reset override": {
        "never run": Case(
            OWN_METRIC + "model.compile('sgd', 'mse')\nmodel.fit(x, y, verbose=0)\n", "reset_states", NOT_REACHED, "", code="TFL502"),
    },
    "shown log": {
        "last batch": Case(
            step(MEAN, "loss"), "loss, \"mean_loss\"", CONFIRMED,
            "log 'seen' of 3 batches shows .*; their mean is .*, and this is the last one",
            facts={"key": "seen", "step": "train_step"}, code="TFL303"),
        "tracked": Case(
            step(MEAN, "loss + 0.0"), "loss, sample", REFUTED, "log 'mean_loss' of 3 batches shows .*; their mean is .*",
            facts={"key": "mean_loss", "step": "train_step"}, code="TFL303"),
        "unknown": Case(
            step(MEAN), "loss, sample", INCONCLUSIVE, "nothing is shown under 'nowhere'",
            facts={"key": "nowhere", "step": "train_step"}, code="TFL303"),
    },
    "step": {
        "raw": Case(
            step(f"2.0 * {MEAN}"), f"2.0 * {MEAN}", CONFIRMED, "loss .* vs .* of the compiled 'mse'; gradient ratio .*",
            code="TFL101"),
        "the compiled one": Case(
            step("self.compute_loss(x=features, y=labels, y_pred=outputs)").replace('kernel_regularizer="l2"', ""),
            "self.compute_loss(x=features, y=labels, y_pred=outputs)", INCONCLUSIVE,
            "the audit of the step finds nothing of the kind", code="TFL101"),
        "weights dropped": Case(
            weighted(MEAN, "1.0 + (x[:, 0] > 0)"), MEAN, CONFIRMED,
            "loss .* without the batch's sample weights, .* with them; gradient ratio .*", code="TFL104"),
        "weights dropped, no compiled loss": Case(
            weighted(MEAN, "1.0 + (x[:, 0] > 0)", "None"), MEAN, CONFIRMED,
            "loss .*, whatever the sample weights, which are 1 to 2 here", code="TFL104"),
        "weights of 1, no compiled loss": Case(
            weighted(MEAN, "np.ones(40)", "None"), MEAN, INCONCLUSIVE, "the model was compiled without a loss.*",
            code="TFL104"),
        "weights that count": Case(
            weighted(f"tf.reduce_mean(weights[:, None] * {SQUARES})", "1.0 + (x[:, 0] > 0)"),
            f"tf.reduce_mean(weights[:, None] * {SQUARES})", REFUTED, "the loss changes with the sample weights",
            code="TFL104"),
    },
    "logits": {
        "taken for probabilities": Case(
            "loss = keras.losses.SparseCategoricalCrossentropy()\n"
            "for features, labels in tf.data.Dataset.from_tensor_slices((x, classes)).batch(16):\n"
            "    outputs = scores(features)\n    value = loss(labels, outputs)\n",
            "keras.losses.SparseCategoricalCrossentropy()", CONFIRMED,
            "outputs from .* to .* are taken for probabilities: loss .*, as logits .*",
            {"label": "labels, outputs", "prediction": "outputs)", "call": "loss(labels, outputs)"},
            {"family": "sparse_categorical_crossentropy", "from_logits": False}, "TFL401"),
        "told": Case(
            "loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)\n"
            "scores.compile('sgd', loss)\nscores.fit(x, classes, batch_size=16, verbose=0)\n",
            "keras.losses.SparseCategoricalCrossentropy(from_logits=True)", INCONCLUSIVE,
            "ValueError: outputs from .* to .* may be logits",
            facts={"family": "sparse_categorical_crossentropy", "from_logits": True}, code="TFL401"),
        "compiled": Case(
            "scores.compile('sgd', 'sparse_categorical_crossentropy')\nscores.fit(x, classes, batch_size=16, verbose=0)\n",
            "'sparse_categorical_crossentropy'", CONFIRMED,
            "outputs from .* to .* are taken for probabilities: loss .*, as logits .*",
            facts={"family": "sparse_categorical_crossentropy", "from_logits": False}, code="TFL401"),
        "softmax layer": Case(
            "ended = keras.Sequential([keras.Input((5,)), layers.Dense(3, 'softmax', kernel_regularizer='l2')])\n"
            "ended.compile('sgd', keras.losses.SparseCategoricalCrossentropy(from_logits=True))\n"
            "ended.fit(x, classes, batch_size=16, verbose=0)\n",
            "keras.losses.SparseCategoricalCrossentropy(from_logits=True)", REFUTED,
            "outputs from .* to .* are taken for probabilities, by Keras itself: loss .*",
            facts={"family": "sparse_categorical_crossentropy", "from_logits": True}, code="TFL401"),
        "softmax layer from zeros": Case(
            "ended = keras.Sequential([keras.Input((5,)), layers.Dense(3, 'softmax', kernel_initializer='zeros')])\n"
            "loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)\n"
            "for features, labels in tf.data.Dataset.from_tensor_slices((x, classes)).batch(16):\n"
            "    outputs = ended(features)\n    value = loss(labels, outputs)\n",
            "keras.losses.SparseCategoricalCrossentropy(from_logits=True)", INCONCLUSIVE,
            "ValueError: outputs from 0.333 to 0.333 give the same loss either way",
            {"label": "labels, outputs", "prediction": "outputs)", "call": "loss(labels, outputs)"},
            {"family": "sparse_categorical_crossentropy", "from_logits": True}, "TFL401"),
        "not finite": Case(
            "scores.compile('sgd', 'sparse_categorical_crossentropy')\n"
            "scores.fit(x * np.nan, classes, batch_size=16, verbose=0)\n",
            "'sparse_categorical_crossentropy'", INCONCLUSIVE,
            "ValueError: outputs from nan to nan give a loss that is not finite",
            facts={"family": "sparse_categorical_crossentropy", "from_logits": False}, code="TFL401"),
        "two heads, softmax layer": Case(
            "inputs = keras.Input((5,))\n"
            "heads = [layers.Dense(1, name='value')(inputs), layers.Dense(3, 'softmax', name='kind')(inputs)]\n"
            "two = keras.Model(inputs, heads)\n"
            "two.compile('sgd', {'value': 'mse', 'kind': keras.losses.SparseCategoricalCrossentropy(from_logits=True)})\n"
            "two.fit(x, {'value': y, 'kind': classes}, batch_size=16, verbose=0)\n",
            "keras.losses.SparseCategoricalCrossentropy(from_logits=True)", REFUTED,
            "outputs from .* to .* are taken for probabilities, by Keras itself: loss .*",
            facts={"family": "sparse_categorical_crossentropy", "from_logits": True, "output": 1, "name": "kind"},
            code="TFL401"),
    },
    "reported loss": {
        "half": Case(
            evaluated("tf.square(labels - self(features)) / 2.0"), "tf.square(labels - self(features)) / 2.0",
            CONFIRMED, r"test_step reports .* where train_step reports .* for the same batch, 0\.500 times as much",
            {"train": TRAINED}, code="TFL106"),
        "another error": Case(
            evaluated("tf.abs(labels - self(features))", 40), "tf.abs(labels - self(features))", CONFIRMED,
            "test_step reports .* where train_step reports .* for the same batch, .* times as much",
            {"train": TRAINED}, code="TFL106"),
        "but for penalties": Case(
            evaluated("tf.square(labels - self(features))"), "tf.square(labels - self(features))", REFUTED,
            "both steps report .* for the same batch", {"train": TRAINED}, code="TFL106"),
        "zero": Case(
            "x, y = 0 * x, 0 * y\n" + evaluated("tf.abs(labels - self(features))"),
            "tf.abs(labels - self(features))", INCONCLUSIVE, "ValueError: both losses of the batch are zero",
            {"train": TRAINED}, code="TFL106"),
        "no number": Case(
            evaluated("[labels]"), "[labels]", INCONCLUSIVE, "TypeError: a list is no loss", {"train": TRAINED},
            code="TFL106"),
    },
    "encoding": {
        "numbers by class": Case(
            class_loop("keras.losses.MeanSquaredError()(labels[:, None], outputs)"),
            "keras.losses.MeanSquaredError()(labels[:, None], outputs)", CONFIRMED,
            "loss .*, with one-hot labels .*; gradient ratio .*, cosine .*", COLUMN, VALUES, "TFL402"),
        "one-hot": Case(
            class_loop("keras.losses.MeanSquaredError()(tf.one_hot(labels, 3), outputs)"),
            "keras.losses.MeanSquaredError()(tf.one_hot(labels, 3), outputs)", REFUTED,
            r"labels \(16, 3\) and outputs \(16, 3\) have one shape",
            {"label": "tf.one_hot(labels, 3)", "prediction": "outputs"}, VALUES, "TFL402"),
        "no classes": Case(
            class_loop("keras.losses.MeanSquaredError()(0.5 + labels[:, None], outputs)"),
            "keras.losses.MeanSquaredError()(0.5 + labels[:, None], outputs)", INCONCLUSIVE,
            r"ValueError: labels \(16, 1\) and outputs \(16, 3\) name no classes",
            {"label": "0.5 + labels[:, None]", "prediction": "outputs"}, VALUES, "TFL402"),
        "numbers by number": Case(
            class_loop("keras.losses.SparseCategoricalCrossentropy(from_logits=True)(labels, outputs)"),
            "keras.losses.SparseCategoricalCrossentropy(from_logits=True)(labels, outputs)", REFUTED,
            r"the labels \(16,\) are class numbers", {"label": "labels, outputs", "prediction": "outputs)"},
            {"takes": "class number"}, "TFL402"),
        "an error": Case(
            class_loop("keras.losses.SparseCategoricalCrossentropy()(tf.one_hot(labels, 3), outputs)"),
            "keras.losses.SparseCategoricalCrossentropy()(tf.one_hot(labels, 3), outputs)", CONFIRMED,
            "the loss raises .*, with class numbers it does not",
            {"label": "tf.one_hot(labels, 3)", "prediction": "outputs"}, {"takes": "class number"}, "TFL402",
            ended="ValueError"),
        "another error": Case(
            class_loop("keras.losses.SparseCategoricalCrossentropy()(tf.one_hot(labels, 3), outputs[:4])"),
            "keras.losses.SparseCategoricalCrossentropy()(tf.one_hot(labels, 3), outputs[:4])", INCONCLUSIVE,
            r"ValueError: labels \(16, 3\) and outputs \(4, 3\) name no classes",
            {"label": "tf.one_hot(labels, 3)", "prediction": "outputs[:4]"}, {"takes": "class number"}, "TFL402",
            ended=r"ValueError|InvalidArgumentError"),
        "compiled": Case(
            "scores.compile('sgd', 'categorical_crossentropy')\nscores.fit(x, classes, batch_size=16, verbose=0)\n",
            "'categorical_crossentropy'", CONFIRMED, "the loss raises .*, with one-hot labels it does not", facts=VALUES,
            code="TFL402"),
        "compiled, evaluated": Case(
            "scores.compile('sgd', 'mae')\nscores.evaluate(x, classes[:, None], batch_size=40, verbose=0)\n", "'mae'",
            CONFIRMED, "loss .*, with one-hot labels .*; gradient ratio .*, cosine .*", facts=VALUES, code="TFL402"),
        "compiled, not the first": Case(
            "scores.compile('sgd', 'mae')\nmodel.compile('sgd', 'mse')\n"
            "scores.evaluate(x, classes[:, None], batch_size=40, verbose=0)\n", "'mse'", NOT_REACHED, "", facts=VALUES,
            code="TFL402"),
        "weights": Case(
            "scores.compile('sgd', 'mae')\n"
            "scores.fit(x, classes[:, None], batch_size=16, sample_weight=np.ones(40), verbose=0)\n", "'mae'",
            INCONCLUSIVE, "ValueError: the batch has sample weights", facts=VALUES, code="TFL402"),
        "a single output": Case(
            "model.compile('sgd', keras.losses.CategoricalCrossentropy(from_logits=True))\n"
            "model.fit(x, np.float32(y > 0)[:, None], batch_size=16, verbose=0)\n",
            "keras.losses.CategoricalCrossentropy(from_logits=True)", CONFIRMED,
            "loss 0, with the binary cross-entropy .*", facts={"takes": "several outputs"}, code="TFL402"),
        "a single value": Case(
            "model.compile('sgd', 'mse')\nmodel.fit(x, y, batch_size=16, verbose=0)\n", "'mse'", INCONCLUSIVE,
            "ValueError: the labels are not 0 and 1", facts={"takes": "several outputs"}, code="TFL402"),
        "three classes": Case(
            "model.compile('sgd', keras.losses.BinaryCrossentropy(from_logits=True))\n"
            "model.fit(x, np.float32(classes), batch_size=16, verbose=0)\n",
            "keras.losses.BinaryCrossentropy(from_logits=True)", CONFIRMED, "loss .*, with labels from 0 to 1 .*; gradient .*",
            facts={"takes": "two classes"}, code="TFL402"),
        "two classes": Case(
            "model.compile('sgd', keras.losses.BinaryCrossentropy(from_logits=True))\n"
            "model.fit(x, np.float32(y > 0), batch_size=40, verbose=0)\n",
            "keras.losses.BinaryCrossentropy(from_logits=True)", REFUTED, "the labels are from 0 to 1",
            facts={"takes": "two classes"}, code="TFL402"),
        "several outputs, one meant": Case(
            "scores.compile('sgd', 'mse')\nscores.fit(x, np.eye(3)[classes], batch_size=16, verbose=0)\n", "'mse'",
            INCONCLUSIVE, r"ValueError: labels \(16, 3\) and outputs \(16, 3\) are not one of each",
            facts={"takes": "two classes"}, code="TFL402"),
    },
    "accuracy": {
        "of two classes": Case(
            updated("BinaryAccuracy(threshold=0.1)", "tf.one_hot(labels, 3)", "tf.nn.softmax(outputs)"), BINARY, CONFIRMED,
            "BinaryAccuracy shows .* after 2 batches; .* of the answers are right", code="TFL302"),
        "of a single batch": Case(
            "data = data.unbatch().batch(40)\n".replace("data = ", "whole = ")
            + updated("BinaryAccuracy(threshold=0.1)", "tf.one_hot(labels, 3)", "tf.nn.softmax(outputs)", 40), BINARY,
            CONFIRMED, "BinaryAccuracy shows .* after 2 batches; .* of the answers are right", code="TFL302"),
        "right": Case(
            updated("SparseCategoricalAccuracy()", "labels", "outputs"), "keras.metrics.SparseCategoricalAccuracy()",
            REFUTED, "SparseCategoricalAccuracy shows (.*) after 3 batches; \\1 of the answers are right", code="TFL302"),
        "called": Case(
            updated("CategoricalAccuracy()", "tf.one_hot(labels, 3)", "outputs").replace(".update_state", ""),
            "keras.metrics.CategoricalAccuracy()", REFUTED,
            "CategoricalAccuracy shows .* after 3 batches; .* of the answers are right", code="TFL302"),
        "one-hot for numbers": Case(
            updated("SparseCategoricalAccuracy()", "tf.one_hot(labels, 3)", "outputs"),
            "keras.metrics.SparseCategoricalAccuracy()", CONFIRMED,
            "SparseCategoricalAccuracy raises InvalidArgumentError: [^{]*, where the right answers can be counted",
            code="TFL302"),
        "no classes": Case(
            updated("CategoricalAccuracy()", "labels[:, None] + tf.zeros([1, 3], labels.dtype)", "outputs"),
            "keras.metrics.CategoricalAccuracy()", INCONCLUSIVE, "ValueError: the labels are not one-hot", code="TFL302"),
        "other shapes": Case(
            updated("MeanSquaredError()", "outputs[:, :2]", "outputs[:, :2] + outputs[:, :1]"),
            "keras.metrics.MeanSquaredError()", INCONCLUSIVE, "ValueError: the labels are not one-hot", code="TFL302"),
        "no numbers": Case(
            updated("MeanAbsoluteError()", "outputs[:, :1]", "outputs"), "keras.metrics.MeanAbsoluteError()", INCONCLUSIVE,
            r"ValueError: labels \(16, 1\) and outputs \(16, 3\) name no classes", code="TFL302"),
        "no batch": Case(
            updated("MeanAbsoluteError()", "outputs[:, 1]", "outputs[:, 0]"), "keras.metrics.MeanAbsoluteError()",
            INCONCLUSIVE, r"ValueError: labels \(16,\) and outputs \(16,\) are no batch", code="TFL302"),
        "weights": Case(
            updated("CategoricalAccuracy()", "tf.one_hot(labels, 3)", "outputs, sample_weight=tf.ones(16)").replace(
                "data:", "data.take(2):"),
            "keras.metrics.CategoricalAccuracy()", INCONCLUSIVE, "ValueError: the batch has sample weights", code="TFL302"),
        "string": Case(
            "model.compile('sgd', keras.losses.BinaryCrossentropy(from_logits=True), metrics=['accuracy'])\n"
            "model.fit(x, np.float32(y > 0), batch_size=8, verbose=0)\n", "'accuracy'", CONFIRMED,
            "'accuracy' shows .* after .* batches; .* of the answers are right", facts={"logits": True}, code="TFL302"),
        "function": Case(
            "scores.compile('sgd', 'mse', metrics=[keras.metrics.categorical_accuracy])\n"
            "scores.evaluate(x, np.eye(3)[classes], batch_size=8, verbose=0)\n", "keras.metrics.categorical_accuracy",
            REFUTED, "categorical_accuracy shows .* after 5 batches; .* of the answers are right", code="TFL302"),
        "among others": Case(
            "given = ['mse', 'accuracy']\nmodel.compile('sgd', 'mse', metrics=given)\n"
            "model.fit(x, np.float32(y > 0), batch_size=8, verbose=0)\n", "['mse', 'accuracy']", CONFIRMED,
            "'accuracy' shows .* after .* batches; .* of the answers are right", facts={"logits": True}, code="TFL302"),
        "several": Case(
            "given = ['acc', 'accuracy']\nmodel.compile('sgd', 'mse', metrics=given)\n"
            "model.fit(x, np.float32(y > 0), batch_size=8, verbose=0)\n", "['acc', 'accuracy']", INCONCLUSIVE,
            "ValueError: 2 accuracies are compiled there|.*same name.*", facts={"logits": True}, code="TFL302"),
        "no probabilities": Case(
            "model.compile('sgd', 'mse', metrics=['accuracy'])\n"
            "model.fit(x, np.float32(y > 0), batch_size=8, verbose=0)\n", "'accuracy'", INCONCLUSIVE,
            "ValueError: the outputs are no probabilities", code="TFL302"),
        "no two classes": Case(
            "model.compile('sgd', 'mse', metrics=['accuracy'])\nmodel.fit(x, y, batch_size=8, verbose=0)\n",
            "'accuracy'", INCONCLUSIVE, "ValueError: the labels are not 0 and 1", code="TFL302"),
    },
    "constant output": {
        "layer": Case(
            ended("layers.Dense(1, activation='softmax')"), "layers.Dense(1, activation='softmax')", CONFIRMED,
            "all outputs are 1", code="TFL404"),
        "other layer": Case(
            ended("layers.Dense(1, activation='sigmoid')"), "layers.Dense(1, activation='sigmoid')", REFUTED,
            r"outputs from 0\.\d+ to 0\.\d+", code="TFL404"),
        "layer of several outputs": Case(
            "last = layers.Softmax()\nfor features, _ in data:\n    last(scores(features))\n", "layers.Softmax()",
            INCONCLUSIVE, r"the outputs are \(16, 3\)", code="TFL404"),
        "layer in a loop": Case(
            "last = layers.Softmax()\nfor features, _ in data:\n    last(model(features))\n", "layers.Softmax()", CONFIRMED,
            "all outputs are 1", code="TFL404"),
        "call": Case(
            "for features, _ in data:\n    tf.nn.softmax(model(features))\n", "tf.nn.softmax(model(features))", CONFIRMED,
            "all outputs are 1", code="TFL404"),
        "one batch": Case(
            "tf.nn.softmax(model(x))\n", "tf.nn.softmax(model(x))", CONFIRMED, "all outputs are 1", code="TFL404"),
        "call of another": Case(
            "for features, _ in data:\n    tf.sigmoid(model(features))\n", "tf.sigmoid(model(features))", REFUTED,
            r"outputs from 0\.\d+ to 0\.\d+", code="TFL404"),
        "one sample": Case(
            "tf.nn.softmax(model(x[:1]))\n", "tf.nn.softmax(model(x[:1]))", INCONCLUSIVE,
            "it gave no outputs for several samples", code="TFL404"),
        "never run": Case("def later():\n    return layers.Softmax()\n", "layers.Softmax()", NOT_REACHED, "", code="TFL404"),
    },
    "remade metric": {
        "wrong": Case(
            remade("metric.update_state(labels, scores(features))"), MADE, CONFIRMED,
            r"\d batches made \d metrics: the last SparseCategoricalAccuracy shows .*, and one for all batches .*",
            code="TFL306"),
        "of another epoch": Case(
            "def step(n):\n    metric = keras.metrics.Mean()\n    metric.update_state(n)\n\n\n"
            "for n in range(2):\n    for _ in range(1):\n        step(n)\n", "keras.metrics.Mean()", INCONCLUSIVE,
            "only 1 of 2 batches", code="TFL306"),
        "of several batches": Case(
            remade("for part in (0, 1):\n        metric.update_state(labels[part::2], scores(features[part::2]))"), MADE,
            REFUTED, "one SparseCategoricalAccuracy gets 2 batches", code="TFL306"),
        "equal batches": Case(
            remade("metric.update_state([0.0], [[1.0, 0.0, 0.0]])"), MADE, INCONCLUSIVE,
            "the last batch has the value of all of them", code="TFL306"),
        "unused": Case(remade("pass"), MADE, INCONCLUSIVE, "the metric got no batch", code="TFL306"),
        "in a step": Case(
            "class Own(keras.Model):\n    def call(self, inputs):\n        return scores(inputs)\n\n"
            "    def test_step(self, batch):\n        metric = keras.metrics.SparseCategoricalAccuracy()\n"
            "        value = metric(batch[1], self(batch[0]))\n        return {'value': value}\n\n\n"
            "own = Own()\nown.compile()\nfor _ in range(9):\n    own.evaluate(x, classes, batch_size=20, verbose=0)\n",
            MADE, CONFIRMED,
            r"\d batches made \d metrics: the last SparseCategoricalAccuracy shows .*, and one for all batches .*",
            code="TFL306"),
    },
    "unused loss": {
        "another": Case(
            "model.compile('sgd', 'mae')\n" + loop(MEAN), "'mae'", CONFIRMED,
            "the loss that is trained is .*, the compiled one .*; gradient ratio .*, cosine .*",
            COMPARED, code="TFL105"),
        "the same": Case(
            "model.add(layers.Dense(1, kernel_regularizer='l2'))\nmodel.compile('sgd', 'mse')\n"
            + loop(f"{MEAN} + sum(model.losses)"), "'mse'", REFUTED,
            "the loss that is trained is .*, the compiled one .*; gradient ratio 1.000, cosine 1.00",
            COMPARED, code="TFL105"),
        "used": Case(
            "model.compile('sgd', 'mae')\nmodel.evaluate(x, y, verbose=0)\n" + loop(MEAN), "'mae'", REFUTED,
            "Keras has called the compiled loss", COMPARED, code="TFL105"),
        "not compiled": Case(
            "given = 'mae'\n" + loop(MEAN), "'mae'", INCONCLUSIVE, "ValueError: no model was compiled with it before",
            COMPARED, code="TFL105"),
        "random": Case(
            "model.compile('sgd', 'mae')\n" + loop(f"{MEAN} + tf.random.normal([])"), "'mae'", INCONCLUSIVE,
            "ValueError: the loss is random: .*", COMPARED, code="TFL105"),
        "of a step": Case(
            evaluated(MEAN).replace("SGD(0.01)", "SGD(0.01), loss='mae'").replace("own.evaluate", "own.fit"), "'mae'",
            CONFIRMED, "the loss that is trained is .*, the compiled one .*; gradient ratio .*, cosine .*",
            {"call": "trained, self"}, code="TFL105"),
        "the same of a step": Case(
            evaluated(MEAN, 40).replace("SGD(0.01)", "SGD(0.01), loss='mse'").replace("own.evaluate", "own.fit"), "'mse'",
            REFUTED, "the loss that is trained is .*, the compiled one .*; gradient ratio 1.000, cosine 1.00",
            {"call": "trained, self"}, code="TFL105"),
        "of another step": Case(
            "model.compile('sgd', 'mae')\n" + evaluated(MEAN).replace("own.evaluate", "own.fit"), "'mae'", INCONCLUSIVE,
            "ValueError: another model was compiled with it", {"call": "trained, self"}, code="TFL105"),
        "without outputs": Case(
            evaluated(MEAN).replace("self(features, training=True)", "self.head.kernel[0]")
            .replace("SGD(0.01)", "SGD(0.01), loss='mae'").replace("own.evaluate", "own(x)\nown.fit"), "'mae'",
            INCONCLUSIVE, "ValueError: the step takes 1 gradients of 0 outputs", {"call": "trained, self"}, code="TFL105"),
    },
    "batch means": {
        "shown by a metric": Case(
            averaged("mean.update_state(part)", "mean.result()"), "mean.update_state(part)", CONFIRMED,
            "the mean of 3 batches of 8 to 16 rows is .*, over all rows .*", {"value": "part)", "call": "mean.result()"},
            code="TFL305"),
        "of a list": Case(
            averaged("values.append(float(part))", "np.mean(values)"), "np.mean(values)", CONFIRMED,
            "the mean of 3 batches of 8 to 16 rows is .*, over all rows .*", {"value": "float(part)"}, code="TFL305"),
        "of all so far": Case(
            averaged("values.append(float(part))", "np.mean(values) if epoch else 0.0").replace(
                "    values, mean = [], ", "    mean = ").replace("data = ", "values = []\ndata = "),
            "np.mean(values)", CONFIRMED, "the mean of 6 batches of 8 to 16 rows is .*, over all rows .*", {"value": "float(part)"}, code="TFL305"),
        "equal batches": Case(
            averaged("values.append(float(part))", "np.mean(values)", 20), "np.mean(values)", REFUTED,
            "each of the 2 batches has 20 rows", {"value": "float(part)"}, code="TFL305"),
        "weighted": Case(
            averaged("mean.update_state(part, tf.shape(labels)[0])", "mean.result()"),
            "mean.update_state(part, tf.shape(labels)[0])", INCONCLUSIVE,
            "ValueError: what is shown is not the mean of the values of several batches",
            {"value": "part, tf", "call": "mean.result()"}, code="TFL305"),
        "nearly the same": Case(
            averaged("values.append(float(part) * 0.0 + 1.0)", "np.mean(values)"), "np.mean(values)", INCONCLUSIVE,
            "ValueError: 1 is nearly the mean over all rows, though some batches are smaller",
            {"value": "float(part) * 0.0 + 1.0"}, code="TFL305"),
        "no rows": Case(
            "values = []\nfor number in (1.0, 2.0):\n    values.append(number + 1.0)\nprint(np.mean(values))\n",
            "np.mean(values)", INCONCLUSIVE, "ValueError: the batches have no number of rows", {"value": "number + 1.0"},
            code="TFL305"),
    },
    "batch ratio": {
        "wrong": Case(
            counted("tf.reduce_sum(y_true * y_pred) / tf.reduce_sum(y_pred * y_pred)"),
            "tf.reduce_sum(y_true * y_pred) / tf.reduce_sum(y_pred * y_pred)", CONFIRMED,
            "the mean of .* batches is .*; of all their rows at once it is .*", code="TFL305"),
        "a mean": Case(
            counted("tf.reduce_mean(y_true * y_pred, axis=-1) / 1.0"), "tf.reduce_mean(y_true * y_pred, axis=-1) / 1.0",
            REFUTED, "the mean of .* batches is .*; of all their rows at once it is .*", code="TFL305"),
        "one value": Case(
            counted("tf.reduce_sum(y_true * 0.0) / tf.reduce_sum(y_pred)"),
            "tf.reduce_sum(y_true * 0.0) / tf.reduce_sum(y_pred)", INCONCLUSIVE, "all batches have the same value",
            code="TFL305"),
        "more than a batch": Case(
            counted("tf.reduce_sum(y_true * y_pred) / tf.reduce_sum(y_pred * factor)").replace(
                "def metric(y_true, y_pred)", "def metric(y_true, y_pred, factor=None)").replace(
                "metrics=[metric]", "metrics=[given]").replace(
                "model.compile", "def given(y_true, y_pred):\n    return metric(y_true, y_pred, tf.constant(2.0))\n\n\n"
                "model.compile"),
            "tf.reduce_sum(y_true * y_pred) / tf.reduce_sum(y_pred * factor)", INCONCLUSIVE,
            "ValueError: the function gets more than a batch", code="TFL305"),
        "called by the program": Case(
            "def metric(y_true, y_pred):\n    return tf.reduce_sum(y_true) / tf.reduce_sum(y_pred)\n\n\n"
            "for features, labels in data:\n    metric(labels, model(features))\n",
            "tf.reduce_sum(y_true) / tf.reduce_sum(y_pred)", NOT_REACHED, "", code="TFL305"),
    },
}  # fmt: skip
ENDS = {"metric.update_state": "metric", "metric.update": "metric", "labels, tf": "labels", "labels, outputs": "labels",
        "outputs)": "outputs", 'loss, "mean_loss"': "loss", "loss, sample": "loss", "trained, self": "trained",
        "part)": "part", "part, tf": "part", "model(features": "model",
        "loss, model": "loss", "scaled, model": "scaled"}  # fmt: skip
"""What an expression is that its text alone does not tell from others: the text with what follows it."""


def configuration(relation: str, case: Case) -> str:
    text = HEAD + case.text
    place = ENDS.get(case.place, case.place)
    # A place or operand that stands several times is found by what follows it, and cut back.
    found = site_of(text, case.place, relation, code=case.code, facts=case.facts, **case.operands)
    cut = {role: len(part) - len(ENDS.get(part, part)) for role, part in case.operands.items()}
    return described(text, [shortened(found, len(case.place) - len(place), cut)])


def shortened(site: Site, by: int, cut: Mapping[str, int]) -> Site:
    """The site with shorter expressions, by so many characters."""

    def shorter(span: Span, count: int) -> Span:
        return replace(span, end_column=span.end_column - count)

    claim = site.claim
    operands = tuple((role, shorter(span, cut[role])) for role, span in claim.operands)
    return replace(site, claim=replace(claim, place=shorter(claim.place, by), operands=operands))


@pytest.fixture(scope="module")
def own_stacks() -> Iterator[dict[str, Stack]]:
    """Processes of their own: the probe stays in them."""
    stacks = all_stacks()
    yield stacks
    for stack in stacks.values():
        stack.close()


@pytest.mark.parametrize("relation", list(CASES))
def test_verdicts(stack: Stack, own_stacks: dict[str, Stack], relation: str) -> None:
    cases = CASES[relation]
    results = run_texts(own_stacks[stack.name], [configuration(relation, case) for case in cases.values()])
    for (name, case), result in zip(cases.items(), results):
        verdict = result["verdicts"].get("0")
        status, text = (NOT_REACHED, "") if verdict is None else (verdict["status"], verdict["text"])
        assert re.match(case.ended, result["ended"]), (name, result)
        assert (status, bool(re.fullmatch(case.said, text))) == (case.status, True), (name, status, text)


def test_keras_divides_what_it_compiles(own_stacks: dict[str, Stack], stack: Stack) -> None:
    """Keras 2 divides every compiled loss by the number of replicas, Keras 3 none that returns one number."""
    mean = MEAN.replace("[:, None]", "")
    operands = {"label": "labels", "prediction": "outputs"}
    case = Case(COMPILED.replace("LOSS", mean), mean, CONFIRMED, "", operands, code="TFL206")
    (result,) = run_texts(own_stacks[stack.name], [configuration("replica mean", case)])
    status = CONFIRMED if stack.name == "keras3" else REFUTED
    assert result["verdicts"]["0"]["status"] == status, result


@pytest.mark.parametrize(("start", "on_keras3"), [("1.0", CONFIRMED), ("0.0", INCONCLUSIVE)])
def test_keras3_does_not_call_reset_states(
    own_stacks: dict[str, Stack], stack: Stack, start: str, on_keras3: str
) -> None:
    text = OWN_METRIC.replace('"START"', "keras.initializers.Constant(START)").replace("START", start)
    text += "model.compile('sgd', 'mse', metrics=[Own()])\nmodel.fit(x, y, epochs=3, verbose=0)\n"
    case = Case(text, "reset_states", CONFIRMED, "", code="TFL502")
    (result,) = run_texts(own_stacks[stack.name], [configuration("reset override", case)])
    expected = on_keras3 if stack.name == "keras3" else REFUTED
    assert (result["ended"] in ("finished", "settled"), result["verdicts"]["0"]["status"]) == (True, expected), result


REPLICATED = {
    "divisor": (f"tf.reduce_sum({SQUARES}) / 16.0", {"divisor": 16}),
    "factor": (f"tf.reduce_sum({SQUARES}) / 16.0", FAMILY),
    "vector": (f"{SQUARES} / 16.0", {}),
    "order": (MEAN, {}),
}


def test_what_runs_on_several_replicas_is_no_batch(own_stacks: dict[str, Stack], stack: Stack) -> None:
    """A part of the batch says nothing of the rows of a batch, and must not be run again while others wait."""
    cases = [
        configuration(relation, Case(replicas(loss), loss, INCONCLUSIVE, "", COLUMN, facts))
        for relation, (loss, facts) in REPLICATED.items()
    ]
    for result in run_texts(own_stacks[stack.name], cases):
        verdict = result["verdicts"]["0"]
        reason = "it runs on 2 replicas at once, each with its part of the batch"
        assert (result["ended"], verdict["status"], verdict["text"]) == ("finished", INCONCLUSIVE, reason)


def test_every_measure_has_its_cases() -> None:
    assert set(CASES) == set(MEASURES)
