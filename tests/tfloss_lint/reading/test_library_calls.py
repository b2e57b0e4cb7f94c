"""Names of libraries that the reader knows."""

from __future__ import annotations

import pytest

from tfloss_lint.reading.library_calls import is_known, is_object


@pytest.mark.parametrize(
    ("name", "known", "possible"),
    [
        ("keras.layers.Dense", True, True),
        ("keras.layers.SomethingNew", False, True),
        ("keras.layers.something", False, False),
        ("keras.losses.mean_squared_error", True, False),
        ("keras.losses.Huber", True, True),
        ("keras.Model", True, False),
        ("keras.losses", True, False),
        ("keras", True, False),
        ("tf.reduce_mean", True, False),
        ("numpy.mean", True, False),
        ("os.path", False, False),
    ],
)
def test_names_that_the_reader_knows(name: str, known: bool, possible: bool) -> None:
    assert (is_known(name), is_object(name)) == (known, possible)
