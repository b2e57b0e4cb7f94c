"""The processes that the tests of all measures share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from stacks import Stack, all_stacks

pytest.register_assert_rewrite("measure_cases")


@pytest.fixture(scope="session")
def probed_stacks() -> Iterator[dict[str, Stack]]:
    """Processes apart from those of the fixture ``stacks``: the probe stays in them.

    They are for the programs of measures alone. TensorFlow numbers the reductions of a strategy anew in every program,
    but remembers their shapes until the process ends: a program with other shapes than one before it is aborted.
    """
    every = all_stacks()
    yield every
    for stack in every.values():
        stack.close()


@pytest.fixture
def probed_stack(stack: Stack, probed_stacks: dict[str, Stack]) -> Stack:
    """What ``stack`` is, in a process where the probe may stay."""
    return probed_stacks[stack.name]
