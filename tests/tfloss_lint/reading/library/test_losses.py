"""Library losses: functions, Loss objects and strings; their shapes as read and as they are on every generation."""

from __future__ import annotations

import pytest
from readings import meeting_shapes, misread, place, read_program, read_shapes, tensor_of, value_of
from stacks import Stack

from tfloss_lint.reading.library.losses import CLASSES, FAMILIES, function_of, is_loss, reduction_of
from tfloss_lint.reading.values import (
    BATCH,
    NONE,
    UNKNOWN,
    Choice,
    Const,
    Mapping,
    Object,
    Ref,
    Role,
    Sequence,
    Shape,
    Value,
)

SETUP = """\
L = tf.keras.losses
y = tf.ones((5, 4)) / 4.0
p = tf.ones((5, 4)) / 4.0
y3 = tf.ones((5, 7, 4)) / 4.0
p3 = tf.ones((5, 7, 4)) / 4.0
column = tf.ones((5, 1))
row = tf.ones((5,))
classes = tf.ones((5,), dtype="int32")
class_column = tf.ones((5, 1), dtype="int32")
"""

SHAPES: dict[str, Shape] = {
    # functions: the last axis is reduced
    "L.MSE(y, p)": (5,),
    "L.MAE(y, p)": (5,),
    "L.mse(y3, p3)": (5, 7),
    "L.mse(row, row)": (),
    "L.mse(column, column)": (5,),
    "L.mape(y, p)": (5,),
    "L.msle(y, p)": (5,),
    "L.huber(y, p)": (5,),
    "L.logcosh(y, p)": (5,),
    "L.binary_crossentropy(y, p)": (5,),
    "L.binary_crossentropy(column, column)": (5,),
    "L.binary_crossentropy(y3, p3)": (5, 7),
    "L.binary_crossentropy(y3, p3, axis=(1, 2))": (5,),
    "L.binary_crossentropy(y3, p3, axis=1)": (5, 4),
    "L.binary_crossentropy(y_true=y, y_pred=p, from_logits=True)": (5,),
    "L.categorical_crossentropy(y, p)": (5,),
    "L.categorical_crossentropy(y3, p3)": (5, 7),
    "L.sparse_categorical_crossentropy(classes, p)": (5,),
    "L.sparse_categorical_crossentropy(class_column, p)": (5,),
    "L.KLD(y, p)": (5,),
    "L.poisson(y, p)": (5,),
    "L.hinge(y, p)": (5,),
    "L.squared_hinge(y, p)": (5,),
    "L.categorical_hinge(y, p)": (5,),
    "L.cosine_similarity(y, p)": (5,),
    # objects: a scalar, unless told otherwise
    "L.MeanSquaredError()(y, p)": (),
    "L.MeanSquaredError()(y_true=y, y_pred=p)": (),
    "L.MeanSquaredError(reduction='none')(y, p)": (5,),
    "L.MeanSquaredError(reduction='sum')(y, p)": (),
    "L.MeanSquaredError('none')(y3, p3)": (5, 7),
    "L.Huber(reduction='none')(y, p)": (5,),
    "L.MeanSquaredError()(row, column)": (),
    "L.BinaryCrossentropy(from_logits=True)(y, p)": (),
    "L.BinaryCrossentropy(from_logits=True, reduction='none')(y, p)": (5,),
    "L.CategoricalCrossentropy(reduction='none')(y, p)": (5,),
    "L.SparseCategoricalCrossentropy()(classes, p)": (),
    "L.SparseCategoricalCrossentropy(reduction='none')(classes, p)": (5,),
    "L.MeanSquaredError()(y, p, sample_weight=row)": (),
    # compile's spellings
    "L.get('mse')(y, p)": (5,),
    "L.get(L.MeanAbsoluteError())(y, p)": (),
    # TensorFlow's own
    "tf.nn.softmax_cross_entropy_with_logits(y, p)": (5,),
    "tf.nn.softmax_cross_entropy_with_logits(labels=y3, logits=p3)": (5, 7),
    "tf.nn.sparse_softmax_cross_entropy_with_logits(labels=classes, logits=p)": (5,),
    "tf.nn.sigmoid_cross_entropy_with_logits(labels=y, logits=p)": (5, 4),
    "tf.nn.weighted_cross_entropy_with_logits(y, p, 2.0)": None,
    "tf.compat.v1.losses.mean_squared_error(y, p)": (),
    "tf.compat.v1.losses.softmax_cross_entropy(y, p)": (),
    # the backend's
    "K.binary_crossentropy(y, p)": (5, 4),
    "K.categorical_crossentropy(y, p)": (5,),
    "K.sparse_categorical_crossentropy(classes, p)": (5,),
    "keras.ops.binary_crossentropy(y, p)": (5, 4),
    "keras.ops.categorical_crossentropy(y, p)": (5,),
    "keras.ops.sparse_categorical_crossentropy(classes, p)": (5,),
    # metrics have the functions too
    "tf.keras.metrics.MSE(y, p)": (5,),
}


def test_shapes_as_read() -> None:
    assert read_shapes(SHAPES, SETUP) == SHAPES


def test_shapes_as_they_are(stack: Stack) -> None:
    assert misread(stack, SHAPES, SETUP) == {}


@pytest.mark.parametrize(
    ("expression", "shape"),
    [
        ("L.mse(anything, tf.ones((5, 4)))", (5,)),
        ("L.mse(tf.ones((5, 4)), anything)", None),
        ("L.mse(anything, tf.ones((5,)))", None),
        ("L.mse(anything, anything)", None),
        ("L.mse(tf.ones((5,)), tf.ones((5, 1)))", (5,)),
        ("L.sparse_categorical_crossentropy(anything, tf.ones((5, 4)))", (5,)),
        ("L.binary_crossentropy(tf.ones((5, 4)), tf.ones((5, 4)), axis=anything)", None),
        ("L.binary_crossentropy(tf.ones((5, 4)), tf.ones((5, 4)), **anything)", None),
        ("L.MeanSquaredError()(anything, anything)", ()),
        ("L.MeanSquaredError(reduction='none')(anything, anything)", None),
        ("L.MeanSquaredError(reduction=anything)(tf.ones((5, 4)), tf.ones((5, 4)))", None),
        ("L.MeanSquaredError(**anything)(tf.ones((5, 4)), tf.ones((5, 4)))", None),
        ("L.MeanSquaredError(reduction=L.Reduction.NONE)(tf.ones((5, 4)), tf.ones((5, 4)))", (5,)),
        ("L.MeanSquaredError(reduction=tf.keras.losses.Reduction.SUM)(anything, anything)", ()),
        ("L.CTC()(tf.ones((5, 4)), tf.ones((5, 4)))", ()),
        ("anything(tf.ones((5, 4)), tf.ones((5, 4)))", None),
    ],
)
def test_open_shapes(expression: str, shape: Shape) -> None:
    assert read_shapes([expression], "L = tf.keras.losses\n") == {expression: shape}


HEAD = """
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import backend as K
def loss(y_true, y_pred):
    y_true, y_pred = tf.reshape(y_true, (8,)), tf.reshape(y_pred, (8, 1))
    return {}
"""


@pytest.mark.parametrize(
    ("expression", "name"),
    [
        ("keras.losses.mean_squared_error(y_true, y_pred)", "keras.losses.mean_squared_error"),
        ("tf.keras.metrics.mean_absolute_error(y_true, y_pred)", "keras.losses.mean_absolute_error"),
        ("keras.losses.Huber()(y_true, y_pred)", "keras.losses.Huber"),
        ("keras.losses.get('mse')(y_true, y_pred)", "keras.losses.mean_squared_error"),
        ("tf.nn.sigmoid_cross_entropy_with_logits(y_true, y_pred)", "tf.nn.sigmoid_cross_entropy_with_logits"),
        ("keras.losses.mse(y_pred=y_pred, y_true=y_true)", "keras.losses.mean_squared_error"),
        ("(keras.losses.mse if True else None)(y_true, y_pred)", "keras.losses.mean_squared_error"),
        ("{'a': keras.losses.mse}['a'](y_true, y_pred)", "keras.losses.mean_squared_error"),
        ("[keras.losses.mse][0](y_true, y_pred)", "keras.losses.mean_squared_error"),
    ],
)
def test_a_library_loss_is_a_meeting(expression: str, name: str) -> None:
    program = read_program(HEAD.format(expression))
    [meeting] = program.meetings
    assert meeting_shapes(program) == [((8,), (8, 1))]
    assert (meeting.loss, meeting.swapped) == (name, False)
    assert place(program, meeting.node) == (7, 12)


def test_swapped_arguments_are_put_right_and_remembered() -> None:
    program = read_program(HEAD.format("keras.losses.mse(y_pred, y_true)"))
    [meeting] = program.meetings
    assert (meeting.label.role, meeting.prediction.role, meeting.swapped) == (Role.LABEL, Role.PREDICTION, True)


def test_one_of_two_losses_is_two_meetings() -> None:
    program = read_program(HEAD.format("(keras.losses.mse if anything else keras.losses.Huber())(y_true, y_pred)"))
    assert [meeting.loss for meeting in program.meetings] == ["keras.losses.mean_squared_error", "keras.losses.Huber"]


def test_losses_of_the_file() -> None:
    program = read_program(
        """
        import tensorflow as tf
        from tensorflow import keras
        class Own(keras.losses.Loss):
            def __init__(self, weight=1.0, **kwargs):
                super().__init__(**kwargs)
                self.weight = weight
            def call(self, y_true, y_pred):
                return self.weight * tf.reduce_mean(tf.square(y_true - y_pred), axis=-1)
        class Derived(Own):
            pass
        class Renamed(keras.losses.MeanSquaredError):
            pass
        y, p = tf.ones((8, 4)), tf.ones((8, 4))
        mean = Own()(y, p)
        none = Own(reduction="none")(y, p)
        total = Derived(2.0, reduction="sum")(y, p)
        same = Renamed()(y, p)
        inner = Own().call(y, p)
        """
    )
    shapes = {name: tensor_of(program, name).shape for name in ("mean", "none", "total", "same", "inner")}
    assert shapes == {"mean": (), "none": (8,), "total": (), "same": (), "inner": (8,)}
    assert (tensor_of(program, "mean").op, tensor_of(program, "total").op) == ("mean", "sum")


@pytest.mark.parametrize(
    ("value", "short"),
    [
        (Const("mse"), "mean_squared_error"),
        (Const("MSE"), "mean_squared_error"),
        (Const("mean_absolute_error"), "mean_absolute_error"),
        (Const("categorical_crossentropy"), "categorical_crossentropy"),
        (Const("unheard_of"), None),
        (Const(None), None),
        (Ref("keras.losses.mean_squared_error"), "mean_squared_error"),
        (Ref("keras.losses.Huber"), "huber"),
        (Ref("keras.losses.Loss"), None),
        (Ref("tf.reduce_mean"), None),
        (Object("keras.losses.Huber"), "huber"),
        (Object("keras.losses.CTC"), None),
        (Object("keras.layers.Dense"), None),
        (UNKNOWN, None),
    ],
)
def test_the_function_behind_a_loss(value: Value, short: str | None) -> None:
    assert function_of(value) == short


@pytest.mark.parametrize(
    ("text", "reduction"),
    [
        ("keras.losses.Huber()", "mean"),
        ("keras.losses.Huber(reduction='sum')", "sum"),
        ("keras.losses.Huber(reduction='SUM')", "sum"),
        ("keras.losses.Huber(reduction='none')", "none"),
        ("keras.losses.Huber(reduction=None)", "none"),
        ("keras.losses.Huber(reduction='sum_over_batch_size')", "mean"),
        ("keras.losses.Huber(reduction='auto')", "mean"),
        ("keras.losses.Huber(reduction=keras.losses.Reduction.NONE)", "none"),
        ("keras.losses.Huber(reduction=keras.losses.Reduction.SUM_OVER_BATCH_SIZE)", "mean"),
        ("keras.losses.Huber(reduction=anything)", None),
        ("keras.losses.Huber(**anything)", None),
        ("keras.losses.MeanSquaredError('sum')", "sum"),
        ("keras.losses.Huber(1.0, 'sum')", "sum"),
        ("keras.losses.BinaryCrossentropy(True, 0.0, -1, 'none')", "none"),
        ("keras.losses.SparseCategoricalCrossentropy(True)", "mean"),
    ],
)
def test_reductions(text: str, reduction: str | None) -> None:
    value = value_of(read_program(f"from tensorflow import keras\nvalue = {text}\n"), "value")
    assert isinstance(value, Object)
    assert reduction_of(value) == reduction


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Const("mse"), True),
        (Const(""), False),
        (NONE, False),
        (UNKNOWN, False),
        (Ref("keras.losses.mean_squared_error"), True),
        (Sequence([Const("mse"), Const("mae")]), True),
        (Sequence([]), False),
        (Sequence([Const("mse"), NONE]), False),
        (Mapping({"a": Const("mse")}), True),
        (Choice((Const("mse"), NONE)), False),
        (Choice((Const("mse"), Const("mae"))), True),
    ],
)
def test_what_counts_as_a_compiled_loss(value: Value, expected: bool) -> None:
    assert is_loss(value) is expected


def test_every_class_has_a_function_and_every_function_a_family() -> None:
    assert set(CLASSES.values()) <= set(FAMILIES)


def test_a_batch() -> None:
    program = read_program(
        """
        import tensorflow as tf
        model = tf.keras.Sequential([tf.keras.layers.Dense(3)])
        for x, y in tf.data.Dataset.from_tensor_slices((tf.ones((100, 6)), tf.ones((100, 3)))).batch(8):
            loss = tf.keras.losses.mse(y, model(x))
        """
    )
    assert tensor_of(program, "loss").shape == (BATCH,)
