"""Statements: branches, loops, exceptions, patterns, functions and classes, and what they leave in variables."""

from __future__ import annotations

import pytest
from readings import meeting_shapes, read_program, shape_of, value_of

from tfloss_lint.reading.interpreter import MOST_WORK
from tfloss_lint.reading.values import UNKNOWN, Choice, Class, Const, Function, Object, Sequence, Tensor

HEAD = """
import numpy as np
import tensorflow as tf
from tensorflow import keras
"""


def after(text: str, name: str = "y") -> object:
    """The shape of a variable after a program that makes ``row`` (3,), ``column`` (3, 1) and a ``maybe``."""
    start = "row = np.zeros((3,))\ncolumn = np.zeros((3, 1))\nwide = np.zeros((3, 2))\n"
    return shape_of(read_program(HEAD + start + text), name)


# Branches


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("if maybe:\n    y = row\nelse:\n    y = column\n", None),
        ("if maybe:\n    y = wide\nelse:\n    y = column\n", (3, None)),
        ("if maybe:\n    y = row\nelse:\n    y = np.zeros((3,))\n", (3,)),
        ("y = row\nif maybe:\n    y = column\n", None),
        ("y = row\nif maybe:\n    pass\nelif other:\n    y = column\nelse:\n    y = row\n", None),
        ("y = column\nif maybe:\n    raise ValueError\nelse:\n    y = row\n", (3,)),
        ("if True:\n    y = row\nelse:\n    y = column\n", (3,)),
        ("if 1 > 2:\n    y = row\nelif not False:\n    y = column\nelse:\n    y = wide\n", (3, 1)),
        ("if row.ndim == 1:\n    y = row[:, None]\nelse:\n    y = wide\n", (3, 1)),
        ("if len(row.shape) != 1:\n    y = row\nelse:\n    y = column\n", (3, 1)),
        ("if column.shape[-1] == 1:\n    y = row\nelse:\n    y = column\n", (3,)),
        ("if __name__ == '__main__':\n    y = row\n", (3,)),
        ("y = row if maybe else column\n", None),
        ("y = row if True else column\n", (3,)),
        ("y = maybe and row\n", None),
        ("y = None or row\n", (3,)),
        ("y = maybe or row\n", None),
        ("if (y := row) is not None:\n    y = column\n", (3, 1)),
    ],
)
def test_branches_meet_in_what_both_leave(text: str, shape: object) -> None:
    assert after(text) == shape


def test_a_name_that_one_branch_binds_is_what_it_binds() -> None:
    assert after("if maybe:\n    y = row\n") == (3,)


def test_branches_that_disagree_keep_both_values() -> None:
    program = read_program("x = 'mse' if maybe else 'mae'\n")
    value = value_of(program, "x")
    assert isinstance(value, Choice)
    assert [option.value for option in value.options if isinstance(option, Const)] == ["mse", "mae"]


def test_two_tensors_that_disagree_remember_how_each_is_made() -> None:
    program = read_program(HEAD + "y = np.zeros((3,)) if maybe else tf.ones((3, 2))\n")
    value = value_of(program, "y")
    assert isinstance(value, Tensor)
    assert (value.op, [made.shape for made in value.inputs if isinstance(made, Tensor)]) == ("either", [(3,), (3, 2)])


def test_attributes_set_in_a_branch_may_keep_their_old_value() -> None:
    text = """
    class Box:
        def __init__(self):
            self.y = np.zeros((3,))
        def widen(self):
            self.y = np.zeros((3, 1))
    box = Box()
    if maybe:
        {}
    y = box.y
    """
    for change in ("box.y = np.zeros((3, 1))", "box.widen()"):
        assert shape_of(read_program("import numpy as np\n" + text.format(change).replace("\n    ", "\n")), "y") is None
    assert shape_of(read_program("import numpy as np\n" + text.format("pass").replace("\n    ", "\n")), "y") == (3,)


# Loops


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("y = row\nfor i in range(3):\n    y = y[:, None]\n", None),
        ("y = row\nfor i in range(3):\n    y = y * 2.0\n", (3,)),
        ("y = row\nwhile maybe:\n    y = column\n", (3, 1)),
        ("y = row\nfor i in range(3):\n    if maybe:\n        y = column\n        break\n", None),
        ("y = row\nfor i in range(3):\n    if maybe:\n        continue\n    y = column\n", None),
        ("while True:\n    y = row\n    if maybe:\n        break\n    y = column\n", (3,)),
        ("total = 0.0\nfor i in range(3):\n    total += tf.reduce_mean(row)\ny = total\n", ()),
        ("total = 0\nfor i in range(3):\n    total = total + row\ny = total\n", (3,)),
        ("for i in range(3):\n    y = row\nelse:\n    y = column\n", (3, 1)),
        ("for y in column:\n    pass\n", (1,)),
        ("for y in [row, column]:\n    pass\n", None),
        ("for y in (row, row):\n    pass\n", (3,)),
        ("for i, y in enumerate(column):\n    pass\n", (1,)),
        ("for x, y in zip(row, column):\n    pass\n", (1,)),
        ("for name, y in {'a': row, 'b': row}.items():\n    pass\n", (3,)),
        ("for y in {'a': row}.values():\n    pass\n", (3,)),
    ],
)
def test_loops(text: str, shape: object) -> None:
    assert after(text) == shape


def test_what_a_loop_carries_may_travel_through_several_variables() -> None:
    text = "a = b = c = row\nfor i in range(9):\n    y = a\n    a = b\n    b = c\n    c = column\n"
    assert after(text) is None


def test_a_counter_does_not_stay_at_its_first_value() -> None:
    text = """
    count = 0
    y = row
    for i in range(1000):
        count += 1
        if count % 100 == 0:
            y = column
    """
    assert after(text.replace("\n    ", "\n")) is None


def test_a_flag_that_a_loop_sets_opens_both_branches() -> None:
    text = """
    first = True
    for i in range(9):
        if first:
            y = row
        else:
            y = column
        first = False
    """
    assert after(text.replace("\n    ", "\n")) is None


def test_a_best_value_so_far_is_none_only_at_first() -> None:
    text = """
    best = None
    for i in range(9):
        if best is None:
            y = row
        else:
            y = column
        best = tf.reduce_mean(y)
    """
    assert after(text.replace("\n    ", "\n")) is None


def test_events_of_a_loop_are_recorded_once() -> None:
    program = read_program(
        """
        import tensorflow as tf
        def train(model, batches, y_true, y_pred):
            y = y_true
            for epoch in range(3):
                for batch in batches:
                    loss = tf.square(y - y_pred)
                    y = y_true * 1.0
        """
    )
    assert [meeting.loops for meeting in program.meetings] == [2]


def test_nested_loops_stay_affordable() -> None:
    depth = 14
    lines = ["y = 0.0"]
    for level in range(depth):
        lines.append("    " * level + f"for i{level} in range(3):")
        lines.append("    " * (level + 1) + f"y = y + i{level}")
    lines.append("    " * depth + "z = [y]")
    program = read_program("\n".join(lines) + "\n")
    assert program.interpreter.work < 2 * MOST_WORK


# Exceptions


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("try:\n    y = row\nexcept ValueError:\n    y = column\n", None),
        ("try:\n    y = row\nexcept ValueError:\n    raise\n", (3,)),
        ("try:\n    y = row\nfinally:\n    y = column\n", (3, 1)),
        ("try:\n    x = row\nexcept ValueError:\n    y = column\nelse:\n    y = x\n", None),
        ("try:\n    x = row\nexcept ValueError:\n    x = column\n    raise\nelse:\n    y = x\n", (3,)),
        ("y = row\ntry:\n    y = column\n    f()\nexcept ValueError:\n    y = y * 2\n", None),
        ("y = row\ntry:\n    f()\nexcept* ValueError:\n    y = column\n", None),
        ("try:\n    y = row\nexcept Exception as error:\n    y = error\n", None),
    ],
)
def test_exceptions(text: str, shape: object) -> None:
    assert after(text) == shape


# Patterns


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("y = row\nmatch maybe:\n    case 1:\n        y = column\n", None),
        ("match maybe:\n    case 1:\n        y = row\n    case _:\n        y = column\n", None),
        ("y = wide\nmatch maybe:\n    case 1:\n        y = row\n    case _:\n        y = row\n", (3,)),
        ("y = row\nmatch f():\n    case y:\n        pass\n", None),
        ("match (row, column):\n    case (x, y):\n        pass\n", (3, 1)),
        ("y = row\nmatch f():\n    case {'y': y}:\n        pass\n", None),
        ("y = row\nmatch f():\n    case Point(y=y):\n        pass\n", None),
        ("y = row\nmatch f():\n    case [x, *y]:\n        pass\n", None),
        ("y = row\nmatch f():\n    case (1 | 2) as y if y:\n        pass\n", None),
    ],
)
def test_match(text: str, shape: object) -> None:
    assert after(text) == shape


# Assignments


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("x = y = row\n", (3,)),
        ("x, y = row, column\n", (3, 1)),
        ("(x, y), z = (row, column), 1\n", (3, 1)),
        ("(x, y), = [(row, column)]\n", (3, 1)),
        ("x, *y = row, column, row\n", None),
        ("*x, y = row, row, column\n", (3, 1)),
        ("[x, y] = [row, column]\n", (3, 1)),
        ("x, y = maybe\n", None),
        ("y = row\nx, y = row, column, 1\n", None),
        ("y: tf.Tensor = row\n", (3,)),
        ("y = row\ny: tf.Tensor\n", (3,)),
        ("y = row\ny += column\n", (3, 3)),
        ("y = row\ny **= 2\n", (3,)),
        ("y = row\ny //= 2\n", (3,)),
        ("y = row\ny |= maybe\n", None),
        ("y = row\ndel y\n", None),
        ("y = row\ny[0] = 1.0\n", (3,)),
        ("with open('f') as y:\n    pass\n", None),
        ("with tf.device('cpu'):\n    y = row\n", (3,)),
        ("y = [row][0]\n", (3,)),
        ("box = [row, row]\nbox[0] = column\ny = box[0]\n", (3, 1)),
        ("box = [row, row]\nbox[maybe] = column\ny = box[0]\n", None),
        ("box = [row, row]\nif maybe:\n    box[0] = column\ny = box[0]\n", None),
        ("box = [row]\nbox.insert(0, column)\ny = box[0]\n", (3, 1)),
        ("box = [row]\nbox.extend([column])\ny = box[1]\n", (3, 1)),
        ("box = [row, column]\nx = box.pop()\ny = box[-1]\n", (3,)),
        ("box = [row, column]\nbox.reverse()\ny = box[0]\n", None),
        ("box = []\nfor i in range(3):\n    box.append(row)\ny = box[1]\n", (3,)),
        ("box = []\nif maybe:\n    box.append(column)\nbox.append(row)\ny = box[0]\n", None),
        ("box = [row] + maybe\ny = box[0]\n", (3,)),
        ("box = maybe + [row, column]\ny = box[0]\n", None),
        ("box = [*maybe, row, column]\ny = box[0]\n", None),
        ("box = {'y': row}\nbox['y'] = column\ny = box['y']\n", (3, 1)),
        ("box = {'y': row}\nif maybe:\n    box['y'] = column\ny = box['y']\n", None),
        ("box = {'y': row}\nbox[maybe] = column\ny = box['y']\n", None),
        ("box = {'y': row}\nbox.update(y=column)\ny = box['y']\n", (3, 1)),
        ("box = {'y': row}\nbox.update(maybe)\ny = box['y']\n", None),
        ("box = {'y': row, **maybe}\ny = box['y']\n", None),
        ("box = {**maybe, 'y': row}\ny = box['y']\n", (3,)),
        ("box = {'y': row} | {'y': column}\ny = box['y']\n", (3, 1)),
        ("box = {'x': row}\ny = box.get('y', column)\n", (3, 1)),
        ("box = {'x': row, **maybe}\ny = box.get('y', column)\n", None),
        ("box = dict(y=row)\ny = box.pop('y')\n", (3,)),
        ("box = {'y': row}\nbox.setdefault('y', column)\ny = box['y']\n", (3,)),
    ],
)
def test_assignments(text: str, shape: object) -> None:
    assert after(text) == shape


def test_a_popped_list_knows_its_length() -> None:
    program = read_program(
        "box = [1, 2, 3]\nbox.pop()\nn = len(box)\nfor i in range(2):\n    box.append(i)\nm = len(box)\n"
    )
    assert (value_of(program, "n"), value_of(program, "m")) == (Const(2), UNKNOWN)


# Scopes


def test_a_function_sees_the_names_around_it_when_it_is_called() -> None:
    assert after("def f():\n    return z\nz = row\nx = f()\nz = column\ny = f()\n") == (3, 1)


def test_assignment_in_a_function_is_local() -> None:
    assert after("y = row\ndef f():\n    y = column\nf()\n") == (3,)


def test_global_assignment_is_not() -> None:
    assert after("y = row\ndef f():\n    global y\n    y = column\nf()\n") == (3, 1)


def test_global_assignment_in_a_branch_may_not_happen() -> None:
    assert after("y = row\ndef f():\n    global y\n    if maybe:\n        y = column\nf()\n") is None


def test_nonlocal_assignment() -> None:
    text = (
        "def f():\n    z = row\n    def g():\n        nonlocal z\n        z = column\n    g()\n    return z\ny = f()\n"
    )
    assert after(text) == (3, 1)


def test_a_class_body_is_no_scope_for_its_methods() -> None:
    assert after("z = row\nclass A:\n    z = column\n    def f(self):\n        return z\ny = A().f()\n") == (3,)


def test_comprehensions_have_their_own_scope() -> None:
    assert after("y = row\nx = [y for y in [column]]\n") == (3,)
    assert after("x = [(y := z) for z in [column]]\n") == (3, 1)


def test_a_redefined_function_is_the_last_one() -> None:
    assert after("def f():\n    return row\ndef f():\n    return column\ny = f()\n") == (3, 1)


def test_a_function_defined_in_a_branch_is_one_of_two() -> None:
    assert (
        after("if maybe:\n    def f():\n        return row\nelse:\n    def f():\n        return column\ny = f()\n")
        is None
    )


def test_a_local_name_shadows_a_library() -> None:
    program = read_program("import numpy as np\nclass np:\n    zeros = None\ny = np.zeros((3,))\n")
    assert shape_of(program, "y") is None


# Calls


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("def f(a, b=column):\n    return b\ny = f(row)\n", (3, 1)),
        ("def f(a, b=column):\n    return b\ny = f(row, row)\n", (3,)),
        ("def f(a, b=column):\n    return b\ny = f(b=row, a=1)\n", (3,)),
        ("def f(a, *, b=column):\n    return b\ny = f(1)\n", (3, 1)),
        ("def f(a, /, b):\n    return a\ny = f(row, b=column)\n", (3,)),
        ("def f(*args):\n    return args[1]\ny = f(row, column)\n", (3, 1)),
        ("def f(**kwargs):\n    return kwargs['b']\ny = f(a=row, b=column)\n", (3, 1)),
        ("def f(a, b):\n    return b\ny = f(*(row, column))\n", (3, 1)),
        ("def f(a, b):\n    return b\ny = f(**{'a': row, 'b': column})\n", (3, 1)),
        ("def f(a, b=column):\n    return b\ny = f(*maybe)\n", None),
        ("def f(a, b=column):\n    return b\ny = f(row, *maybe)\n", None),
        ("def f(a, b=column):\n    return a\ny = f(*maybe, row)\n", None),
        ("def f(a, b=column):\n    return b\ny = f(row, **maybe)\n", None),
        ("def f(a, b=column):\n    return a\ny = f(row, **maybe)\n", (3,)),
        ("def f():\n    if maybe:\n        return row\n    return column\ny = f()\n", None),
        ("def f():\n    return row, column\nx, y = f()\n", (3, 1)),
        ("def f():\n    return {'y': column}\ny = f()['y']\n", (3, 1)),
        ("y = (lambda a: a[:, None])(row)\n", (3, 1)),
        ("f = lambda a, b=column: b\ny = f(row)\n", (3, 1)),
        ("from functools import partial\ndef f(a, b):\n    return b\ny = partial(f, row)(column)\n", (3, 1)),
        ("import functools\ndef f(a, b):\n    return a\ny = functools.partial(f, b=row)(column)\n", (3, 1)),
        ("from functools import partial\ny = partial(tf.expand_dims, axis=-1)(row)\n", (3, 1)),
        ("def f(a):\n    return a\ng = tf.function(f)\ny = g(row)\n", (3,)),
        ("@tf.function\ndef f(a):\n    return a\ny = f(row)\n", (3,)),
        ("@tf.function(jit_compile=True)\ndef f(a):\n    return a\ny = f(row)\n", (3,)),
        ("def d(g):\n    return lambda a: g(a)[:, None]\n@d\ndef f(a):\n    return a\ny = f(row)\n", (3, 1)),
        ("@tf.custom_gradient\ndef f(a):\n    return a, None\ny = f(row)\n", None),
        ("import contextlib\n@contextlib.contextmanager\ndef f(a):\n    yield a\ny = f(row)\n", None),
        ("def f():\n    yield row\n    yield row\nfor y in f():\n    pass\n", (3,)),
        ("def f():\n    yield row, column\nfor x, y in f():\n    pass\n", (3, 1)),
        ("def f():\n    yield row\n    yield column\nfor y in f():\n    pass\n", None),
        ("def g():\n    yield column\ndef f():\n    yield from g()\nfor y in f():\n    pass\n", (3, 1)),
        ("def f():\n    yield row\ny = next(f())\n", (3,)),
        ("async def f():\n    return row\ny = f()\n", None),
        ("f = [lambda: row, lambda: column][1]\ny = f()\n", (3, 1)),
        ("f = {'a': lambda: row}['a']\ny = f()\n", (3,)),
        ("f = (lambda: row) if maybe else (lambda: column)\ny = f()\n", None),
        ("f = (lambda: row) if maybe else (lambda: row * 2)\ny = f()\n", (3,)),
        ("x, y = map(lambda a: a[:, None], (row, row))\n", (3, 1)),
        ("y = [a[:, None] for a in (row, row)][1]\n", (3, 1)),
        ("y = list(map(lambda a: a * 2, [row, column]))[0]\n", (3,)),
        ("y = getattr(np, 'zeros')((3, 1))\n", (3, 1)),
        ("y = eval('row')\n", None),
    ],
)
def test_calls(text: str, shape: object) -> None:
    assert after(text) == shape


def test_recursion_ends_in_the_unknown() -> None:
    text = """
    def down(n, y):
        if n == 0:
            return y
        return down(n - 1, y[:, None])
    y = down(2, row)
    """
    assert after(text.replace("\n    ", "\n")) is None


def test_mutual_recursion_too() -> None:
    text = "def a(n):\n    return b(n)\ndef b(n):\n    return a(n)\ny = a(3)\n"
    assert after(text) is None


def test_very_deep_calls_end_in_the_unknown() -> None:
    lines = ["def f0(y):\n    return y\n"] + [f"def f{n}(y):\n    return f{n - 1}(y)\n" for n in range(1, 40)]
    assert after("".join(lines) + "y = f5(row)\n") == (3,)
    assert after("".join(lines) + "y = f39(row)\n") is None


def test_calls_that_double_stay_affordable() -> None:
    lines = ["def f0(y):\n    return y\n"]
    lines += [f"def f{n}(y):\n    return f{n - 1}(y) + f{n - 1}(y) + f{n - 1}(y)\n" for n in range(1, 12)]
    program = read_program("".join(lines) + "z = f11(1)\n" * 20)
    assert program.interpreter.work < 2 * MOST_WORK


# Classes


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("class A:\n    y = row\ny = A.y\n", (3,)),
        ("class A:\n    y = row\ny = A().y\n", (3,)),
        ("class A:\n    def __init__(self, y):\n        self.y = y\ny = A(column).y\n", (3, 1)),
        ("class A:\n    @property\n    def y(self):\n        return column\ny = A().y\n", (3, 1)),
        (
            "from functools import cached_property\nclass A:\n    @cached_property\n    def y(self):\n        return row\ny = A().y\n",
            (3,),
        ),
        ("class A:\n    @staticmethod\n    def f(a):\n        return a\ny = A.f(row)\n", (3,)),
        ("class A:\n    @staticmethod\n    def f(a):\n        return a\ny = A().f(row)\n", (3,)),
        ("class A:\n    y = column\n    @classmethod\n    def f(cls):\n        return cls.y\ny = A.f()\n", (3, 1)),
        ("class A:\n    def f(self, a):\n        return a\ny = A.f(A(), column)\n", (3, 1)),
        ("class A:\n    def __call__(self, a):\n        return a\ny = A()(column)\n", (3, 1)),
        ("class A:\n    def f(self):\n        return row\nclass B(A):\n    pass\ny = B().f()\n", (3,)),
        (
            "class A:\n    def f(self):\n        return row\nclass B(A):\n    def f(self):\n        return super().f()[:, None]\ny = B().f()\n",
            (3, 1),
        ),
        (
            "class A:\n    def f(self):\n        return row\nclass B(A):\n    def f(self):\n        return super(B, self).f()[:, None]\ny = B().f()\n",
            (3, 1),
        ),
        (
            "class A:\n    def f(self):\n        return row\nclass B(A):\n    def f(self):\n        return A.f(self)[:, None]\ny = B().f()\n",
            (3, 1),
        ),
        (
            "class A:\n    def f(self):\n        return self.g()\n    def g(self):\n        return row\nclass B(A):\n    def g(self):\n        return column\ny = B().f()\n",
            (3, 1),
        ),
        (
            "class Base:\n    y = row\nclass A(Base):\n    pass\nclass B(Base):\n    y = column\nclass C(A, B):\n    pass\ny = C().y\n",
            (3, 1),
        ),
        (
            "class Base:\n    def f(self):\n        return row\nclass A(Base):\n    def f(self):\n        return super().f()\nclass B(Base):\n    def f(self):\n        return column\nclass C(A, B):\n    pass\ny = C().f()\n",
            (3, 1),
        ),
        ("class A:\n    pass\na = A()\na.y = row\ny = a.y\n", (3,)),
        ("class A:\n    def __init__(self):\n        self.y = row\na = A()\nb = a\nb.y = column\ny = a.y\n", (3, 1)),
        ("class A:\n    def f(self):\n        return self\n    y = row\ny = A().f().y\n", (3,)),
        ("class A:\n    if maybe:\n        y = row\n    else:\n        y = column\ny = A.y\n", None),
        ("class A(Unknown):\n    pass\ny = A().y\n", None),
        ("a = type('A', (), {})()\ny = a.y\n", None),
        ("class A:\n    def __init__(self):\n        setattr(self, 'y', row)\ny = A().y\n", (3,)),
    ],
)
def test_classes(text: str, shape: object) -> None:
    assert after(text) == shape


def test_classes_that_inherit_in_no_consistent_order_are_read_somehow() -> None:
    text = "class A:\n    y = row\nclass B(A):\n    pass\nclass C(A, B):\n    pass\ny = C.y\n"
    assert after(text) == (3,)


def test_a_class_that_is_its_own_base_in_name_only() -> None:
    assert after("class A:\n    y = row\nclass A(A):\n    pass\ny = A.y\n") == (3,)


def test_a_setter_does_not_replace_its_property() -> None:
    text = (
        "class A:\n    @property\n    def y(self):\n        return row\n"
        "    @y.setter\n    def y(self, value):\n        pass\ny = A().y\n"
    )
    assert after(text) == (3,)


def test_what_nothing_calls_is_executed_all_the_same() -> None:
    program = read_program(
        """
        import tensorflow as tf
        def first(y_true, y_pred):
            def inner(y_true, y_pred):
                return tf.reduce_sum(y_true - y_pred)
            return inner
        class Losses:
            def method(self, y_true, y_pred):
                return y_true - y_pred
            @staticmethod
            def static(y_true, y_pred):
                return y_true - y_pred
            @classmethod
            def of_class(cls, y_true, y_pred):
                return y_true - y_pred
            def makes(self):
                def hidden(y_true, y_pred):
                    return y_true - y_pred
                return hidden
        """
    )
    names = {result.name for result in program.function_results}
    assert names >= {"first", "inner", "method", "static", "of_class", "makes", "hidden"}
    assert len({meeting.node for meeting in program.meetings}) == 5


def test_what_something_calls_is_executed_for_its_arguments_alone() -> None:
    program = read_program(
        """
        import numpy as np
        def error(y_true, y_pred):
            return y_true - y_pred
        error(np.zeros((3,)), np.zeros((3,)))
        """
    )
    assert program.function_results == []
    assert meeting_shapes(program) == []


def test_names_of_kinds() -> None:
    program = read_program("import tensorflow as tf\ndef f():\n    pass\nclass A:\n    pass\na = A()\nt = (1, 2)\n")
    kinds = {name: type(value_of(program, name)) for name in ("f", "A", "a", "t")}
    assert kinds == {"f": Function, "A": Class, "a": Object, "t": Sequence}
