"""Fixtures that all tests share."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from stacks import STACK_NAMES, Stack, StackMissing, all_stacks


@pytest.fixture(scope="session")
def stacks() -> Iterator[dict[str, Stack]]:
    """The TensorFlow stacks by name; each starts when it is first asked to run something."""
    every = all_stacks()
    yield every
    for stack in every.values():
        stack.close()


@pytest.fixture(params=STACK_NAMES)
def stack(request: pytest.FixtureRequest, stacks: dict[str, Stack]) -> Stack:
    """A TensorFlow stack that is installed; see ``stacks.py`` for how to use and to choose it."""
    chosen = stacks[request.param]
    try:
        chosen.locate()
    except StackMissing as missing:
        if os.environ.get("TFLOSS_REQUIRE_STACKS") == "1":
            pytest.fail(f"{chosen.name}: {missing}", pytrace=False)
        pytest.skip(f"{chosen.name}: {missing}")
    return chosen


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what runs programs on TensorFlow, so that ``-m "not tensorflow"`` leaves the tests that need none."""
    for item in items:
        if "stacks" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.tensorflow)
