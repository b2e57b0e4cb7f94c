"""Reading small programs in tests, and holding what the reader says of shapes against what really runs.

``read_program`` reads a text; ``value_of`` and ``shape_of`` look at its variables; ``place`` says where a node stands.
A table of expressions and expected shapes is checked twice: ``read_shapes`` asks the reader, ``misread`` runs the same
expressions on a TensorFlow stack and compares.
"""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import libcst as cst
from stacks import Stack

from tfloss_lint.generation import BOTH, Generation
from tfloss_lint.positions import Positions
from tfloss_lint.program import Program
from tfloss_lint.reading.events import Meeting
from tfloss_lint.reading.library.table import as_tensor
from tfloss_lint.reading.read import read
from tfloss_lint.reading.values import UNKNOWN, Shape, Tensor, Value
from tfloss_lint.source import split_lines

IMPORTS = """\
import math
import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import backend as K
"""


@dataclass(frozen=True)
class WholeProgram(Program):
    """The program of a text, of which nothing is left out."""

    module: cst.Module


def read_program(text: str, targets: frozenset[Generation] = BOTH) -> WholeProgram:
    """The program of a whole text."""
    text = textwrap.dedent(text)
    module = cst.parse_module(text)
    return WholeProgram(read([module]), targets, text, module)


def value_of(program: Program, name: str) -> Value:
    """What a variable of the module holds at the end; ``UNKNOWN`` when nothing binds it."""
    return program.interpreter.module.names.get(name, UNKNOWN)


def tensor_of(program: Program, name: str) -> Tensor:
    """A variable that is a tensor."""
    value = value_of(program, name)
    assert isinstance(value, Tensor), f"{name} is {value!r}"
    return value


def shape_of(program: Program, name: str) -> Shape:
    """The shape of a variable; ``None`` where the reader does not know it."""
    tensor = as_tensor(value_of(program, name))
    return None if tensor is None else tensor.shape


def meeting_shapes(program: Program) -> list[tuple[Shape, Shape]]:
    """The shapes of label and prediction at every meeting, in order."""
    return [(meeting.label.shape, meeting.prediction.shape) for meeting in program.meetings]


def meeting(program: Program) -> Meeting:
    """The only meeting."""
    [only] = program.meetings
    return only


def place(program: WholeProgram, node: cst.CSTNode) -> tuple[int, int]:
    """The 1-based line and column of a node of the program."""
    code = program.module.code
    positions = Positions([(program.module, ast.parse(code).body)], split_lines(code))
    span = positions.span(node, program.interpreter.statement_of(node))
    return span.line, span.column


def read_shapes(expressions: Collection[str], setup: str = "") -> dict[str, Shape]:
    """What the reader says of the shapes of some expressions, each read after ``setup``."""
    names = {expression: f"value_{at}" for at, expression in enumerate(expressions)}
    lines = [f"{name} = {expression}\n" for expression, name in names.items()]
    program = read_program(IMPORTS + textwrap.dedent(setup) + "".join(lines))
    return {expression: shape_of(program, name) for expression, name in names.items()}


def misread(stack: Stack, said: Mapping[str, Shape], setup: str = "") -> dict[str, object]:
    """Run the expressions: those of another shape than said, with the real one, and those that raise, with the error.

    A symbol stands for a length that the file does not show. Keras 2 has no ``keras.ops``.
    """
    runnable = [e for e in said if stack.generation is Generation.KERAS3 or "keras.ops" not in e]
    program = IMPORTS + textwrap.dedent(setup) + MEASURE.format(expressions=runnable)
    returned = stack.run(program, returns=("shapes", "errors"))
    real = {expression: tuple(shape) for expression, shape in returned["shapes"].items()}
    return returned["errors"] | {e: shape for e, shape in real.items() if not agrees(said[e], shape)}


MEASURE = """
shapes, errors = {{}}, {{}}
for _expression in {expressions!r}:
    try:
        shapes[_expression] = [int(n) for n in np.shape(eval(_expression))]
    except Exception as error:
        errors[_expression] = repr(error)
"""


def agrees(said: Shape, real: tuple[int, ...]) -> bool:
    """Whether a real shape is one of those that the reader's shape stands for."""
    if said is None:
        return True
    return len(said) == len(real) and all(not isinstance(a, int) or a == b for a, b in zip(said, real))
