"""Tapes, optimizers, metrics and strategies: the events of a training loop."""

from __future__ import annotations

import pytest
from readings import meeting_shapes, place, read_program, value_of

from tfloss_lint.reading.events import MetricUpdate
from tfloss_lint.reading.values import BATCH, UNKNOWN, Choice, Method, Object, Role, Tensor, Value, constant, integer

HEAD = """
import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers
model = keras.Sequential([layers.Dense(1)])
other = keras.Sequential([layers.Dense(1)])
optimizer = keras.optimizers.SGD(0.1)
mse = keras.losses.MeanSquaredError()
x, y = np.ones((100, 6)), np.ones((100,))
ds = tf.data.Dataset.from_tensor_slices((x, y)).batch(8)
"""

# Each of these trains on the same loss of shape (batch,).
LOOPS: dict[str, str] = {
    "at module level": """
for x, y in ds:
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(model(x) - y), axis=-1)
    grads = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(grads, model.trainable_variables))
""",
    "with a persistent tape": """
for x, y in ds:
    with tf.GradientTape(persistent=True) as tape:
        loss = tf.reduce_mean(tf.square(model(x) - y), axis=-1)
    grads = tape.gradient(loss, model.trainable_variables)
    del tape
""",
    "with two tapes": """
for x, y in ds:
    with tf.GradientTape() as first, tf.GradientTape() as second:
        loss = tf.reduce_mean(tf.square(model(x) - y), axis=-1)
    grads = second.gradient(loss, model.trainable_variables)
""",
    "with nested tapes": """
for x, y in ds:
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            loss = tf.reduce_mean(tf.square(model(x) - y), axis=-1)
        grads = inner.gradient(loss, model.trainable_variables)
""",
    "with a tape that is not named in the with": """
for x, y in ds:
    tape = tf.GradientTape()
    with tape:
        loss = tf.reduce_mean(tf.square(model(x) - y), axis=-1)
    grads = tape.gradient(target=loss, sources=model.trainable_weights)
""",
    "with the tape by its own name": """
from tensorflow import GradientTape
for x, y in ds:
    with GradientTape() as t:
        loss = tf.reduce_mean(tf.square(model(x) - y), axis=-1)
    grads = t.gradient(loss, model.trainable_variables)
""",
    "in a function": """
def step(x, y):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(model(x) - y), axis=-1)
    grads = tape.gradient(loss, model.trainable_variables)
    return loss
for x, y in ds:
    step(x, y)
""",
    "in a tf.function": """
@tf.function
def step(x, y):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(model(x) - y), axis=-1)
    tape.gradient(loss, model.trainable_variables)
for epoch in range(3):
    for x, y in ds:
        step(x, y)
""",
    "in a tf.function with options": """
@tf.function(input_signature=None, jit_compile=True)
def step(x, y):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(model(x) - y), axis=-1)
    tape.gradient(loss, model.trainable_variables)
for x, y in ds:
    step(x, y)
""",
    "in a wrapped function": """
def step(x, y):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(model(x) - y), axis=-1)
    tape.gradient(loss, model.trainable_variables)
fast = tf.function(step)
for x, y in ds:
    fast(x, y)
""",
    "in a closure": """
def make(model):
    @tf.function
    def step(x, y):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(model(x) - y), axis=-1)
        tape.gradient(loss, model.trainable_variables)
    return step
step = make(model)
for x, y in ds:
    step(x, y)
""",
    "in a method": """
class Trainer:
    def __init__(self, model):
        self.model = model
    def train(self, ds):
        for x, y in ds:
            self.step(x, y)
    def step(self, x, y):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(self.model(x) - y), axis=-1)
        tape.gradient(loss, self.model.trainable_variables)
Trainer(model).train(ds)
""",
    "with a helper loss": """
def error(y_true, y_pred):
    return tf.square(y_true - y_pred)
def loss_of(x, y):
    return tf.reduce_mean(error(y, model(x)), axis=-1)
for x, y in ds:
    with tf.GradientTape() as tape:
        loss = loss_of(x, y)
    tape.gradient(loss, model.trainable_variables)
""",
    "with helpers that take the tape": """
def forward(x, y):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(model(x) - y), axis=-1)
    return loss, tape
def update(loss, tape):
    optimizer.apply_gradients(zip(tape.gradient(loss, model.trainable_variables), model.trainable_variables))
for x, y in ds:
    update(*forward(x, y))
""",
    "under a strategy": """
strategy = tf.distribute.MirroredStrategy()
def step(inputs):
    x, y = inputs
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(model(x) - y), axis=-1)
    tape.gradient(loss, model.trainable_variables)
    return loss
@tf.function
def distributed(batch):
    return strategy.reduce(tf.distribute.ReduceOp.SUM, strategy.run(step, args=(batch,)), axis=None)
with strategy.scope():
    for batch in strategy.experimental_distribute_dataset(ds):
        distributed(batch)
""",
    "under a strategy with keywords": """
strategy = tf.distribute.TPUStrategy()
def step(x, y):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(model(x) - y), axis=-1)
    tape.gradient(loss, model.trainable_variables)
for x, y in ds:
    strategy.run(step, kwargs={"x": x, "y": y})
""",
    "in a while loop": """
it = iter(ds)
while True:
    x, y = next(it)
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(model(x) - y), axis=-1)
    tape.gradient(loss, model.trainable_variables)
    if tf.reduce_mean(loss) < 1.0:
        break
""",
    "with a loss that a lambda computes": """
losses = {"mse": lambda t, p: tf.reduce_mean(tf.square(p - t), axis=-1)}
for x, y in ds:
    with tf.GradientTape() as tape:
        loss = losses["mse"](y, model(x))
    tape.gradient(loss, model.trainable_variables)
""",
    "with a partial loss": """
from functools import partial
def error(axis, t, p):
    return tf.reduce_mean(tf.square(p - t), axis=axis)
loss_fn = partial(error, -1)
for x, y in ds:
    with tf.GradientTape() as tape:
        loss = loss_fn(y, p=model(x))
    tape.gradient(loss, model.trainable_variables)
""",
    "with keras.ops": """
from keras import ops
for x, y in ds:
    with tf.GradientTape() as tape:
        loss = ops.mean(ops.square(model(x) - y), axis=-1)
    tape.gradient(loss, model.trainable_variables)
""",
    "with the backend": """
from tensorflow.keras import backend as K
for x, y in ds:
    with tf.GradientTape() as tape:
        loss = K.mean(K.square(model(x) - y), axis=-1)
    tape.gradient(loss, model.trainable_variables)
""",
    "with operators": """
for x, y in ds:
    with tf.GradientTape() as tape:
        error = model(x)
        error -= y
        loss = tf.math.reduce_mean(error ** 2, axis=-1)
    tape.gradient(loss, model.trainable_variables)
""",
    "with tf.math": """
for x, y in ds:
    with tf.GradientTape() as tape:
        loss = tf.math.reduce_mean(tf.math.squared_difference(model(x), y), axis=-1)
    tape.gradient(loss, model.trainable_variables)
""",
}


@pytest.mark.parametrize("text", LOOPS.values(), ids=LOOPS)
def test_one_loss_however_it_is_trained_on(text: str) -> None:
    program = read_program(HEAD + text)
    assert meeting_shapes(program) == [((BATCH,), (BATCH, 1))]
    [gradient] = program.gradients
    assert isinstance(gradient.target, Tensor)
    assert gradient.target.shape == (BATCH,)
    [term] = program.terms(gradient.target)
    assert (term.family, term.via, term.label.role) == ("squared error", "by hand", Role.LABEL)
    assert [(t.kind, t.axes) for t in term.treatments] == [("mean", (-1,))]
    assert program.trained_model(gradient) is value_of(program, "model")


def test_where_a_gradient_stands() -> None:
    program = read_program(
        HEAD + "with tf.GradientTape() as tape:\n    loss = mse(y, model(x))\ng = tape.gradient(\n    loss,\n    [])\n"
    )
    [gradient] = program.gradients
    assert (place(program, gradient.node), place(program, gradient.target_node)) == ((14, 5), (15, 5))


def test_a_gradient_is_no_prediction_and_has_the_shape_of_what_it_is_taken_over() -> None:
    program = read_program(
        HEAD
        + "z = tf.constant(x)\nwith tf.GradientTape() as tape:\n    tape.watch(z)\n    p = model(z)\ng = tape.gradient(p, z)\n"
    )
    g = value_of(program, "g")
    assert isinstance(g, Tensor)
    assert (g.shape, g.sources) == ((100, 6), frozenset())


@pytest.mark.parametrize(
    ("call", "shape"),
    [
        ("optimizer.minimize(lambda: mse(y, model(x)), model.trainable_variables)", ()),
        ("optimizer.minimize(lambda: tf.square(model(x) - y[:, None]), var_list=model.trainable_variables)", (100, 1)),
        ("optimizer.minimize(loss_of, model.trainable_variables)", (100,)),
        ("optimizer.minimize(loss=loss_of, var_list=model.trainable_variables)", (100,)),
        ("optimizer.minimize(loss_of(), model.trainable_variables, tape=tape)", (100,)),
    ],
)
def test_minimize(call: str, shape: tuple[int, ...]) -> None:
    setup = "def loss_of():\n    return tf.reduce_mean(tf.square(model(x) - y[:, None]), axis=-1)\ntape = tf.GradientTape()\n"
    program = read_program(HEAD + setup + call + "\n")
    [gradient] = program.gradients
    assert isinstance(gradient.target, Tensor)
    assert gradient.target.shape == shape
    [applied] = program.applied
    assert applied.optimizer is value_of(program, "optimizer")


def test_which_model_is_trained() -> None:
    text = """
with tf.GradientTape(persistent=True) as tape:
    a, b = mse(y, model(x)), mse(y, other(x))
tape.gradient(a, model.trainable_variables)
tape.gradient(b, other.trainable_weights)
tape.gradient(a, [model.trainable_variables, other.trainable_variables])
tape.gradient(a, anything)
"""
    program = read_program(HEAD + text)
    models = [program.trained_model(gradient) for gradient in program.gradients]
    assert models == [value_of(program, "model"), value_of(program, "other"), None, None]


def test_optimizers_that_scale() -> None:
    text = """
scaling = keras.mixed_precision.LossScaleOptimizer(optimizer)
with tf.GradientTape() as tape:
    loss = mse(y, model(x))
    scaled = scaling.get_scaled_loss(loss)
tape.gradient(scaled, model.trainable_variables)
"""
    [gradient] = read_program(HEAD + text).gradients
    assert isinstance(gradient.target, Tensor)
    assert (gradient.target.op, gradient.target.shape) == ("loss_object", ())


# Metrics


def updates(text: str) -> list[MetricUpdate]:
    return read_program(HEAD + text).metric_updates


@pytest.mark.parametrize(
    ("call", "roles"),
    [
        ("metric.update_state(y, p)", [Role.DATA, Role.PREDICTION]),
        ("metric.update_state(y_true=y, y_pred=p)", [Role.DATA, Role.PREDICTION]),
        ("metric.update_state(y_pred=p, y_true=y)", [Role.DATA, Role.PREDICTION]),
        ("metric.update_state(y, y_pred=p)", [Role.DATA, Role.PREDICTION]),
        ("metric.update_state(p)", [Role.PREDICTION]),
        ("metric.update_state(values=p)", [Role.PREDICTION]),
        ("metric(y, p)", [Role.DATA, Role.PREDICTION]),
        ("metric(p)", [Role.PREDICTION]),
        ("metric.update_state(y, p, sample_weight=x)", [Role.DATA, Role.PREDICTION]),
        ("model.compiled_metrics.update_state(y, p)", [Role.DATA, Role.PREDICTION]),
        ("model.compute_metrics(x, y, p, None)", [Role.DATA, Role.PREDICTION]),
        ("model.compute_metrics(x=x, y=y, y_pred=p)", [Role.DATA, Role.PREDICTION]),
    ],
)
def test_updates(call: str, roles: list[Role]) -> None:
    [update] = updates(f"metric = keras.metrics.MeanSquaredError()\np = model(x)\n{call}\n")
    found = [argument.role for argument in update.arguments[:2] if isinstance(argument, Tensor)]
    assert found == roles
    assert len(update.nodes) >= len(roles)


def test_what_metrics_are() -> None:
    program = read_program(
        HEAD
        + """
first = keras.metrics.Mean(name="loss")
both = [first, tf.keras.metrics.MeanAbsoluteError()]
for metric in both:
    metric.reset_state()
first.update_state(1.0)
result = first.result()
both[1].reset_states()
"""
    )
    assert [reset.metric for reset in program.metric_resets][-1] is not value_of(program, "first")
    assert len(program.metric_resets) == 3
    assert program.metric_resets[0].metric is program.metric_updates[0].metric is value_of(program, "first")
    [read] = program.metric_reads
    assert read.metric is value_of(program, "first")
    result = value_of(program, "result")
    assert isinstance(result, Tensor)
    assert (result.shape, result.op) == ((), "metric_result")


def test_many_metrics_reset_in_one_loop() -> None:
    text = "".join(f"m{n} = keras.metrics.Mean()\n" for n in range(9))
    text += "for metric in [" + ", ".join(f"m{n}" for n in range(9)) + "]:\n    metric.reset_state()\n"
    program = read_program(HEAD + text)
    assert [reset.metric for reset in program.metric_resets] == [value_of(program, f"m{n}") for n in range(9)]


def test_the_metrics_of_a_property() -> None:
    program = read_program(
        HEAD
        + """
class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.tracker = keras.metrics.Mean()
        self.mae = keras.metrics.MeanAbsoluteError()
    @property
    def metrics(self):
        return [self.tracker, self.mae]
    def reset(self):
        for metric in self.metrics:
            metric.reset_state()
    def train_step(self, data):
        x, y = data
        self.tracker.update_state(0.0)
        self.mae.update_state(y, self(x))
        return {metric.name: metric.result() for metric in self.metrics}
net = Net()
net.reset()
net.fit(x, y)
"""
    )
    net = value_of(program, "net")
    assert isinstance(net, Object)
    expected = [net.attrs["tracker"], net.attrs["mae"]]
    assert [reset.metric for reset in program.metric_resets] == expected
    assert [update.metric for update in program.metric_updates] == expected
    assert [read.metric for read in program.metric_reads] == expected


def test_metrics_in_a_dictionary() -> None:
    program = read_program(
        HEAD
        + """
metrics = {"loss": keras.metrics.Mean(), "mae": keras.metrics.MeanAbsoluteError()}
metrics["loss"].update_state(1.0)
for name, metric in metrics.items():
    metric.reset_state()
for metric in metrics.values():
    metric.result()
"""
    )
    [update] = program.metric_updates
    assert update.metric is program.metric_resets[0].metric is program.metric_reads[0].metric
    assert (len(program.metric_resets), len(program.metric_reads)) == (2, 2)


def test_how_deep_in_loops_a_metric_is_made_and_used() -> None:
    program = read_program(
        HEAD
        + """
outside = keras.metrics.Mean()
for epoch in range(3):
    inside = keras.metrics.Mean()
    for x, y in ds:
        outside.update_state(1.0)
        inside.update_state(1.0)
    outside.result()
"""
    )
    outside, inside = (update.metric for update in program.metric_updates)
    assert isinstance(outside, Object)
    assert isinstance(inside, Object)
    assert (outside.loops, inside.loops) == (0, 1)
    assert [update.loops for update in program.metric_updates] == [2, 2]
    assert [read.loops for read in program.metric_reads] == [1]


def test_a_metric_of_the_file_is_called_into() -> None:
    program = read_program(
        HEAD
        + """
class Own(keras.metrics.Metric):
    def __init__(self):
        super().__init__()
        self.total = self.add_weight()
    def update_state(self, y_true, y_pred, sample_weight=None):
        self.total.assign_add(tf.reduce_sum(y_true - y_pred))
own = Own()
own.update_state(y, model(x))
"""
    )
    assert ((100,), (100, 1)) in meeting_shapes(program)


def test_something_unknown_is_no_metric() -> None:
    program = read_program(HEAD + "anything.update_state(y, model(x))\nanything.reset_state()\nanything.result()\n")
    assert (program.metric_updates, program.metric_resets, program.metric_reads) == ([], [], [])


# Strategies


@pytest.mark.parametrize(
    "text",
    [
        "strategy = tf.distribute.MirroredStrategy()",
        "strategy = tf.distribute.get_strategy()",
        "strategy = tf.distribute.experimental.MultiWorkerMirroredStrategy()",
    ],
)
def test_strategies(text: str) -> None:
    program = read_program(HEAD + text + "\n")
    assert program.distributes
    assert not read_program(HEAD).distributes


def test_one_of_two_strategies() -> None:
    text = """
strategy = tf.distribute.MirroredStrategy() if anything else tf.distribute.get_strategy()
def step(x, y):
    return y - model(x)
result = strategy.run(step, args=(x, y))
"""
    program = read_program(HEAD + text)
    assert isinstance(value_of(program, "strategy"), Choice)
    assert meeting_shapes(program)[0] == ((100,), (100, 1))


def test_methods_that_are_not_called() -> None:
    program = read_program(HEAD + "f = optimizer.apply_gradients\ng = model.trainable_variables\nh = anything.thing\n")
    f, g = value_of(program, "f"), value_of(program, "g")
    assert isinstance(f, Method)
    assert isinstance(g, Method)
    assert (f.name, g.name, value_of(program, "h")) == ("apply_gradients", "trainable_variables", UNKNOWN)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("keras.mixed_precision.set_global_policy('mixed_float16')", [("mixed_float16", True)]),
        ("keras.mixed_precision.set_global_policy(keras.mixed_precision.Policy('float32'))", [("float32", True)]),
        ("if fast:\n    tf.keras.mixed_precision.experimental.set_policy('mixed_float16')", [("mixed_float16", False)]),
        ("keras.mixed_precision.set_global_policy(chosen)", [(..., True)]),
        ("keras.mixed_precision.Policy('mixed_float16')", []),
    ],
)
def test_policies_for_data_types(text: str, expected: list[tuple[object, bool]]) -> None:
    program = read_program(HEAD + text + "\n")
    assert [(constant(event.name), event.certain) for event in program.policies] == expected


REPLICATED = (
    HEAD
    + """
x, y = np.ones((8, 1)), np.ones((8, 1))
strategy = {strategy}
def step():
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(y - model(x)))
    tape.gradient(loss, model.trainable_variables)
    optimizer.minimize(loss, model.trainable_variables)
"""
)


@pytest.mark.parametrize(
    ("strategy", "replicas"),
    [
        ("tf.distribute.MirroredStrategy()", None),
        ("tf.distribute.MirroredStrategy(['/gpu:0', '/gpu:1', '/gpu:2'])", 3),
        ("tf.distribute.MirroredStrategy(devices=elsewhere)", None),
        ("tf.distribute.TPUStrategy(resolver)", None),
        ("tf.distribute.OneDeviceStrategy('/gpu:0')", 1),
        ("tf.distribute.get_strategy()", 1),
    ],
)
def test_gradients_on_replicas(strategy: str, replicas: int | None) -> None:
    text = REPLICATED.format(strategy=strategy)
    program = read_program(text + "strategy.run(step)\n")
    made = value_of(program, "strategy")
    assert isinstance(made, Object)
    assert integer(made.attrs["replicas"]) == replicas
    assert [gradient.strategy for gradient in program.gradients] == [made, made]
    assert [gradient.strategy for gradient in read_program(text + "step()\n").gradients] == [None, None]


def test_models_know_the_scope_that_they_are_made_in() -> None:
    text = REPLICATED.format(strategy="tf.distribute.MirroredStrategy()") + (
        "class Net(keras.Model):\n    pass\n"
        "with strategy.scope(), open('log') as log:\n    inside, own = keras.Sequential([]), Net()\n"
        "after = Net()\n"
    )
    program = read_program(text)
    under = {name: made_under(value_of(program, name)) for name in ("inside", "own", "after", "model")}
    strategy = value_of(program, "strategy")
    assert under == {"inside": strategy, "own": strategy, "after": None, "model": None}


def made_under(model: Value) -> Value | None:
    assert isinstance(model, Object)
    return model.attrs.get("made under")
