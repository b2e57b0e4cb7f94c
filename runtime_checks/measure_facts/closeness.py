"""Whether two measured numbers count as the same."""

from typing import Optional


def close(one: float, other: float) -> bool:
    """Whether two numbers differ by no more than rounding."""
    return abs(one - other) <= 1e-5 * max(1.0, abs(one), abs(other))


def same(one: Optional[float], other: Optional[float]) -> bool:
    """Whether both attempts came to the same number; an error is the same as nothing."""
    return one is not None and other is not None and close(one, other)
