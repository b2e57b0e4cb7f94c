"""The stacks run programs apart from each other, and tell honestly what went wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
from stacks import ProgramError, Stack, StackFailed, StackMissing, all_stacks

from tfloss_lint.generation import Generation

VERSIONS = {"keras3": ("keras", "3."), "tf_keras": ("tf_keras", "2."), "keras2_8": ("keras", "2.8.")}


def test_each_stack_is_what_its_name_says(stack: Stack) -> None:
    result = stack.run("import tensorflow as tf\nseen = tf.keras.Model.__module__", returns=["seen"])
    package, version = VERSIONS[stack.name]
    assert result["seen"].split(".")[0] == stack.versions["keras_package"] == package
    assert stack.versions["keras"].startswith(version)
    assert stack.generation is (Generation.KERAS3 if version == "3." else Generation.KERAS2)


def test_values_come_back_as_plain_data(stack: Stack) -> None:
    program = """
import numpy as np
import tensorflow as tf
from tensorflow import keras

number = np.float32(0.5)
array = np.arange(4).reshape(2, 2)
tensor = tf.constant([[1.0, 2.0]])
variable = tf.Variable([True])
weight = keras.layers.Dense(1, kernel_initializer="ones")
weight.build((None, 2))
kernel = weight.kernel
text = tf.constant("é")
nested = {"a": [tensor, None], 2: (1, "x")}
not_a_number = float("nan")
print("out", __name__)
tf.print("err")
"""
    names = ["number", "array", "tensor", "variable", "kernel", "text", "nested", "not_a_number"]
    result = stack.run(program, returns=names)
    not_a_number = result.pop("not_a_number")
    assert not_a_number != not_a_number
    assert result == {
        "number": 0.5,
        "array": [[0, 1], [2, 3]],
        "tensor": [[1.0, 2.0]],
        "variable": [True],
        "kernel": [[1.0], [1.0]],
        "text": "é",
        "nested": {"a": [[[1.0, 2.0]], None], "2": [1, "x"]},
    }
    assert result.stdout == "out __main__\n"
    assert "err" in result.stderr


RANDOM = """
import random
import numpy as np
import tensorflow as tf
from tensorflow import keras
weight = keras.layers.Dense(2)
weight.build((None, 2))
as_written = [random.random(), np.random.rand(), tf.random.uniform([]), weight.kernel]
"""


def test_a_program_repeats_and_a_seed_changes_it(stack: Stack) -> None:
    first, again, other = (stack.run(RANDOM, returns=["as_written"], seed=seed) for seed in (1, 1, 2))
    assert first == again
    assert all(a != b for a, b in zip(first["as_written"], other["as_written"]))


def test_nothing_of_one_program_reaches_the_next(stack: Stack) -> None:
    stack.run(
        "import tensorflow as tf\nleft_over = 1\ntf.config.run_functions_eagerly(True)\n"
        "tf.keras.mixed_precision.set_global_policy('mixed_float16')\ntf.keras.backend.set_floatx('float64')\n"
        "open('left_over', 'w').close()",
        returns=[],
    )
    result = stack.run(
        "import os, tensorflow as tf\nnames = [n for n in globals() if n == 'left_over'] + os.listdir('.')\n"
        "eager = tf.config.functions_run_eagerly()\npolicy = tf.keras.mixed_precision.global_policy().name\n"
        "floatx = tf.keras.backend.floatx()",
        returns=["names", "eager", "policy", "floatx"],
    )
    assert result == {"names": ["program.py"], "eager": False, "policy": "float32", "floatx": "float32"}


def test_autograph_reads_the_source_of_a_program(stack: Stack) -> None:
    """A Python ``if`` on a tensor becomes part of a graph only where AutoGraph finds the program's text."""
    program = """
import tensorflow as tf

@tf.function
def sign(x):
    if tf.reduce_sum(x) > 0.0:
        answer = 1.0
    else:
        answer = -1.0
    return answer

seen = [sign(tf.constant(3.0)), sign(tf.constant(-3.0))]
"""
    assert stack.run(program, returns=["seen"])["seen"] == [1.0, -1.0]


def test_a_raising_program_tells_where(stack: Stack) -> None:
    with pytest.raises(ProgramError) as caught:
        stack.run("x = 1\nprint('before')\nraise LookupError('no such row')", filename="train.py")
    assert caught.value.exception == "LookupError"
    assert caught.value.stdout == "before\n"
    assert 'train.py", line 3' in str(caught.value)
    assert "no such row" in str(caught.value)


@pytest.mark.parametrize("stack", ["keras3"], indirect=True)
def test_other_failures_name_their_reason(stack: Stack) -> None:
    with pytest.raises(ProgramError, match="leaves no variable 'reference'"):
        stack.run("as_written = 1")
    with pytest.raises(ProgramError, match="as_written is a object"):
        stack.run("as_written = object()", returns=["as_written"])
    with pytest.raises(ProgramError, match="SyntaxError"):
        stack.run("as_written =")
    with pytest.raises(ProgramError, match="SystemExit"):
        stack.run("raise SystemExit(3)")


@pytest.mark.parametrize("stack", ["keras3"], indirect=True)
def test_a_dead_or_hanging_process_is_replaced(stack: Stack) -> None:
    with pytest.raises(StackFailed, match=r"program.py on keras3: the process died \(status 7\)"):
        stack.run("import os\nos._exit(7)")
    with pytest.raises(StackFailed, match="no answer in 1 s"):
        stack.run("import time\ntime.sleep(60)", timeout=1)
    assert stack.run("as_written = 1", returns=["as_written"]) == {"as_written": 1}


def test_a_wrong_path_is_an_error_and_an_absent_stack_is_missing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    stacks = all_stacks()
    monkeypatch.setenv("TFLOSS_STACK_KERAS3", str(tmp_path / "nowhere"))
    with pytest.raises(StackFailed, match=r"TFLOSS_STACK_KERAS3=.*nowhere: there is no such file"):
        stacks["keras3"].run("")
    monkeypatch.delenv("TFLOSS_STACK_KERAS3")
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    for name in ("keras3", "tf_keras"):
        with pytest.raises(StackMissing, match=r"tensorflow and .*keras are not installed here"):
            stacks[name].run("")
    monkeypatch.delenv("TFLOSS_STACK_KERAS2_8", raising=False)
    monkeypatch.setattr("stacks.ROOT", tmp_path)
    with pytest.raises(StackMissing, match=r"no TensorFlow 2\.8"):
        stacks["keras2_8"].run("")
