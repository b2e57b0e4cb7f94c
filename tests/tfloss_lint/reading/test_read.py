"""Reading whole files: what the file calls, and then whatever nothing in it calls."""

from __future__ import annotations

import libcst as cst
import pytest
from readings import meeting_shapes, place, read_program, value_of

from tfloss_lint.reading.read import ROLE_OF_NAME, parameter, read
from tfloss_lint.reading.values import BATCH, UNKNOWN, Role, Tensor


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("y_true", Role.LABEL),
        ("labels", Role.LABEL),
        ("y_pred", Role.PREDICTION),
        ("logits", Role.PREDICTION),
        ("sample_weight", Role.WEIGHT),
        ("x", Role.FEATURES),
        ("inputs", Role.FEATURES),
        ("anything", None),
    ],
)
def test_roles_of_parameters(name: str, role: Role | None) -> None:
    value = parameter(name)
    assert (value.role if isinstance(value, Tensor) else None, ROLE_OF_NAME.get(name)) == (role, role)
    assert value is UNKNOWN or isinstance(value, Tensor)


def test_a_function_that_nothing_calls() -> None:
    program = read_program(
        """
        import tensorflow as tf
        def error(y_true, y_pred, scale=2.0, *rest, axis=-1, **more):
            if rest:
                return rest[0]
            value = tf.square(y_true - y_pred) * scale
            return tf.reduce_mean(value, axis=axis), more.get("k", 1.0)
        """
    )
    first, second = program.function_results
    assert (first.name, first.owner, first.value) == ("error", None, UNKNOWN)
    assert place(program, second.node) == (7, 12)
    [meeting] = program.meetings
    assert (meeting.label.role, meeting.prediction.role, meeting.step) == (Role.LABEL, Role.PREDICTION, None)


def test_a_default_is_no_fact_about_a_call_that_the_file_does_not_show() -> None:
    program = read_program(
        """
        import tensorflow as tf
        def error(y_true, y_pred, axis=None):
            return tf.reduce_mean(tf.square(y_true - y_pred), axis=axis)
        def call():
            return error(tf.ones((3, 4)), tf.ones((3, 4)))
        value = call()
        """
    )
    value = value_of(program, "value")
    assert isinstance(value, Tensor)
    assert value.shape == ()
    uncalled = read_program(
        "import tensorflow as tf\ndef error(y_true, y_pred, axis=None):\n    return tf.reduce_mean(y_true, axis=axis)\n"
    )
    [result] = uncalled.function_results
    assert isinstance(result.value, Tensor)
    assert result.value.shape is None


def test_methods_are_executed_on_the_instance_that_the_file_makes() -> None:
    program = read_program(
        """
        import tensorflow as tf
        from tensorflow import keras
        class Trainer:
            def __init__(self, units=3):
                self.model = keras.Sequential([keras.layers.Dense(units)])
            def error(self, x, y_true):
                return y_true - self.model(x)
        trainer = Trainer(1)
        """
    )
    assert meeting_shapes(program) == [(None, (BATCH, 1))]


def test_methods_of_a_class_that_the_file_never_makes() -> None:
    program = read_program(
        """
        import tensorflow as tf
        from tensorflow import keras
        class Trainer:
            def __init__(self, units, width=1):
                self.model = keras.Sequential([keras.layers.Dense(units)])
                self.head = keras.Sequential([keras.layers.Dense(7)])
            def error(self, x, y_true):
                return y_true - self.model(x), y_true - self.head(x)
        """
    )
    assert meeting_shapes(program) == [(None, (BATCH, None)), (None, (BATCH, 7))]


def test_a_compiled_model_is_preferred_to_one_that_is_not() -> None:
    program = read_program(
        """
        from tensorflow import keras
        class Net(keras.Model):
            def __init__(self, units):
                super().__init__()
                self.head = keras.layers.Dense(units)
            def call(self, x):
                return self.head(x)
            def train_step(self, data):
                x, y = data
                return {"loss": keras.losses.mse(y, self(x))}
        trained = Net(1)
        trained.compile(optimizer="sgd")
        other = Net(5)
        """
    )
    assert meeting_shapes(program) == [(None, (BATCH, 1))]
    assert program.steps[0].model is value_of(program, "trained")


def test_steps_run_once_for_each_fit_and_alone_otherwise() -> None:
    text = """
    import numpy as np
    from tensorflow import keras
    class Net(keras.Model):
        def train_step(self, data):
            x, y = data
            return {}
        def test_step(self, data):
            return {}
    net = Net()
    net.compile()
    """
    alone = read_program(text)
    assert [(step.name, step.reached) for step in alone.steps] == [("train_step", False), ("test_step", False)]
    fitted = read_program(text.replace("\n    ", "\n") + "net.fit(np.ones((8, 2)), np.ones((8,)))\n")
    assert [(step.name, step.reached) for step in fitted.steps] == [("train_step", True), ("test_step", False)]


def test_code_in_several_pieces_is_one_program() -> None:
    pieces = ["import numpy as np\ny = np.ones((3,))\n", "y = y[:, None]\n"]
    interpreter = read([cst.parse_module(piece) for piece in pieces])
    value = interpreter.module.names["y"]
    assert isinstance(value, Tensor)
    assert value.shape == (3, 1)


@pytest.mark.parametrize("text", ["", "\n", "# nothing\n", "pass\n", "...\n", "'doc'\n", "x: int\n", "import os\n"])
def test_files_with_nothing_in_them(text: str) -> None:
    program = read_program(text)
    assert program.interpreter.events == []


def test_reading_is_deterministic() -> None:
    text = """
    import tensorflow as tf
    def f(y_true, y_pred, a, b):
        if a:
            x, y, z = 1, 2, 3
        elif b:
            z, x, w = 1, 2, 3
        else:
            w, y = 4, 5
        for m in [a, b]:
            y_true = y_true * 1.0
        return tf.reduce_mean(y_true - y_pred)
    """
    first, second = (read_program(text) for _ in range(2))
    places = [
        [(type(event), place(program, event.node)) for event in program.interpreter.events]
        for program in (first, second)
    ]
    assert places[0] == places[1]
    assert first.interpreter.work == second.interpreter.work


@pytest.mark.parametrize(
    "text",
    [
        "f(",
        "def f(:",
    ],
)
def test_what_does_not_parse_is_no_matter_for_the_reader(text: str) -> None:
    with pytest.raises(cst.ParserSyntaxError):
        read_program(text)
