"""Pipelines of tf.data, and what fit and evaluate hand to a step."""

from __future__ import annotations

import pytest
from readings import misread, read_program, shape_of, tensor_of, value_of
from stacks import Stack

from tfloss_lint.reading.events import Batching
from tfloss_lint.reading.values import BATCH, Dataset, Role, Shape

PIPES = """
import numpy as np
import tensorflow as tf
x = np.ones((100, 3))
y = np.ones((100,))
column = np.ones((100, 1))
D = tf.data.Dataset
def twice(a, b):
    return a * 2.0, b
def widen(a, b):
    b = tf.expand_dims(b, -1)
    return a, b
def as_dict(a, b):
    return {"a": a}, b
"""

PAIRS: dict[str, tuple[Shape, Shape]] = {
    "D.from_tensor_slices((x, y))": ((3,), ()),
    "D.from_tensor_slices((x, y)).batch(8)": ((BATCH, 3), (BATCH,)),
    "D.from_tensor_slices((x, column)).batch(8)": ((BATCH, 3), (BATCH, 1)),
    "D.from_tensor_slices((x, y)).batch(batch_size=8, drop_remainder=True)": ((BATCH, 3), (BATCH,)),
    "D.from_tensor_slices((x, y)).batch(100)": ((100, 3), (100,)),
    "D.from_tensor_slices((x, y)).batch(1)": ((1, 3), (1,)),
    "D.from_tensor_slices((x, y)).batch(len(x))": ((100, 3), (100,)),
    "D.from_tensor_slices((x, y)).batch(anything)": ((BATCH, 3), (BATCH,)),
    "D.from_tensor_slices((x, y)).shuffle(100).repeat(2).batch(8).prefetch(1)": ((BATCH, 3), (BATCH,)),
    "D.from_tensor_slices((x, y)).batch(8).take(3).cache()": ((BATCH, 3), (BATCH,)),
    "D.from_tensor_slices((x, y)).skip(10).batch(8).prefetch(tf.data.AUTOTUNE)": ((BATCH, 3), (BATCH,)),
    "D.from_tensor_slices((x, y)).filter(lambda a, b: b > 0.0).batch(8)": ((BATCH, 3), (BATCH,)),
    "D.from_tensor_slices((x, y)).batch(8).map(lambda a, b: (a, b[:, None]))": ((BATCH, 3), (BATCH, 1)),
    "D.from_tensor_slices((x, y)).map(lambda a, b: (a, tf.one_hot(tf.cast(b, tf.int32), 10))).batch(8)": (
        (BATCH, 3),
        (BATCH, 10),
    ),
    "D.from_tensor_slices((x, y)).map(twice).batch(8)": ((BATCH, 3), (BATCH,)),
    "D.from_tensor_slices((x, y)).map(widen, num_parallel_calls=4).batch(8)": ((BATCH, 3), (BATCH, 1)),
    "D.from_tensor_slices((x, y)).batch(8).unbatch().batch(4)": ((BATCH, 3), (BATCH,)),
    "D.from_tensor_slices((x, y)).padded_batch(8)": ((BATCH, 3), (BATCH,)),
    "D.zip((D.from_tensor_slices(x), D.from_tensor_slices(y))).batch(8)": ((BATCH, 3), (BATCH,)),
    "D.zip((D.from_tensor_slices(x).batch(8), D.from_tensor_slices(y).batch(8)))": ((BATCH, 3), (BATCH,)),
    "D.from_tensors((x, y))": ((100, 3), (100,)),
    "zip(D.from_tensor_slices(x).batch(8), D.from_tensor_slices(y).batch(8))": ((BATCH, 3), (BATCH,)),
    "D.from_tensor_slices((x, y)).batch(8).as_numpy_iterator()": ((BATCH, 3), (BATCH,)),
    "iter(D.from_tensor_slices((x, y)).batch(8))": ((BATCH, 3), (BATCH,)),
    "list(D.from_tensor_slices((x, y)).batch(8))": ((BATCH, 3), (BATCH,)),
    "D.from_tensor_slices((x, y)).concatenate(D.from_tensor_slices((x, y))).batch(8)": ((BATCH, 3), (BATCH,)),
    "D.from_tensor_slices((x, y)).batch(8).apply(lambda d: d.unbatch())": ((3,), ()),
    "D.from_tensor_slices((x, y)).batch(8, anything)": ((BATCH, 3), (BATCH,)),
    "D.from_tensor_slices((x, y)).window(3)": (None, None),
    "D.from_tensor_slices((x, y)).batch(8).map(anything)": (None, None),
    "D.from_tensor_slices((x, y)).apply(anything).batch(8)": (None, None),
    "D.from_tensor_slices(anything).batch(8)": (None, None),
}


@pytest.mark.parametrize(("pipe", "shapes"), PAIRS.items())
def test_pairs_from_a_pipeline(pipe: str, shapes: tuple[Shape, Shape]) -> None:
    program = read_program(PIPES + f"for a, b in {pipe}:\n    pass\n")
    assert (shape_of(program, "a"), shape_of(program, "b")) == shapes


def test_pairs_as_they_are(stack: Stack) -> None:
    known = [pipe for pipe in PAIRS if "anything" not in pipe and "window" not in pipe]
    firsts = {pipe: f"next(iter({pipe}))" for pipe in known}
    said = {f"{first}[{at}]": PAIRS[pipe][at] for pipe, first in firsts.items() for at in (0, 1)}
    if stack.name == "keras2_8":
        # There list(dataset) has no length to measure when it is batched; the items are the same.
        said = {expression: shape for expression, shape in said.items() if "list(" not in expression}
    assert misread(stack, said, PIPES) == {}


@pytest.mark.parametrize(
    "loop",
    [
        "for step, (a, b) in enumerate(ds):\n    pass\n",
        "for step, (a, b) in ds.enumerate():\n    pass\n",
        "a, b = next(iter(ds))\n",
        "it = iter(ds)\na, b = next(it)\n",
        "for batch in ds:\n    a, b = batch\n",
        "for batch in ds:\n    a = batch[0]\n    b = batch[1]\n",
        "for a, b in ds.take(1):\n    pass\n",
        "for epoch in range(3):\n    for a, b in ds:\n        pass\n",
        "import tqdm\nfor a, b in tqdm.tqdm(ds):\n    pass\n",
        "from tqdm import tqdm\nfor a, b in tqdm(ds, total=3):\n    pass\n",
        "from tqdm.auto import trange, tqdm\nfor step, (a, b) in tqdm(enumerate(ds)):\n    pass\n",
        "batches = [(a, b) for a, b in ds]\na, b = batches[0]\n",
        "import itertools\nfor a, b in itertools.islice(ds, 3):\n    pass\n",
        "ds = strategy.experimental_distribute_dataset(ds)\nfor a, b in ds:\n    pass\n",
    ],
)
def test_ways_to_go_through_one(loop: str) -> None:
    strategy = "strategy = tf.distribute.MirroredStrategy()\n"
    program = read_program(PIPES + strategy + "ds = D.from_tensor_slices((x, y)).batch(8)\n" + loop)
    a, b = tensor_of(program, "a"), tensor_of(program, "b")
    assert (a.shape, b.shape) == ((BATCH, 3), (BATCH,))
    assert (a.role, b.role) == (Role.FEATURES, Role.LABEL)


def test_the_third_of_three_is_the_weight() -> None:
    program = read_program(PIPES + "for a, b, w in D.from_tensor_slices((x, y, y)).batch(8):\n    pass\n")
    assert [tensor_of(program, n).role for n in "abw"] == [Role.FEATURES, Role.LABEL, Role.WEIGHT]


def test_dictionaries_of_features() -> None:
    program = read_program(
        PIPES + "for a, b in D.from_tensor_slices(({'u': x, 'v': column}, y)).batch(8):\n    u, v = a['u'], a['v']\n"
    )
    assert [shape_of(program, n) for n in "uvb"] == [(BATCH, 3), (BATCH, 1), (BATCH,)]
    assert [tensor_of(program, n).role for n in "uvb"] == [Role.FEATURES, Role.FEATURES, Role.LABEL]
    mapped = read_program(PIPES + "for a, b in D.from_tensor_slices((x, y)).map(as_dict).batch(8):\n    u = a['a']\n")
    assert shape_of(mapped, "u") == (BATCH, 3)


def test_generators() -> None:
    program = read_program(
        PIPES
        + """
def make():
    for i in range(10):
        yield np.ones((3,)), 1.0
for a, b in D.from_generator(make, output_types=(tf.float32, tf.float32)).batch(8):
    pass
def batches(size):
    for start in range(0, len(x), size):
        yield x[start:start + size], y[start:start + size]
for c, d in batches(8):
    pass
"""
    )
    assert [shape_of(program, n) for n in "abcd"] == [(BATCH, 3), (BATCH,), (None, 3), (None,)]


def test_a_data_set_that_the_file_does_not_show_still_yields_features_and_labels() -> None:
    program = read_program(
        """
        import tensorflow as tf
        import tensorflow_datasets as tfds
        for a, b in tfds.load("mnist", split="train", as_supervised=True).batch(8):
            pass
        for c, d in tf.data.Dataset.from_generator(anything, tf.float32).batch(8):
            pass
        """
    )
    roles = [tensor_of(program, n).role for n in "abcd"]
    assert roles == [Role.FEATURES, Role.LABEL, Role.FEATURES, Role.LABEL]
    assert shape_of(program, "b") is None


@pytest.mark.parametrize(
    ("pipe", "expected"),
    [
        ("D.from_tensor_slices((x, y)).batch(8)", (8, 100, False)),
        ("D.from_tensor_slices((x, y)).batch(8, drop_remainder=True)", (8, 100, True)),
        ("D.from_tensor_slices((x, y)).batch(8, True)", (8, 100, True)),
        ("D.from_tensor_slices((x, y)).padded_batch(8, None, None, True)", (8, 100, True)),
        ("D.from_tensor_slices((x, y)).shuffle(10).batch(8)", (8, 100, False)),
        ("D.from_tensor_slices((x, y)).take(50).batch(8)", (8, None, False)),
        ("D.from_tensor_slices((x, y)).filter(f).batch(8)", (8, None, False)),
        ("D.from_tensor_slices((x, y)).repeat(3).batch(8)", (8, None, False)),
        ("D.from_tensor_slices(anything).batch(8)", (8, None, False)),
        ("D.from_tensor_slices((x, y)).batch(size)", (16, 100, False)),
        ("D.from_tensor_slices((x, y)).batch(anything)", (None, 100, False)),
    ],
)
def test_batching_is_recorded(pipe: str, expected: tuple[int | None, int | None, bool]) -> None:
    program = read_program(PIPES + f"size = 16\nds = {pipe}\n")
    [event] = program.batchings
    assert isinstance(event, Batching)
    assert (event.size, event.samples, event.drops_remainder) == expected


def test_batches_that_must_have_one_size_are_not_unknown() -> None:
    program = read_program(PIPES + "ds = D.from_tensor_slices((x, y)).batch(8, drop_remainder=True)\n")
    value = value_of(program, "ds")
    assert isinstance(value, Dataset)
    assert (value.batched, value.drops_remainder, value.size) == (True, True, 100)


# Into steps

STEP = """
import numpy as np
import pandas as pd
import tensorflow as tf
from tensorflow import keras
class Model(keras.Model):
    def train_step(self, data):
        keep(data)
        return {}
    def test_step(self, data):
        keep_test(data)
        return {}
def keep(value):
    global kept
    kept = value
def keep_test(value):
    global kept_test
    kept_test = value
kept = kept_test = None
model = Model()
model.compile(optimizer="sgd")
x = np.ones((100, 3))
y = np.ones((100,))
frame = pd.read_csv("data.csv")
ds = tf.data.Dataset.from_tensor_slices((x, y)).batch(8)
"""


@pytest.mark.parametrize(
    ("call", "shapes"),
    [
        ("model.fit(x, y)", [(BATCH, 3), (BATCH,)]),
        ("model.fit(x=x, y=y, epochs=3, batch_size=4)", [(BATCH, 3), (BATCH,)]),
        ("model.fit(x, y[:, None])", [(BATCH, 3), (BATCH, 1)]),
        ("model.fit(x, y, sample_weight=np.ones((100,)))", [(BATCH, 3), (BATCH,), (BATCH,)]),
        ("model.fit(ds)", [(BATCH, 3), (BATCH,)]),
        ("model.fit(ds.map(lambda a, b: (a, b[:, None])), epochs=2)", [(BATCH, 3), (BATCH, 1)]),
        ("model.fit(x, frame['y'])", [(BATCH, 3), (BATCH, 1)]),
        ("model.fit(x, frame['y'].astype('float32'))", [(BATCH, 3), (BATCH, 1)]),
        ("model.fit(x, frame.pop('y'))", [(BATCH, 3), (BATCH, 1)]),
        ("model.fit(x, frame['y'].values)", [(BATCH, 3), (BATCH,)]),
        ("model.fit(x, frame['y'].to_numpy())", [(BATCH, 3), (BATCH,)]),
        ("model.fit(x, frame[['y']])", [(BATCH, 3), (BATCH, 1)]),
        ("model.fit(frame[['a', 'b']], frame['y'])", [(BATCH, 2), (BATCH, 1)]),
        ("model.fit(frame.drop('y', axis=1), frame['y'])", [(BATCH, None), (BATCH, 1)]),
        ("model.train_on_batch(x, y)", [(100, 3), (100,)]),
        ("model.fit(anything, y)", [None, (BATCH,)]),
    ],
)
def test_what_fit_hands_to_the_step(call: str, shapes: list[Shape]) -> None:
    program = read_program(STEP + call + "\na, b, *c = kept\nc = (*c, None)[0]\n")
    names = "abc"[: len(shapes)]
    assert [shape_of(program, name) for name in names] == shapes
    assert tensor_of(program, "b").role is Role.LABEL


@pytest.mark.parametrize(
    ("call", "shapes"),
    [
        ("model.evaluate(x, y)", [(BATCH, 3), (BATCH,)]),
        ("model.evaluate(ds)", [(BATCH, 3), (BATCH,)]),
        ("model.test_on_batch(x, y)", [(100, 3), (100,)]),
        ("model.fit(x, y, validation_data=(x, y[:, None]))", [(BATCH, 3), (BATCH, 1)]),
        ("model.fit(x, y, validation_data=ds)", [(BATCH, 3), (BATCH,)]),
        ("model.fit(x, y[:, None], validation_split=0.2)", [(BATCH, 3), (BATCH, 1)]),
        ("model.fit(x, y, validation_data=[x, y])", [(BATCH, 3), (BATCH,)]),
    ],
)
def test_what_evaluate_hands_to_the_step(call: str, shapes: list[Shape]) -> None:
    program = read_program(STEP + call + "\na, b = kept_test\n")
    assert [shape_of(program, name) for name in "ab"] == shapes


def test_features_alone() -> None:
    program = read_program(STEP + "model.fit(x)\n")
    value = tensor_of(program, "kept")
    assert (value.shape, value.role) == ((BATCH, 3), Role.FEATURES)
