"""The comments are read as their module says, and a slip in one does not pass for no expectation."""

from __future__ import annotations

import pytest
from expectations import Expectation, Place, expectations, expected_places

from tfloss_lint.generation import BOTH, Generation

KERAS2, KERAS3 = frozenset({Generation.KERAS2}), frozenset({Generation.KERAS3})

PROGRAM = """\
a = 1  # TFL101: 20, TFL201: 7 (keras2), TFL202: 3
b = "# TFL999: 1"  # a comment on TFL101
c = 3  # TFL303: 12 (keras3, possible)
d = 4  # TFL304: 1 (possible)
"""


def test_entries_and_suffixes() -> None:
    assert expectations(PROGRAM) == [
        Expectation(Place(1, 20, "TFL101"), BOTH, False),
        Expectation(Place(1, 7, "TFL201"), KERAS2, False),
        Expectation(Place(1, 3, "TFL202"), BOTH, False),
        Expectation(Place(3, 12, "TFL303"), KERAS3, True),
        Expectation(Place(4, 1, "TFL304"), BOTH, True),
    ]


def test_what_a_run_shows() -> None:
    first = [Place(1, 3, "TFL202"), Place(1, 20, "TFL101")]
    broadcast, third, fourth = Place(1, 7, "TFL201"), Place(3, 12, "TFL303"), Place(4, 1, "TFL304")
    assert expected_places(PROGRAM) == sorted([*first, broadcast])
    assert expected_places(PROGRAM, KERAS2) == sorted([*first, broadcast])
    assert expected_places(PROGRAM, KERAS3) == first
    assert expected_places(PROGRAM, KERAS3, pedantic=True) == [*first, third, fourth]
    assert expected_places(PROGRAM, KERAS2, pedantic=True) == sorted([*first, broadcast, fourth])


@pytest.mark.parametrize(
    "comment", ["# TFL201", "# TFL201: x", "# TFL201: 3 TFL202: 4", "# TFL201: 3 (keras4)", "#TFL20: 3"]
)
def test_a_slip_is_an_error(comment: str) -> None:
    with pytest.raises(ValueError, match="line 1: cannot read"):
        expectations(f"a = 1  {comment}")


def test_a_finding_that_needs_the_target_to_be_alone() -> None:
    program, places = "a = 1  # TFL501: 5 (keras3 alone)", [Place(1, 5, "TFL501")]
    assert expected_places(program, KERAS3) == places
    assert expected_places(program, BOTH) == []
    assert expected_places(program, BOTH, pedantic=True) == places
    assert expected_places(program, KERAS2, pedantic=True) == []
