"""Models however they are written: what they predict, and what compile, fit and evaluate do with them."""

from __future__ import annotations

import pytest
from readings import meeting_shapes, place, read_program, shape_of, tensor_of, value_of

from tfloss_lint.reading.library.kinds import ANY_METRIC, LOSS_TRACKER
from tfloss_lint.reading.library.models import aligned, describe_loss, is_model
from tfloss_lint.reading.values import (
    BATCH,
    NONE,
    UNKNOWN,
    Const,
    Function,
    Mapping,
    Method,
    Object,
    Ref,
    Role,
    Sequence,
    Shape,
    Tensor,
    Value,
    sources_of,
)

HEAD = """
import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers, Sequential, Model
from tensorflow.keras.models import Sequential as Seq
x = np.ones((100, 6))
y = np.ones((100,))
images = np.ones((100, 8, 8, 3))
"""

MODELS: dict[str, str] = {
    "a list": "model = keras.Sequential([layers.Dense(8), layers.Dense(1)])",
    "a tuple": "model = keras.Sequential((layers.Dense(8), layers.Dense(1)))",
    "by its other names": "model = Seq([layers.Dense(8), layers.Dense(1)], name='net')",
    "keras.models": "model = keras.models.Sequential(layers=[layers.Dense(8), layers.Dense(1)])",
    "input_shape": "model = Sequential([layers.Dense(8, input_shape=(6,)), layers.Dense(1)])",
    "input_dim": "model = Sequential([layers.Dense(8, input_dim=6), layers.Dense(1)])",
    "Input first": "model = Sequential([keras.Input(shape=(6,)), layers.Dense(1)])",
    "InputLayer first": "model = Sequential([layers.InputLayer(input_shape=(6,)), layers.Dense(1)])",
    "add": "model = Sequential()\nmodel.add(layers.Dense(8, input_dim=6))\nmodel.add(layers.Dense(1))",
    "list and add": "model = Sequential([layers.Dense(8)])\nmodel.add(layers.Dense(1))",
    "a list made before": "stack = [layers.Dense(8)]\nstack.append(layers.Dense(1))\nmodel = Sequential(stack)",
    "a branch in between": "model = Sequential()\nmodel.add(layers.Dense(8))\nif deep:\n    model.add(layers.Dropout(0.5))\nmodel.add(layers.Dense(1))",
    "a loop in between": "model = Sequential()\nfor n in (8, 4):\n    model.add(layers.Dense(n))\nmodel.add(layers.Dense(1))",
    "functional": "inputs = keras.Input(shape=(6,))\nhidden = layers.Dense(8)(inputs)\nmodel = keras.Model(inputs, layers.Dense(1)(hidden))",
    "functional by keyword": "inputs = layers.Input((6,))\noutputs = layers.Dense(1)(inputs)\nmodel = Model(inputs=inputs, outputs=outputs)",
    "functional, one output in a list": "inputs = keras.Input((6,))\nmodel = Model([inputs], [layers.Dense(1)(inputs)])",
    "nested": "base = Sequential([layers.Dense(8)])\nmodel = Sequential([base, layers.Dense(1)])",
    "nested in a functional one": "base = Sequential([layers.Dense(8)])\ninputs = keras.Input((6,))\nmodel = Model(inputs, layers.Dense(1)(base(inputs)))",
    "a helper": "def build(units):\n    return Sequential([layers.Dense(8), layers.Dense(units)])\nmodel = build(1)",
    "a helper with a default": "def build(units=1):\n    model = Sequential()\n    model.add(layers.Dense(units))\n    return model\nmodel = build()",
    "a tuple from a helper": "def build():\n    model = Sequential([layers.Dense(1)])\n    return model, keras.optimizers.Adam()\nmodel, optimizer = build()",
    "a helper of helpers": "def block(x, n):\n    return layers.ReLU()(layers.Dense(n)(x))\ndef build():\n    inputs = keras.Input((6,))\n    return keras.Model(inputs, layers.Dense(1)(block(inputs, 8)))\nmodel = build()",
    "subclass": """
class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.hidden = layers.Dense(8)
        self.head = layers.Dense(1)
    def call(self, inputs, training=False):
        return self.head(self.hidden(inputs))
model = Net()
""",
    "subclass with arguments": """
class Net(tf.keras.Model):
    def __init__(self, units, **kwargs):
        super(Net, self).__init__(**kwargs)
        self.units = units
        self.head = layers.Dense(units, activation=None)
    def call(self, x):
        x = self.head(x)
        return x
model = Net(units=1, name="net")
""",
    "subclass with build": """
class Net(Model):
    def build(self, input_shape):
        self.head = layers.Dense(1)
    def call(self, x):
        return self.head(x)
model = Net()
""",
    "subclass with layers in a list": """
class Net(Model):
    def __init__(self):
        super().__init__()
        self.blocks = [layers.Dense(8) for _ in range(3)]
        self.head = layers.Dense(1)
    def call(self, x):
        for block in self.blocks:
            x = block(x)
        return self.head(x)
model = Net()
""",
    "subclass with layers in a dictionary": """
class Net(Model):
    def __init__(self):
        super().__init__()
        self.parts = {"hidden": layers.Dense(8), "head": layers.Dense(1)}
    def call(self, x):
        return self.parts["head"](self.parts["hidden"](x))
model = Net()
""",
    "subclass with a sub-model": """
class Inner(layers.Layer):
    def __init__(self, units):
        super().__init__()
        self.dense = layers.Dense(units)
    def call(self, x):
        return tf.nn.relu(self.dense(x))
class Net(Model):
    def __init__(self):
        super().__init__()
        self.body = Sequential([Inner(8), layers.Dropout(0.1)])
        self.head = Inner(1)
    def call(self, x, training=None):
        return self.head(self.body(x, training=training))
model = Net()
""",
    "a subclass of a subclass": """
class Base(Model):
    def __init__(self, units):
        super().__init__()
        self.head = layers.Dense(units)
    def call(self, x):
        return self.head(x)
class Net(Base):
    def __init__(self):
        super().__init__(1)
model = Net()
""",
    "a functional subclass": """
class Net(keras.Model):
    pass
inputs = keras.Input((6,))
model = Net(inputs, layers.Dense(1)(inputs))
""",
    "a subclass that builds itself functionally": """
class Net(keras.Model):
    def __init__(self):
        inputs = keras.Input((6,))
        super().__init__(inputs=inputs, outputs=layers.Dense(1)(inputs))
model = Net()
""",
    "a subclass of Sequential": """
class Net(keras.Sequential):
    def __init__(self):
        super().__init__([layers.Dense(8), layers.Dense(1)])
model = Net()
""",
    "a subclass of Sequential with add": """
class Net(keras.Sequential):
    def __init__(self):
        super().__init__()
        self.add(layers.Dense(8))
        self.add(layers.Dense(1))
model = Net()
""",
    "wrapped in a class": """
class Trainer:
    def __init__(self, model):
        self.model = model
model = Trainer(Sequential([layers.Dense(1)])).model
""",
    "one of two": "model = Sequential([layers.Dense(8), layers.Dense(1)]) if deep else Sequential([layers.Dense(1)])",
    "made in a scope": "strategy = tf.distribute.MirroredStrategy()\nwith strategy.scope():\n    model = Sequential([layers.Dense(1)])",
    "a model of weights alone": "w = tf.Variable(tf.zeros((6, 1)))\nb = tf.Variable(tf.zeros((1,)))\ndef model(x):\n    return tf.matmul(x, w) + b",
}


@pytest.mark.parametrize("text", MODELS.values(), ids=MODELS)
def test_models_with_one_output(text: str) -> None:
    program = read_program(HEAD + text + "\np = model(x)\n")
    assert shape_of(program, "p") == (100, 1)


@pytest.mark.parametrize(
    "text",
    [text for name, text in MODELS.items() if name != "a model of weights alone"],
)
def test_what_a_model_makes_is_a_prediction(text: str) -> None:
    program = read_program(HEAD + text + "\nerror = model(x) - y\n")
    assert meeting_shapes(program) == [((100,), (100, 1))]


OUTPUTS: dict[str, Shape] = {
    "Sequential([layers.Flatten(), layers.Dense(10, activation='softmax')])(images)": (100, 10),
    "Sequential([layers.Conv2D(4, 3), layers.GlobalAveragePooling2D(), layers.Dense(2)])(images)": (100, 2),
    "Sequential([layers.Dense(1), layers.Flatten()])(x)": (100, 1),
    "Sequential([layers.Dense(1), layers.Reshape(())])(x)": (100,),
    "Sequential([layers.Dense(12), layers.Reshape((3, 4))])(x)": (100, 3, 4),
    "Sequential([layers.Dense(1)])(x)[:, 0]": (100,),
    "Sequential([layers.Dense(1)]).predict(x)": (100, 1),
    "Sequential([layers.Dense(1)])(anything)": (BATCH, 1),
    "Sequential([layers.Dense(1)])(x, training=True)": (100, 1),
    "Sequential([layers.Dense(1)]).call(x)": (100, 1),
    "Sequential([anything, layers.Dense(1)])(x)": (100, 1),
    "Sequential([layers.Dense(1), anything])(x)": None,
    "Sequential(anything)(x)": None,
    "Sequential([*anything, layers.Dense(1)])(x)": None,
    "Sequential()(x)": None,
    "keras.Model(anything, anything)(x)": None,
    "keras.models.load_model('m')(x)": None,
    "keras.models.clone_model(Sequential([layers.Dense(1)]))(x)": None,
    "keras.applications.ResNet50(weights=None)(images)": None,
    "Sequential([keras.applications.ResNet50(include_top=False), layers.Flatten(), layers.Dense(3)])(images)": (100, 3),
}


@pytest.mark.parametrize(("expression", "shape"), OUTPUTS.items())
def test_outputs(expression: str, shape: Shape) -> None:
    assert shape_of(read_program(HEAD + f"p = {expression}\n"), "p") == shape


def test_several_outputs() -> None:
    program = read_program(
        HEAD
        + """
class Two(keras.Model):
    def __init__(self):
        super().__init__()
        self.a, self.b = layers.Dense(1), layers.Dense(4)
    def call(self, x):
        return self.a(x), self.b(x)
a, b = Two()(x)
inputs = keras.Input((6,))
both = keras.Model(inputs, {"a": layers.Dense(1)(inputs), "b": layers.Dense(4)(inputs)})(x)
c, d = both["a"], both["b"]
e, f = keras.Model(inputs, [layers.Dense(1)(inputs), layers.Dense(4)(inputs)])(x)
"""
    )
    assert [shape_of(program, name) for name in "abcdef"] == [(100, 1), (100, 4)] * 3
    assert {tensor_of(program, name).role for name in "abcdef"} == {Role.PREDICTION}


def test_several_inputs() -> None:
    program = read_program(
        HEAD
        + """
class Two(keras.Model):
    def __init__(self):
        super().__init__()
        self.a = layers.Dense(1)
    def call(self, inputs):
        left, right = inputs
        return self.a(layers.concatenate([left, right]))
p = Two()([x, x])
class Named(Two):
    def call(self, inputs):
        return self.a(inputs["left"]) + self.a(inputs["right"])
q = Named()({"left": x, "right": x})
"""
    )
    assert [shape_of(program, name) for name in "pq"] == [(100, 1), (100, 1)]


def test_a_model_that_calls_itself_is_unknown() -> None:
    text = "class Net(keras.Model):\n    def call(self, x):\n        return self(x)\np = Net()(x)\n"
    assert shape_of(read_program(HEAD + text), "p") is None


@pytest.mark.parametrize("name", ["model", "my_net", "generator", "self.model", "student_network", "classifier_2"])
def test_a_name_is_enough_to_know_a_model_by(name: str) -> None:
    program = read_program(
        f"def f(self, x, model, my_net, generator, student_network, classifier_2):\n    global p\n    p = {name}(x)\n"
    )
    assert (tensor_of(program, "p").role, shape_of(program, "p")) == (Role.PREDICTION, None)


def test_what_is_a_model() -> None:
    program = read_program(
        HEAD + "class Own(keras.Model):\n    pass\nclass Step:\n    def train_step(self, data):\n        pass\n"
        "a, b, c, d = Own(), Step(), Sequential(), layers.Dense(1)\n"
    )
    assert [is_model(value_of(program, name)) for name in "abcd"] == [True, True, True, False]
    assert not is_model(UNKNOWN)


# compile

COMPILED = (
    HEAD
    + """
def own(y_true, y_pred):
    return tf.reduce_mean(y_true - y_pred)
class Own(keras.losses.Loss):
    def call(self, y_true, y_pred):
        return y_true - y_pred
model = Sequential([layers.Dense(1)])
"""
)


@pytest.mark.parametrize(
    ("call", "name"),
    [
        ("model.compile('sgd', 'mse')", "'mse'"),
        ("model.compile(optimizer='sgd', loss='mse')", "'mse'"),
        ("model.compile(loss=keras.losses.mse)", "mean_squared_error"),
        ("model.compile(loss=keras.losses.Huber())", "Huber"),
        ("model.compile(loss=keras.losses.Huber)", "Huber"),
        ("model.compile(loss=own)", "own"),
        ("model.compile(loss=Own())", "Own"),
        ("model.compile(loss=lambda t, p: t - p)", "<lambda>"),
        ("model.compile(**{'loss': 'mae'})", "'mae'"),
        ("loss = 'mae'\nmodel.compile('sgd', loss)", "'mae'"),
        ("model.compile(loss=anything)", "the compiled loss"),
        ("model.compile(**anything)", "the compiled loss"),
    ],
)
def test_what_compile_is_given(call: str, name: str) -> None:
    [event] = read_program(COMPILED + call + "\n").compiles
    assert isinstance(event.model, Object)
    assert describe_loss(event.loss) == name


def test_a_compile_without_a_loss() -> None:
    [event] = read_program(COMPILED + "model.compile(optimizer='sgd', metrics=['mae'])\n").compiles
    assert (event.loss, event.loss_node) == (NONE, None)


def test_where_the_loss_stands() -> None:
    program = read_program(COMPILED + "model.compile(\n    optimizer='sgd',\n    loss='mse',\n)\n")
    [event] = program.compiles
    assert event.loss_node is not None
    assert program.source(event.loss_node) == "'mse'"
    assert place(program, event.loss_node)[1] == 10


@pytest.mark.parametrize(
    ("metrics", "count"),
    [
        ("['mae', 'mse']", 2),
        ("('mae',)", 1),
        ("'mae'", 1),
        ("[keras.metrics.AUC(), own]", 2),
        ("[]", 0),
        ("anything", 0),
    ],
)
def test_metrics(metrics: str, count: int) -> None:
    [event] = read_program(COMPILED + f"model.compile('sgd', 'mse', metrics={metrics})\n").compiles
    assert len(event.metrics) == count


def test_an_overridden_compile_reaches_keras_with_what_it_passes_on() -> None:
    program = read_program(
        HEAD
        + """
class Net(keras.Model):
    def compile(self, optimizer, loss_fn, **kwargs):
        super().compile(optimizer=optimizer, **kwargs)
        self.loss_fn = loss_fn
net = Net()
net.compile(keras.optimizers.Adam(), keras.losses.Huber(), metrics=["mae"])
optimizer, loss = net.optimizer, net.loss_fn
"""
    )
    [event] = program.compiles
    assert (event.loss, event.metrics) == (NONE, (Const("mae"),))
    optimizer, loss = value_of(program, "optimizer"), value_of(program, "loss")
    assert isinstance(optimizer, Object)
    assert isinstance(loss, Object)
    assert (optimizer.kind, loss.kind) == ("keras.optimizers.Adam", "keras.losses.Huber")


def test_two_compiles_of_which_the_file_does_not_say_which() -> None:
    text = "if anything:\n    model.compile('sgd', 'mse')\nelse:\n    model.compile('sgd', 'mae')\nloss = model.loss\n"
    assert not isinstance(value_of(read_program(COMPILED + text), "loss"), (Ref, Const))


def test_the_loss_attribute_is_what_compile_was_given() -> None:
    program = read_program(COMPILED + "model.compile('sgd', own)\nloss = model.loss\n")
    assert isinstance(value_of(program, "loss"), Function)


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (Ref("keras.losses.mean_squared_error"), "mean_squared_error"),
        (Object("keras.losses.Huber"), "Huber"),
        (Const("mse"), "'mse'"),
        (Const(None), "the compiled loss"),
        (Sequence([]), "the compiled loss"),
    ],
)
def test_names_of_losses(value: Ref | Object | Const | Sequence, name: str) -> None:
    assert describe_loss(value) == name


# Steps

STEPS = (
    HEAD
    + """
class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.head = layers.Dense(1)
    def call(self, x):
        return self.head(x)
    def train_step(self, data):
        {unpack}
        with tf.GradientTape() as tape:
            p = self(x, training=True)
            loss = keras.losses.mean_squared_error(y, p)
        return {{"loss": loss}}
net = Net()
"""
)
UNPACKINGS = {
    "x, y = data": "a pair",
    "x, y = data[0], data[1]": "by index",
    "x = data[0]\n        y = data[1]": "by index, one by one",
    "(x, y) = data": "in brackets",
    "(x, y), = [data]": "out of a list",
    "x, y, *_ = data": "with a rest",
    "x, y, w = keras.utils.unpack_x_y_sample_weight(data)": "the helper",
    "x, y, w = tf.keras.utils.unpack_x_y_sample_weight(data)": "the helper under tf",
    "data = data_adapter.unpack_x_y_sample_weight(data)\n        x, y, _ = data": "the old helper",
    "data = data_adapter.expand_1d(data)\n        x, y, w = data_adapter.unpack_x_y_sample_weight(data)": "with expand_1d",
    "if isinstance(data, tuple):\n            x, y = data\n        else:\n            x, y = data, None": "a test of its type",
    "if len(data) == 3:\n            x, y, w = data\n        else:\n            x, y = data\n            w = None": "a test of its length",
    "match data:\n            case (x, y):\n                pass\n            case (x, y, w):\n                pass": "a pattern",
}


@pytest.mark.parametrize("adapter", [
    "from tensorflow.python.keras.engine import data_adapter",
    "from keras.engine import data_adapter",
    "from keras.src.engine import data_adapter",
    "from tensorflow.keras.engine import data_adapter",
    "from tf_keras.src.engine import data_adapter",
    "from keras.src.trainers.data_adapters import data_adapter_utils as data_adapter",
])  # fmt: skip
def test_homes_of_the_old_helper(adapter: str) -> None:
    text = adapter + STEPS.format(unpack="x, y, w = data_adapter.unpack_x_y_sample_weight(data)") + "net.fit(x, y)\n"
    assert meeting_shapes(read_program(text)) == [((BATCH,), (BATCH, 1))]


@pytest.mark.parametrize("unpack", UNPACKINGS, ids=UNPACKINGS.values())
def test_unpacking_what_fit_hands_over(unpack: str) -> None:
    text = "from tensorflow.python.keras.engine import data_adapter" + STEPS.format(unpack=unpack)
    label = (BATCH, 1) if "expand_1d" in unpack else (BATCH,)
    assert meeting_shapes(read_program(text + "net.fit(x, y)\n")) == [(label, (BATCH, 1))]


@pytest.mark.parametrize("unpack", UNPACKINGS, ids=UNPACKINGS.values())
def test_unpacking_what_the_file_does_not_show(unpack: str) -> None:
    text = "from tensorflow.python.keras.engine import data_adapter" + STEPS.format(unpack=unpack)
    program = read_program(text)
    assert {meeting.label.role for meeting in program.meetings} <= {Role.LABEL, None}
    assert program.meetings[-1].prediction.shape == (BATCH, 1)
    assert Role.LABEL in program.meetings[-1].label.sources


def test_sample_weights() -> None:
    text = STEPS.format(unpack="x, y, w = data\n        global kept\n        kept = w")
    program = read_program(text + "net.fit(x, y, sample_weight=np.ones((100,)))\n")
    kept = tensor_of(program, "kept")
    assert (kept.shape, kept.role) == ((BATCH,), Role.WEIGHT)


def test_dictionaries_of_features_and_labels() -> None:
    program = read_program(
        STEPS.format(unpack="features, labels = data\n        x, y = features['a'], labels['b']")
        + "net.fit({'a': x, 'c': x}, {'b': y})\n"
    )
    assert meeting_shapes(program) == [((BATCH,), (BATCH, 1))]


def test_each_execution_is_a_step() -> None:
    program = read_program(STEPS.format(unpack="x, y = data") + "net.fit(x, y)\nnet.fit(x, y[:, None])\n")
    assert [(step.name, step.reached) for step in program.steps] == [("train_step", True)] * 2
    assert meeting_shapes(program) == [((BATCH,), (BATCH, 1)), ((BATCH, 1), (BATCH, 1))]
    assert [len(list(program.in_step(program.meetings, step))) for step in program.steps] == [1, 1]


def test_a_step_that_no_fit_reaches() -> None:
    [step] = read_program(STEPS.format(unpack="x, y = data")).steps
    assert (step.name, step.reached, step.model.cls and step.model.cls.name) == ("train_step", False, "Net")


def test_fits() -> None:
    program = read_program(
        COMPILED
        + "model.compile('sgd', 'mse')\nmodel.fit(x, y)\nmodel.evaluate(x, y)\nmodel.predict(x)\nmodel.train_on_batch(x, y)\n"
    )
    assert [fit.method for fit in program.fits] == ["fit", "evaluate", "train_on_batch"]


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("fit(x, y)", (32, 100)),
        ("fit(x, y, batch_size=8)", (8, 100)),
        ("fit(x, y, 8)", (8, 100)),
        ("fit(x, y, validation_split=0.1)", (32, None)),
        ("fit(x, y, batch_size=anything)", (None, 100)),
        ("fit(anything, y)", (32, None)),
        ("evaluate(x, y, batch_size=10)", (10, 100)),
    ],
)
def test_batch_sizes(call: str, expected: tuple[int | None, int | None]) -> None:
    [event] = read_program(COMPILED + f"model.compile('sgd', 'mse')\nmodel.{call}\n").batchings
    assert (event.size, event.samples) == expected


@pytest.mark.parametrize(
    "use",
    [
        "self.compiled_loss(y, p)",
        "self.compiled_loss(y, p, regularization_losses=self.losses)",
        "self.compute_loss(x, y, p)",
        "self.compute_loss(y=y, y_pred=p, sample_weight=None)",
        "self.compute_loss(x=x, y=y, y_pred=p)",
    ],
)
def test_the_compiled_loss(use: str) -> None:
    program = read_program(
        STEPS.format(unpack=f"x, y = data\n        p = self(x)\n        value = {use}") + "net.fit(x, y)\n"
    )
    [event] = program.compiled_losses
    assert event.model is value_of(program, "net")
    assert place(program, event.node) == (20, 17)


def test_the_step_of_the_base_class_uses_the_compiled_loss() -> None:
    program = read_program(
        HEAD
        + """
class Net(keras.Model):
    def train_step(self, data):
        logs = super().train_step(data)
        logs["more"] = 1.0
        return logs
"""
    )
    [event] = program.compiled_losses
    assert event.via == "train_step"
    [logs] = program.logs
    assert getattr(logs.value, "open", False) is True


def test_losses_and_metrics_of_the_file_are_executed_as_keras_calls_them() -> None:
    program = read_program(
        COMPILED
        + """
def metric(y_true, y_pred):
    return y_true * y_pred
model.compile("sgd", own, metrics=[metric])
model.fit(x, y)
"""
    )
    own = [m for m in program.meetings if m.compiled_as is None and m.label.shape is not None]
    assert [(m.label.shape, m.prediction.shape) for m in own] == [((BATCH, 1), (BATCH, 1))] * 2
    raw = [m for m in program.meetings if m.compiled_as is not None]
    assert [(m.compiled_as, m.label.shape) for m in raw] == [("metric_function", (BATCH,))]
    assert [result.name for result in program.function_results][:2] == ["own", "metric"]


@pytest.mark.parametrize(
    ("label", "prediction", "expected"),
    [
        ((BATCH,), (BATCH, 1), (BATCH, 1)),
        ((BATCH, 1), (BATCH,), (BATCH,)),
        ((BATCH, 1), (BATCH, 1), (BATCH, 1)),
        ((BATCH,), (BATCH, 10), (BATCH,)),
        ((BATCH, 4), (BATCH,), (BATCH, 4)),
        (None, (BATCH, 1), None),
        ((BATCH,), None, (BATCH,)),
        ((), (BATCH, 1), ()),
        ((BATCH, 4), (BATCH, 4, 1), (BATCH, 4, 1)),
    ],
)
def test_aligning(label: Shape, prediction: Shape, expected: Shape) -> None:
    def tensor(shape: Shape) -> Tensor:
        return Tensor(shape, frozenset(), "input")

    assert aligned(tensor(label), tensor(prediction)).shape == expected


METRICS = """
import tensorflow as tf
from tensorflow import keras
class Net(keras.Model):
    def train_step(self, data):
        x, y = data
        loss = self.compute_loss(x, y, self(x, training=True))
        for metric in self.metrics:
            metric.update_state(loss)
        {returned}
"""


@pytest.mark.parametrize(
    "returned",
    [
        "return {m.name: m.result() for m in self.metrics}",
        "return self.compute_metrics(x, y, y, None)",
        "return self.get_metrics_result()",
        "return {**self.get_metrics_result()}",
        "return self.get_metrics_result().copy()",
    ],
)
def test_results_of_all_metrics_that_keras_lists(returned: str) -> None:
    program = read_program(METRICS.format(returned=returned))
    value = program.logs[0].value
    assert isinstance(value, Mapping)
    assert (value.items, value.open) == ({}, True)
    assert isinstance(value.others, Tensor)
    (metric,) = value.others.inputs
    assert isinstance(metric, Object)
    assert (value.others.op, metric.kind) == ("metric_result", ANY_METRIC)
    looped = program.metric_updates[0].metric
    assert isinstance(looped, Object)
    assert looped.kind == ANY_METRIC


def test_what_is_spread_out_over_other_results_is_all_that_is_known() -> None:
    program = read_program(METRICS.format(returned="return {**self.get_metrics_result(), **elsewhere}"))
    value = program.logs[0].value
    assert isinstance(value, Mapping)
    assert value.others is UNKNOWN


def test_a_list_of_metrics_of_the_models_own_is_its_own() -> None:
    own = "    @property\n    def metrics(self):\n        return [keras.metrics.Mean()]\n"
    program = read_program(METRICS.format(returned="return self.compute_metrics(x, y, y, None)") + own)
    looped = program.metric_updates[0].metric
    assert isinstance(looped, Object)
    assert looped.kind == "keras.metrics.Mean"
    assert program.logs[0].value is UNKNOWN


def test_the_loss_tracker_of_keras() -> None:
    program = read_program(METRICS.format(returned="self._loss_tracker.update_state(loss)"))
    tracker = program.metric_updates[1].metric
    assert isinstance(tracker, Object)
    assert tracker.kind == LOSS_TRACKER


@pytest.mark.parametrize("total", ["sum", "tf.add_n"])
def test_the_sum_of_the_penalties(total: str) -> None:
    program = read_program(HEAD + f"model = keras.Sequential([layers.Dense(1)])\nvalue = {total}(model.losses)")
    value = value_of(program, "value")
    assert isinstance(value, Tensor)
    (losses,) = value.inputs
    assert isinstance(losses, Method)
    assert (value.shape, losses.owner, losses.name) == ((), value_of(program, "model"), "losses")


STEPPED = """
import numpy as np
import tensorflow as tf
from tensorflow import keras
class Net(keras.Model):
    def train_step(self, data):
        x, *rest = data
        return {}
x, y, w = np.ones((9, 4)), np.ones((9, 1)), np.ones((9,))
by_class = {0: 1.0, 1: 2.0}
model = Net()
"""


@pytest.mark.parametrize(
    ("fit", "roles"),
    [
        ("model.fit(x, y)", 2),
        ("model.fit(x, y, sample_weight=w)", 3),
        ("model.fit(x, y, sample_weight=None, class_weight=None)", 2),
        ("model.fit(x, y, class_weight=by_class)", 3),
        ("model.fit(x, y, class_weight=elsewhere)", 3),
        ("model.fit(x, y, sample_weight=w, class_weight=by_class)", 3),
        ("model.fit(tf.data.Dataset.from_tensor_slices((x, y)).batch(3), class_weight=by_class)", 3),
        ("model.fit(tf.data.Dataset.from_tensor_slices((x, y, w)).batch(3), class_weight=by_class)", 3),
        ("model.train_on_batch(x, y)", 2),
        ("model.train_on_batch(x, y, w)", 3),
        ("model.train_on_batch(x, y, class_weight=by_class)", 3),
    ],
)
def test_what_a_step_is_handed(fit: str, roles: int) -> None:
    (step,) = read_program(STEPPED + fit).steps
    assert isinstance(step.data, Sequence)
    wanted = (Role.FEATURES, Role.LABEL, Role.WEIGHT)[:roles]
    assert [role_of(item) for item in step.data.items] == list(wanted)


def role_of(value: Value) -> Role | None:
    return value.role if isinstance(value, Tensor) else None


@pytest.mark.parametrize(
    "loss",
    [
        "self.compute_loss(x, y, p, w)",
        "self.compute_loss(x, y, p, sample_weight=w)",
        "self.compiled_loss(y, p, w)",
        "keras.losses.MeanSquaredError()(y, p, w)",
        "keras.losses.Dice()(y, p, sample_weight=w)",
    ],
)
def test_losses_hold_the_weights_that_they_are_given(loss: str) -> None:
    step = f"x, y, w = data\n        p = self(x)\n        return {{'loss': {loss}}}"
    text = STEPPED.replace("x, *rest = data\n        return {}", step)
    for call, weighted in ((loss, True), (loss.replace("w)", "None)"), False)):
        value = read_program(text.replace(loss, call)).logs[0].value
        assert isinstance(value, Mapping)
        assert (Role.WEIGHT in sources_of(value)) is weighted


@pytest.mark.parametrize(
    ("pattern", "number", "certain"),
    [
        ("x, y = data", 1, True),
        ("x, *y = data", 0, True),
        ("x, y, w = elsewhere(data)", 0, True),
        ("x, y, w = keras.utils.unpack_x_y_sample_weight(data)", 1, True),
        ("if maybe: x, y = data", 1, False),
        ("x = data[0]", 0, True),
    ],
)
def test_patterns_that_take_apart_what_a_step_is_handed(pattern: str, number: int, certain: bool) -> None:
    program = read_program(STEPPED.replace("x, *rest = data", pattern))
    assert len(program.unpackings) == number
    assert all(event.certain is certain and event.step is program.steps[0] for event in program.unpackings)


@pytest.mark.parametrize(
    ("parameters", "is_step"),
    [
        ("self, data", True),
        ("self, data, verbose=0", True),
        ("self, *data", True),
        ("self", False),
        ("self, x, y", False),
        ("self, *, data", False),
    ],
)
def test_a_step_of_a_class_of_unknown_base_is_one_that_keras_could_call(parameters: str, is_step: bool) -> None:
    text = f"""
    from somewhere import Base
    class Own(Base):
        def train_step({parameters}):
            return {{"loss": 1.0}}
    """
    assert bool(read_program(text).logs) is is_step
