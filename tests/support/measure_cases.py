"""What the tests of all measures share: programs, claims about them, and what the probe is to say.

A measure is tried on code that is wrong, that is right, and that it cannot judge: claims are made here, whatever is true.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from stacks import Stack
from verifying import described, run_texts, site_of

from tfloss_lint.claim import NOT_REACHED, Fact
from tfloss_lint.runtime_checks.probe.measures.base import Measure
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
PAIR = {"label": "labels", "prediction": "outputs"}
COLUMN = {"label": "labels[:, None]", "prediction": "outputs"}
SQUARES = "tf.square(labels[:, None] - outputs)"
MEAN = f"tf.reduce_mean({SQUARES})"
ENDS = {"metric.update_state": "metric", "metric.update": "metric", "labels, tf": "labels", "labels, outputs": "labels",
        "outputs)": "outputs", 'loss, "mean_loss"': "loss", "loss, sample": "loss", "trained, self": "trained",
        "part)": "part", "part, tf": "part", "model(features": "model",
        "loss, model": "loss", "scaled, model": "scaled", "'accuracy'], 'one'": "'accuracy'"}  # fmt: skip
"""What an expression is that its text alone does not tell from others: the text with what follows it."""


def loop(loss: str) -> str:
    return LOOP.replace("LOSS", loss)


def step(loss: str, log: str = "self.mean.result()") -> str:
    return STEP.replace("LOSS", loss).replace("LOG", log)


def evaluated(loss: str, size: int = 16) -> str:
    return TEST_STEP.replace("LOSS", loss).replace("SIZE", str(size))


def replicas(loss: str, after: str = "pass") -> str:
    return REPLICAS.replace("LOSS", loss).replace("AFTER", after)


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


def check_verdicts(stack: Stack, measure: type[Measure], cases: Mapping[str, Case]) -> None:
    """Run the cases of a measure on a stack, and compare the verdicts."""
    results = run_cases(stack, measure, list(cases.values()))
    for (name, case), result in zip(cases.items(), results):
        verdict = result["verdicts"].get("0")
        status, text = (NOT_REACHED, "") if verdict is None else (verdict["status"], verdict["text"])
        assert re.match(case.ended, result["ended"]), (name, result)
        assert (status, bool(re.fullmatch(case.said, text))) == (case.status, True), (name, status, text)


def run_cases(stack: Stack, measure: type[Measure], cases: Sequence[Case]) -> list[dict[str, Any]]:
    """How each program ends on a stack where the probe may stay, and the verdict ``"0"`` if there is one."""
    return run_texts(stack, [configuration(measure.relation, case) for case in cases])


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
