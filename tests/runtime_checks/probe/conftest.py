"""What the tests share that run programs under the probe."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from stacks import Stack, all_stacks

pytest.register_assert_rewrite("measure_cases")


@pytest.fixture(scope="session")
def probed_stacks() -> Iterator[dict[str, Stack]]:
    """Processes apart from those of the fixture ``stacks``: the probe stays in them."""
    every = all_stacks()
    yield every
    for stack in every.values():
        stack.close()


@pytest.fixture
def probed_stack(stack: Stack, probed_stacks: dict[str, Stack]) -> Stack:
    """What ``stack`` is, in a process for programs that run under the probe; see ``run_texts`` in ``verifying.py``."""
    return probed_stacks[stack.name]
