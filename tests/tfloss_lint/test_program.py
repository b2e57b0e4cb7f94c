"""The program model: events by kind and by step, and what rules ask about them."""

from __future__ import annotations

import libcst as cst
import pytest
from readings import place, read_program, value_of

from tfloss_lint.generation import BOTH, Generation
from tfloss_lint.program import Program
from tfloss_lint.reading.values import BATCH, UNKNOWN, Const, Object, Role, Sequence, Tensor

TEXT = """
import numpy as np
import tensorflow as tf
from tensorflow import keras

def own(y_true, y_pred):
    return tf.reduce_mean(tf.square(y_true - y_pred), axis=-1)

def accuracy(y_true, y_pred):
    return tf.cast(y_true == y_pred, tf.float32)

class Own(keras.losses.Loss):
    def call(self, y_true, y_pred):
        return y_true - y_pred

class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.head = keras.layers.Dense(1)
        self.tracker = keras.metrics.Mean()

    @property
    def metrics(self):
        return [self.tracker]

    def call(self, x):
        return self.head(x)

    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            p = self(x, training=True)
            loss = own(y, p)
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_variables))
        self.tracker.update_state(loss)
        return {"loss": self.tracker.result(), "raw": loss}

    def test_step(self, data):
        x, y = data
        return {"loss": self.compute_loss(x, y, self(x))}

net = Net()
net.compile(keras.optimizers.SGD(), loss=own, metrics=[accuracy])
x, y = np.ones((100, 6)), np.ones((100,))
net.fit(x, y, batch_size=8, validation_data=(x, y))
net.tracker.reset_state()
"""


@pytest.fixture(scope="module")
def program() -> Program:
    return read_program(TEXT)


def name_of(node: cst.CSTNode) -> str:
    """The name of a function of the program."""
    assert isinstance(node, cst.FunctionDef)
    return node.name.value


def test_events_by_kind(program: Program) -> None:
    counts = {
        name: len(getattr(program, name))
        for name in (
            "compiles",
            "fits",
            "gradients",
            "applied",
            "metric_updates",
            "metric_resets",
            "metric_reads",
            "logs",
        )
    }
    assert counts == {
        "compiles": 1,
        "fits": 1,
        "gradients": 1,
        "applied": 1,
        "metric_updates": 1,
        "metric_resets": 1,
        "metric_reads": 1,
        "logs": 2,
    }
    assert [cls.name for cls in program.classes] == ["Own", "Net"]
    assert (program.targets, program.text) == (BOTH, TEXT)


def test_events_by_step(program: Program) -> None:
    train, test = program.steps
    assert [(step.name, step.reached) for step in (train, test)] == [("train_step", True), ("test_step", True)]
    assert [len(list(program.in_step(program.gradients, step))) for step in (train, test)] == [1, 0]
    [compiled] = program.in_step(program.compiled_losses, test)
    assert (compiled.via, compiled.model) == ("compute_loss", value_of(program, "net"))
    assert list(program.in_step(program.compiled_losses, train)) == []


def test_uses_of_losses(program: Program) -> None:
    purposes = [(use.purpose, place(program, use.node)) for use in program.uses if use.purpose != "result"]
    assert purposes == [
        ("gradient", (34, 35)),
        ("metric", (36, 35)),
        ("log", (37, 25)),
        ("log", (37, 55)),
        ("log", (41, 25)),
    ]


def test_results_in_a_tuple_are_uses_of_their_own() -> None:
    uses = read_program("def f(y_true, y_pred):\n    return y_true - y_pred, 1.0\n").uses
    assert [(use.purpose, isinstance(use.value, Tensor)) for use in uses] == [("result", True), ("result", False)]


def test_a_metric_of_labels_and_predictions_is_no_use_of_a_loss() -> None:
    text = (
        "from tensorflow import keras\nm = keras.metrics.AUC()\nm.update_state(y_true, y_pred)\nm.update_state(loss)\n"
    )
    assert [use.purpose for use in read_program(text).uses] == ["metric"]


def test_batch_sizes(program: Program) -> None:
    assert program.batch_sizes == {8}
    batch, whole = Tensor((BATCH, 1), frozenset(), "input"), Tensor((5, 1), frozenset(), "input")
    assert [program.batch_size_for(tensor) for tensor in (batch, whole)] == [8, 5]
    empty = read_program("")
    assert (empty.batch_sizes, empty.batch_size_for(batch)) == (frozenset(), 32)
    several = read_program("import tensorflow as tf\nd = tf.data.Dataset.range(9)\na = d.batch(2)\nb = d.batch(4)\n")
    assert (several.batch_sizes, several.batch_size_for(batch)) == ({2, 4}, 32)


def test_functions_given_to_compile(program: Program) -> None:
    names = set(map(name_of, program.compiled_functions))
    assert names == {"own", "accuracy"}
    assert set(program.compiled_functions.values()) == set(program.compiles)
    with_object = read_program(TEXT.replace("loss=own", "loss=Own()"))
    assert set(map(name_of, with_object.compiled_functions)) == {"call", "accuracy"}


def test_which_model_a_gradient_trains(program: Program) -> None:
    [gradient] = program.gradients
    assert program.trained_model(gradient) is value_of(program, "net")


def test_what_is_differentiated(program: Program) -> None:
    [gradient] = program.gradients
    assert isinstance(gradient.target, Tensor)
    assert id(gradient.target) in program.differentiated
    assert all(id(part) in program.differentiated for part in gradient.target.inputs if isinstance(part, Tensor))
    assert id(value_of(program, "y")) not in program.differentiated


def test_losses_in_a_list_are_differentiated() -> None:
    found = read_program(
        """
        import tensorflow as tf
        a, b, c = tf.ones((3,)), tf.ones((3,)), tf.ones((3,))
        with tf.GradientTape() as tape:
            pass
        tape.gradient([a, b], anything)
        """
    )
    assert [id(value_of(found, name)) in found.differentiated for name in "abc"] == [True, True, False]


def test_terms_are_asked_for_once(program: Program) -> None:
    [gradient] = program.gradients
    [term] = program.terms(gradient.target)
    assert (term.family, term.label.role) == ("squared error", Role.LABEL)
    assert program.terms(gradient.target) is program.terms(gradient.target)
    assert program.terms(UNKNOWN) == []


def test_the_call_that_made_a_loss(program: Program) -> None:
    [gradient] = program.gradients
    call = program.call_of(gradient.target)
    assert call is not None
    assert (place(program, call), program.source(call)) == ((33, 20), "own(y, p)")
    assert program.call_of(Const(1)) is None
    assert gradient.target in [tensor for tensor, _ in program.returned]


def test_the_function_around_an_expression(program: Program) -> None:
    [gradient] = program.gradients
    function = program.statement_function(gradient.target_node)
    assert function is not None
    assert name_of(function) == "train_step"
    assert program.statement_function(program.fits[0].node) is None


def test_the_metrics_property(program: Program) -> None:
    net = value_of(program, "net")
    assert isinstance(net, Object)
    metrics = program.metrics_of(net)
    assert isinstance(metrics, Sequence)
    assert metrics.items == [net.attrs["tracker"]]
    assert program.metrics_of(Object("keras.Model")) is None


def test_what_a_model_puts_out(program: Program) -> None:
    net = value_of(program, "net")
    assert isinstance(net, Object)
    events = len(program.interpreter.events)
    output = program.output_of(net)
    assert isinstance(output, Tensor)
    assert output.shape == (BATCH, 1)
    assert program.output_of(net) is output
    assert len(program.interpreter.events) == events


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("s = tf.distribute.MirroredStrategy()\n", True),
        ("s = tf.distribute.experimental.TPUStrategy()\n", True),
        ("s = tf.distribute.get_strategy()\n", True),
        ("def f(strategy):\n    strategy.run(step)\n", True),
        ("n = s.num_replicas_in_sync\n", True),
        ("strategy = 'greedy'\n", False),
        ("", False),
    ],
)
def test_whether_a_file_distributes(text: str, expected: bool) -> None:
    assert read_program("import tensorflow as tf\n" + text).distributes is expected


@pytest.mark.parametrize(
    ("expression", "operands"),
    [
        ("a  -  b", ("a", "b")),
        ("f(a, b[0])", ("a", "b[0]")),
        ("f(a)", None),
        ("-a", None),
    ],
)
def test_operands(expression: str, operands: tuple[str, str] | None) -> None:
    assert Program.operands(cst.parse_expression(expression)) == operands


def test_source_on_one_line() -> None:
    assert Program.source(cst.parse_expression("f(a,\n  b)")) == "f(a, b)"


def test_targets_are_kept() -> None:
    assert read_program("", frozenset({Generation.KERAS2})).targets == {Generation.KERAS2}


def test_what_is_shown() -> None:
    text = """\
    import tensorflow as tf
    error = tf.keras.metrics.Mean()
    print("loss", error.result())
    print(f"{error.result():.3f} of {1}")
    print("%.3f" % error.result(), "%d %.3f" % (1, error.result()))
    tf.print("{} {x}".format(error.result(), x=error.result()))
    text = "a" + str(error.result())
    """
    program = read_program(text)
    assert [place(program, event.node)[0] for event in program.shown] == [3, 4, 5, 5, 6, 6]
    assert all(event.value.op == "metric_result" for event in program.shown)


def test_what_a_variable_is_assigned() -> None:
    program = read_program("""\
import tensorflow as tf
loss = tf.reduce_mean(tf.zeros((3,)))
state.average.assign(loss)
frame.assign(loss=loss)
assign(loss)
tf.Variable(0.0).assign(2 * loss)
""")
    assert [getattr(event.value, "op", None) for event in program.assigned] == ["mean", "multiply"]


def test_where_a_metric_is_made() -> None:
    text = """\
    import tensorflow as tf
    dataset = tf.data.Dataset.from_tensor_slices(values).batch(8)
    def made():
        return tf.keras.metrics.Mean()
    class Net(tf.keras.Model):
        def train_step(self, data):
            made().update_state(1.0)
    before = made()
    before.update_state(0.0)
    for epoch in range(2):
        made().update_state(1.0)
        for at, batch in enumerate(dataset):
            made().update_state(2.0)
            for part in range(3):
                made().update_state(3.0)
        for one, two in zip(dataset, dataset):
            made().update_state(2.0)
    """
    program = read_program(text)
    metrics = [update.metric for update in program.metric_updates]
    found = [(m.loops, m.per_batch, m.step is not None) for m in metrics if isinstance(m, Object)]
    assert found == [
        (0, False, False),
        (1, False, False),
        (2, True, False),
        (3, False, False),
        (2, True, False),
        (0, False, True),
    ]


def test_what_a_tensor_is_drawn_from() -> None:
    text = """\
    import tensorflow as tf
    first = tf.data.Dataset.from_tensor_slices((x, y)).batch(8)
    second = tf.data.Dataset.from_tensor_slices(y).batch(4)
    for features, labels in first:
        one = tf.reduce_mean(labels * labels)
        both = one + next(iter(second))
    neither = tf.reduce_mean(x)
    """
    program = read_program(text)
    sizes = {name: {d.batch_size for d in program.drawn(value_of(program, name)).values()} for name in NAMES}
    assert sizes == {"one": {Const(8)}, "both": {Const(8), Const(4)}, "neither": set()}


NAMES = ("one", "both", "neither")
