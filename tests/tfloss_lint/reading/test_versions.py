"""Conditions on the version of TensorFlow."""

from __future__ import annotations

import pytest
from readings import read_program, value_of

from tfloss_lint.reading.values import UNKNOWN, Const, Value

HEAD = "import tensorflow as tf\nimport keras\nfrom packaging import version\nfrom packaging.version import Version\n"


def of(expression: str) -> Value:
    return value_of(read_program(f"{HEAD}value = {expression}\n"), "value")


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ('tf.__version__ >= "2.3.0"', True),
        ('tf.__version__ < "2.0"', False),
        ('tf.__version__ == "1.15"', False),
        ('tf.__version__ != "2.7.4"', True),
        ('Version(tf.__version__) > Version("2.3")', True),
        ('version.parse(tf.__version__) <= version.parse("2.3")', False),
        ('Version(tf.__version__) >= "2.3.0"', True),
    ],
)
def test_before_the_oldest_release(condition: str, expected: bool) -> None:
    value = of(condition)
    assert isinstance(value, Const)
    assert value.value is expected


@pytest.mark.parametrize(
    "condition",
    [
        'tf.__version__ >= "2.8"',
        'tf.__version__ < "2.16"',
        'tf.__version__ >= "3"',
        "tf.__version__ >= 2.3",
        "tf.__version__ >= oldest",
        'keras.__version__ >= "2.3"',
        'Version(tf.__version__, True) >= "2.3"',
        'tf.__version__.split(".") >= "2.3"',
        'tf.__version__ in "2.3"',
    ],
)
def test_of_later_releases_nothing_is_known(condition: str) -> None:
    value = of(condition)
    assert value is UNKNOWN or not isinstance(value, Const)
