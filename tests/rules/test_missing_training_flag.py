"""TFL107: its page, its findings and its numbers."""

from __future__ import annotations

import pytest
from rule_programs import RuleTests, places

from tfloss_lint.generation import BOTH
from tfloss_lint.settings import Settings


class TestMissingTrainingFlag(RuleTests):
    rule = "missing_training_flag"


PROGRAM = """\
import tensorflow as tf
from tensorflow.keras import layers, Sequential
model = {model}
{more}
for x, y in data:
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(y - {call}))
    gradients = tape.gradient(loss, {over})
"""


def found(
    model: str = "Sequential([layers.Dropout(0.1), layers.Dense(1)])",
    more: str = "",
    call: str = "model(x)",
    over: str = "model.trainable_variables",
    *,
    pedantic: bool = False,
) -> int:
    text = PROGRAM.format(model=model, more=more, call=call, over=over)
    return len(places(text, Settings(select=("TFL107",), target_keras=BOTH, pedantic=pedantic)))


@pytest.mark.parametrize(
    "layer",
    [
        "layers.Dropout(0)",
        "layers.LSTM(3)",
        "layers.LSTM(3, dropout=0.0)",
        "layers.Bidirectional(layers.LSTM(3))",
        "layers.TimeDistributed(layers.Dense(3))",
        "layers.LayerNormalization()",
        "layers.RandomErasing()",
        "layers.BatchNormalization(trainable=False)",
        "Unknown()",
    ],
)
def test_layers_that_do_the_same(layer: str) -> None:
    assert found(f"Sequential([{layer}, layers.Dense(1)])", pedantic=True) == 0


@pytest.mark.parametrize(
    "layer",
    [
        "layers.Dropout(rate)",
        "layers.SpatialDropout1D(0.2)",
        "layers.GRU(3, recurrent_dropout=rate)",
        "layers.TimeDistributed(layers.Dropout(0.2))",
        "layers.BatchNormalization()",
        "Sequential([layers.BatchNormalization()])",
    ],
)
def test_layers_that_behave_differently(layer: str) -> None:
    assert found(f"Sequential([{layer}, layers.Dense(1)])") == 1


@pytest.mark.parametrize(
    "call",
    [
        "model(x, training=True)",
        "model(x, True)",
        "model(x, training=False)",
        "model(x, **options)",
        "model(x, training=flag)",
    ],
)
def test_somebody_has_said_something(call: str) -> None:
    assert found(call=call, pedantic=True) == 0


@pytest.mark.parametrize(
    ("phase", "count"), [("1", 0), ("True", 0), ("value=1", 0), ("phase", 0), ("0", 1), ("False", 1)]
)
def test_the_learning_phase_of_keras_2(phase: str, count: int) -> None:
    assert found(more=f"tf.keras.backend.set_learning_phase({phase})") == count


def test_saying_none_is_saying_nothing() -> None:
    assert found(call="model(x, training=None)") == 1


@pytest.mark.parametrize("over", ["inputs", "other.trainable_variables"])
def test_other_variables(over: str) -> None:
    more = "other = Sequential([layers.Dense(1)])\ninputs = tf.ones((3, 1))"
    assert found(more=more, over=over, pedantic=True) == 0


@pytest.mark.parametrize("place", ["self.net", "self.nets"])
def test_a_model_in_a_model(place: str) -> None:
    part = """\
class Outer(tf.keras.Model):
    def __init__(self):
        super().__init__()
        {place}
outer = Outer()"""
    place = f"{place} = model" if place == "self.net" else f"{place} = [model]"
    assert found(more=part.format(place=place), over="outer.trainable_variables") == 1


@pytest.mark.parametrize("over", ["[model.trainable_variables, other.variables]", "[other]", "weights"])
def test_variables_that_the_file_does_not_show(over: str) -> None:
    assert (found(over=over), found(over=over, pedantic=True)) == (0, 1)


def test_a_path_that_may_not_be_taken() -> None:
    net = """\
class Net(tf.keras.Model):
    def __init__(self):
        super().__init__()
        self.dropout, self.parts = layers.Dropout(0.1), [layers.Dense(3), layers.Dropout(0.2)]
    def call(self, x):
        {body}
        return x
model = Net()"""
    for body in ("x = self.dropout(x) if maybe else x", "for part in self.parts: x = part(x)"):
        assert (found(more=net.format(body=body)), found(more=net.format(body=body), pedantic=True)) == (0, 1)


@pytest.mark.parametrize(
    "result", ["tf.stack([model(x), 0])", "{'a': model(x)}['a']", "f({'a': model(x)})", "f([model(x)])"]
)
def test_results_in_containers(result: str) -> None:
    assert found(call=result) == 1


def test_models_with_several_outputs() -> None:
    inputs = "inputs = tf.keras.Input((3,))\ndropped = layers.Dropout(0.5)(inputs)\n"
    outputs = "model = tf.keras.Model(inputs, {'a': layers.Dense(1)(dropped), 'b': [layers.Dense(2)(dropped)]})"
    assert found(more=inputs + outputs, call="model(x)['a']") == 1
    assert found(more=inputs + outputs, call="tf.reduce_sum(other(x), axis=1)", pedantic=True) == 0


PENALTY = """\
import tensorflow as tf
from tensorflow.keras import layers, Sequential
critic = Sequential([layers.Dense(8), layers.BatchNormalization(), layers.Dense(1)])
for x in data:
    with tf.GradientTape() as tape:
        scores = critic(x{flag})
        with tf.GradientTape() as inner:
            inner.watch(x)
            slope_of = critic(x)
        slopes = inner.gradient(slope_of, x)
        loss = tf.reduce_mean(scores) + tf.reduce_mean((tf.norm(slopes, axis=1) - 1.0) ** 2)
    gradients = tape.gradient(loss, critic.trainable_variables)
"""


@pytest.mark.parametrize(("flag", "lines"), [(", training=True", []), ("", [6])])
def test_the_penalty_on_a_gradient_may_see_the_model_as_in_inference(flag: str, lines: list[int]) -> None:
    found = places(PENALTY.format(flag=flag), Settings(select=("TFL107",)))
    assert [place.line for place in found] == lines


def test_one_of_several_models() -> None:
    choose = "model = model if anything() else Sequential([layers.Dense(1)])"
    assert found(more=choose) == 1
    assert found(more=choose, over="other.trainable_variables") == 0
    assert found(more=choose, over="other.trainable_variables", pedantic=True) == 1
    frozen = "other = Sequential([layers.Dense(1)]) if anything() else Sequential([layers.Dense(2)])"
    assert found(more=frozen, over="other.trainable_variables", pedantic=True) == 0
