"""pandas: shapes of tables and columns, as read and as they are."""

from __future__ import annotations

import pytest
from readings import misread, read_program, read_shapes, tensor_of
from stacks import Stack

from tfloss_lint.reading.library.frames import is_column
from tfloss_lint.reading.values import Shape

SETUP = """\
import pandas as pd
frame = pd.DataFrame({"a": [1.0, 2.0, 3.0], "b": [0.5, 1.5, 2.5], "y": [0.0, 1.0, 1.0]})
labels = frame.pop("y")
name = frame.columns[0]
"""

SHAPES: dict[str, Shape] = {
    "frame['a']": (None,),
    "frame[['a']]": (None, 1),
    "frame[['a']].values": (None, 1),
    "frame[['a', 'b']].values": (None, 2),
    "frame[['a', 'b']].to_numpy()": (None, 2),
    "frame[name]": None,
    "frame[name].values": None,
    "frame.a": None,
    "frame.values": (None, None),
    "frame.to_numpy()": (None, None),
    "frame['a'].values": (None,),
    "frame['a'].to_numpy()": (None,),
    "frame['a'].values.reshape(-1, 1)": (None, 1),
    "frame['a'].astype('float32')": (None,),
    "frame['a'].map(lambda v: v * 2)": (None,),
    "labels": (None,),
    "labels.values": (None,),
    "labels.to_numpy()[:, None]": (None, 1),
    "np.array(labels)": (None,),
    "np.array(frame)": (None, None),
    "np.asarray(frame[['a']])": (None, 1),
    "frame.iloc[:, -1]": (None,),
    "frame.iloc[:, -1].values": (None,),
    "frame.iloc[:, :-1].values": (None, None),
    "frame.iloc[:, 0:1].values": (None, None),
    "frame.loc[:, 'a']": (None,),
    "frame.loc[:, ['a']].values": (None, 1),
    "frame.iloc[:, len(name)]": None,
    "frame.drop(columns=['a']).values": (None, None),
    "frame.drop('a', axis=1).to_numpy()": (None, None),
    "frame.apply(lambda r: r['a'], axis=1)": None,
    "frame.mean()": None,
    "frame['a'] * 2": (None,),
    "pd.concat([frame, frame]).values": (None, None),
    "pd.concat([labels, labels]).values": None,
    "pd.Series([1.0, 2.0])": (None,),
    "pd.get_dummies(frame).values": (None, None),
    "frame / 2.0": (None, None),
    "(frame[['a']] - frame[['a']].mean()) / frame[['a']].std()": (None, 1),
    "frame[frame['a'] > 1.0]['b']": (None,),
    "frame[['a', 'b']][frame['a'] > 1.0].values": (None, 2),
    "frame[:2]['a']": (None,),
    "frame['a'][:2]": (None,),
    "frame['a'].fillna(0.0).values": (None,),
    "frame['a'].reset_index(drop=True)": (None,),
    "frame['a'].reset_index().values": (None, None),
    "frame[['a']].copy().astype('float32').values": (None, 1),
    "frame[['a']].squeeze()": None,
    "frame['a'].mean()": (),
    "np.mean(frame[['a']])": None,
    "np.log(frame['a'])": (None,),
    "tf.constant(frame['a'])": (None,),
    "tf.convert_to_tensor(frame[['a']])": (None, 1),
}


def test_shapes_as_read() -> None:
    assert read_shapes(SHAPES, SETUP) == SHAPES


def test_shapes_as_they_are(stack: Stack) -> None:
    assert misread(stack, SHAPES, SETUP) == {}


@pytest.mark.parametrize(
    ("expression", "column"),
    [
        ("frame['a']", True),
        ("frame['a'].astype('float32')", True),
        ("frame['a'] * 2.0", True),
        ("-frame['a']", True),
        ("frame['a'][:2]", True),
        ("1.0 - frame['a'] / 2.0", True),
        ("frame['a'].map(abs)", True),
        ("np.log(frame['a'])", None),
        ("frame['a'].values", False),
        ("(frame['a'] * 2.0).values", False),
        ("frame['a'].to_numpy()", False),
        ("np.array(frame['a'])", False),
        ("tf.constant(frame['a'])", False),
        ("frame['a'].values * 2.0", False),
        ("frame['a'].values[:, None]", False),
        ("np.zeros((3,))", False),
        ("tf.expand_dims(frame['a'], -1)", False),
        ("frame[['a']].values[:, 0]", False),
    ],
)
def test_what_is_a_column(expression: str, column: bool | None) -> None:
    program = read_program(f"import numpy as np\nimport tensorflow as tf\n{SETUP}value = {expression}\n")
    assert is_column(tensor_of(program, "value")) is column


COLUMN = """
import numpy as np
import tensorflow as tf
{setup}
series = {{
    expression: isinstance(eval(expression), pd.Series) for expression in {expressions!r}
}}
"""


@pytest.mark.parametrize("stack", ["keras3"], indirect=True)
def test_what_really_is_one(stack: Stack) -> None:
    expressions = {"frame['a'] * 2.0": True, "-frame['a']": True, "frame['a'][:2]": True, "frame['a'].map(abs)": True}
    expressions |= {"np.log(frame['a'])": True, "frame['a'].values": False, "tf.square(frame['a'])": False}
    result = stack.run(COLUMN.format(setup=SETUP, expressions=list(expressions)), returns=("series",))
    assert result["series"] == expressions


def test_tables_stay_tables_where_pandas_keeps_them() -> None:
    assert read_shapes(["(frame / 2.0)['a']", "frame.dropna()['a']", "frame[['a']].head()['a'].values"], SETUP) == {
        "(frame / 2.0)['a']": (None,),
        "frame.dropna()['a']": (None,),
        "frame[['a']].head()['a'].values": (None,),
    }
