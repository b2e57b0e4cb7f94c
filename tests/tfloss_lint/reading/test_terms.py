"""Reading a loss back to the comparisons of labels with predictions that it is made of."""

from __future__ import annotations

import pytest
from readings import place, read_program, value_of

from tfloss_lint.reading.library.elementwise import constant_factor
from tfloss_lint.reading.terms import MOST_NESTED, Term, Treatment, is_constant, is_label_of_batch, terms
from tfloss_lint.reading.values import BATCH, UNKNOWN, Const, Ref, Role, Tensor

HEAD = """
import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import backend as K
def make(y_true, y_pred, sample_weight, inputs):
    global value, y, p, w, x
    y, p = tf.reshape(y_true, (8, 4)), tf.reshape(y_pred, (8, 4))
    w, x = tf.reshape(sample_weight, (8, 1)), inputs
    value = {}
"""

SQUARED = ("squared error", "by hand", [])
Summary = list[tuple[str, str, list[object]]]


def read(expression: str) -> list[Term]:
    return terms(value_of(read_program(HEAD.format(expression)), "value"))


def summary(expression: str) -> Summary:
    """Each term's family, way and treatments: those with axes as pairs."""
    found: Summary = []
    for term in read(expression):
        treatments: list[object] = [t.kind if t.axes is None else (t.kind, t.axes) for t in term.treatments]
        found.append((term.family, term.via, treatments))
    return found


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        # what is compared
        ("y - p", [("difference", "by hand", [])]),
        ("p - y", [("difference", "by hand", [])]),
        ("tf.square(y - p)", [SQUARED]),
        ("tf.math.square(p - y)", [SQUARED]),
        ("(y - p) ** 2", [SQUARED]),
        ("(y - p) ** 2.0", [SQUARED]),
        ("tf.pow(y - p, 2)", [SQUARED]),
        ("K.pow(p - y, 2)", [SQUARED]),
        ("np.power(y - p, 2)", [SQUARED]),
        ("tf.math.squared_difference(y, p)", [SQUARED]),
        ("tf.square(tf.subtract(y, p))", [SQUARED]),
        ("tf.square(-(y - p))", [SQUARED]),
        ("(d := y - p) * d", [SQUARED]),
        ("tf.abs(y - p)", [("absolute error", "by hand", [])]),
        ("K.abs(y - p)", [("absolute error", "by hand", [])]),
        ("abs(y - p)", [("absolute error", "by hand", [])]),
        ("(y - p) ** 3", [("difference", "by hand", ["other"])]),
        ("-y * tf.math.log(p)", [("cross-entropy", "by hand", [])]),
        ("y * tf.math.log(p + 1e-7)", [("cross-entropy", "by hand", [])]),
        ("y * K.log(K.clip(p, 1e-7, 1.0))", [("cross-entropy", "by hand", [])]),
        ("y * p", [("error", "by hand", [])]),
        ("tf.maximum(0.0, 1.0 - y * p)", [("error", "by hand", [])]),
        ("tf.square(tf.math.log(1.0 + y) - tf.math.log(1.0 + p))", [SQUARED]),
        # what is done to it
        ("tf.reduce_mean(tf.square(y - p))", [("squared error", "by hand", ["mean"])]),
        ("tf.reduce_mean(tf.square(y - p), axis=-1)", [("squared error", "by hand", [("mean", (-1,))])]),
        ("tf.reduce_sum(tf.square(y - p), axis=[0, 1])", [("squared error", "by hand", [("sum", (0, 1))])]),
        ("K.mean(K.sum(K.square(y - p), axis=1))", [("squared error", "by hand", [("sum", (1,)), "mean"])]),
        ("tf.sqrt(tf.reduce_mean((y - p) ** 2))", [("squared error", "by hand", ["mean", "root"])]),
        ("tf.reduce_mean((y - p) ** 2) ** 0.5", [("squared error", "by hand", ["mean", "root"])]),
        ("tf.reduce_mean(tf.sqrt(tf.square(y - p)))", [("squared error", "by hand", ["root", "mean"])]),
        ("tf.reduce_sum((y - p) ** 2) / 32", [("squared error", "by hand", ["sum", "divide"])]),
        ("tf.reduce_sum((y - p) ** 2) * (1 / 32)", [("squared error", "by hand", ["sum", "scale"])]),
        ("0.5 * tf.reduce_sum((y - p) ** 2)", [("squared error", "by hand", ["sum", "scale"])]),
        ("tf.reduce_mean(w * (y - p) ** 2)", [("squared error", "by hand", ["weight", "mean"])]),
        ("tf.reduce_mean((y - p) ** 2 / w)", [("squared error", "by hand", ["divide", "mean"])]),
        ("tf.reduce_max(tf.abs(y - p))", [("absolute error", "by hand", ["other"])]),
        ("tf.norm(y - p)", [("difference", "by hand", ["other"])]),
        ("tf.math.log(tf.reduce_mean((y - p) ** 2))", [("squared error", "by hand", ["mean", "other"])]),
        ("-tf.reduce_mean((y - p) ** 2)", [("squared error", "by hand", ["mean"])]),
        ("tf.nn.compute_average_loss(tf.reduce_mean((y - p) ** 2, -1))", [("squared error", "by hand", [("mean", (-1,)), "other"])]),
        ("tf.nn.l2_loss(y - p)", [("squared error", "by hand", ["sum", "divide"])]),
        # what passes through
        ("tf.reshape(tf.square(y - p), (-1,))", [SQUARED]),
        ("tf.squeeze(tf.square(y - p))", [SQUARED]),
        ("tf.square(y - p)[:, None]", [SQUARED]),
        ("tf.cast(tf.square(y - p), tf.float32)", [SQUARED]),
        ("tf.identity(tf.square(y - p))", [SQUARED]),
        ("tf.transpose(tf.square(y - p))", [SQUARED]),
        ("tf.square(tf.stop_gradient(y) - p)", [SQUARED]),
        # sums of several
        ("tf.reduce_mean((y - p) ** 2) + 0.1 * tf.reduce_mean(tf.abs(y - p))", [
            ("squared error", "by hand", ["mean"]), ("absolute error", "by hand", ["mean", "scale"])]),
        ("tf.reduce_mean((y - p) ** 2) + tf.reduce_sum(x ** 2)", [("squared error", "by hand", ["mean"])]),
        ("tf.add_n([tf.reduce_mean((y - p) ** 2), tf.reduce_mean(tf.abs(y - p))])", [
            ("squared error", "by hand", ["mean"]), ("absolute error", "by hand", ["mean"])]),
        ("sum([tf.reduce_mean((y - p) ** 2), 1.0])", [("squared error", "by hand", ["mean"])]),
        ("tf.reduce_mean([tf.reduce_sum((y - p) ** 2)])", [("squared error", "by hand", ["sum", "mean"])]),
        ("tf.where(tf.abs(y - p) < 1.0, 0.5 * (y - p) ** 2, tf.abs(y - p))", [
            ("squared error", "by hand", ["scale"]), ("absolute error", "by hand", [])]),
        ("((y - p) ** 2 if anything else tf.abs(y - p))", [SQUARED, ("absolute error", "by hand", [])]),
        # the library's own
        ("keras.losses.mse(y, p)", [("squared error", "function", [("mean", (-1,))])]),
        ("tf.reduce_mean(keras.losses.mae(y, p))", [("absolute error", "function", [("mean", (-1,)), "mean"])]),
        ("tf.reduce_sum(keras.losses.categorical_crossentropy(y, p))", [("cross-entropy", "function", [("sum", (-1,)), "sum"])]),
        ("keras.losses.sparse_categorical_crossentropy(y[:, 0], p)", [("cross-entropy", "function", [])]),
        ("keras.losses.binary_crossentropy(y, p, axis=(0, 1))", [("binary cross-entropy", "function", [("mean", (0, 1))])]),
        ("keras.losses.Huber()(y, p)", [("Huber loss", "object", [("mean", (-1,)), "mean"])]),
        ("keras.losses.Huber(reduction='sum')(y, p)", [("Huber loss", "object", [("mean", (-1,)), "sum"])]),
        ("keras.losses.Huber(reduction='none')(y, p)", [("Huber loss", "object", [("mean", (-1,))])]),
        ("keras.losses.Huber(reduction=anything)(y, p)", [("Huber loss", "object", [("mean", (-1,)), "other"])]),
        ("keras.losses.CTC()(y, p)", [("loss", "object", ["mean"])]),
        ("tf.nn.sigmoid_cross_entropy_with_logits(y, p)", [("binary cross-entropy", "function", [])]),
        ("tf.nn.softmax_cross_entropy_with_logits(y, p)", [("cross-entropy", "function", [("sum", (-1,))])]),
        ("tf.sqrt(keras.losses.mse(y, p))", [("squared error", "function", [("mean", (-1,)), "root"])]),
        # nothing compared
        ("tf.reduce_sum(x ** 2)", []),
        ("tf.reduce_mean(p)", []),
        ("tf.reduce_mean(y)", []),
        ("1.0", []),
        ("anything", []),
        ("tf.matmul(y, p)", []),
        ("1.0 / tf.reduce_mean((y - p) ** 2)", []),
        ("tf.math.cumsum((y - p) ** 2)", []),
        ("anything((y - p) ** 2)", []),
    ],
)  # fmt: skip
def test_terms(expression: str, expected: Summary) -> None:
    assert summary(expression) == expected


def test_what_a_term_says() -> None:
    program = read_program(HEAD.format("tf.reduce_mean(\n        tf.square(y - p), axis=-1)"))
    [term] = terms(value_of(program, "value"))
    assert (term.label, term.prediction) == (value_of(program, "y"), value_of(program, "p"))
    assert (term.whole, term.loss, term.per_sample) == ((8, 4), None, False)
    assert place(program, term.node) == (11, 19)
    [mean] = term.treatments
    assert mean.node is not None
    assert place(program, mean.node) == (10, 13)
    assert (mean.shape, mean.by, mean.implied) == ((8, 4), None, False)


def test_what_a_library_s_term_says() -> None:
    [term] = read("keras.losses.categorical_crossentropy(y, p) / 8")
    assert isinstance(term.loss, Ref)
    assert (term.loss.name, term.whole, term.per_sample) == ("keras.losses.categorical_crossentropy", (8, 4), True)
    summed, divided = term.treatments
    assert (summed.implied, summed.lengths) == (True, (4,))
    assert (divided.implied, divided.shape, is_constant(divided.by)) == (False, (8,), 8.0)


def test_the_compiled_loss_is_a_term() -> None:
    program = read_program(
        """
        import tensorflow as tf
        from tensorflow import keras
        class Net(keras.Model):
            def train_step(self, data):
                x, y = data
                with tf.GradientTape() as tape:
                    loss = self.compute_loss(x, y, self(x)) + 1.0
                tape.gradient(loss, self.trainable_variables)
                return {}
        """
    )
    [gradient] = program.gradients
    [term] = program.terms(gradient.target)
    assert (term.family, term.via, [t.kind for t in term.treatments]) == ("compiled loss", "compiled", ["mean"])


def test_a_loss_that_is_nested_too_deeply_is_left_alone() -> None:
    assert len(read("-" * (MOST_NESTED - 5) + "((y - p) ** 2)")) == 1
    assert read("-" * (MOST_NESTED + 5) + "((y - p) ** 2)") == []


@pytest.mark.parametrize(
    ("shape", "axes", "lengths", "over_batch"),
    [
        ((8, 4), None, (8, 4), True),
        ((8, 4), (-1,), (4,), False),
        ((8, 4), (0,), (8,), True),
        ((8, 4), (1, 0), (8, 4), True),
        ((8, 4), (-2,), (8,), True),
        ((BATCH,), (-1,), (BATCH,), True),
        ((8, 4), (7,), None, None),
        (None, None, None, True),
        (None, (0,), None, True),
        (None, (1,), None, False),
        (None, (-1,), None, None),
        ((), None, (), True),
    ],
)
def test_treatments(shape: object, axes: object, lengths: object, over_batch: bool | None) -> None:
    treatment = Treatment("mean", None, shape, axes)  # type: ignore[arg-type]
    assert (treatment.lengths, treatment.over_batch) == (lengths, over_batch)


def test_numbers() -> None:
    assert [is_constant(value) for value in (Const(3), Const(0.5), Const("a"), None, UNKNOWN)] == [
        3.0,
        0.5,
        None,
        None,
        None,
    ]
    scalar = Tensor((), frozenset(), "constant", detail=Const(2))
    assert (is_constant(scalar), constant_factor(scalar)) == (2.0, 2.0)


def test_labels_alone() -> None:
    assert is_label_of_batch(Tensor(None, frozenset({Role.LABEL}), "input"))
    assert not is_label_of_batch(Tensor(None, frozenset({Role.LABEL, Role.DATA}), "add"))
    assert not is_label_of_batch(Tensor(None, frozenset(), "input"))
