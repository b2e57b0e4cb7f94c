"""Calls that may fail: what a stack refuses is a fact, too."""

from typing import Any, Callable, Optional

from .tensors import mean


def tried(function: Callable[..., Any], *operands: Any) -> Any:
    """The result, or ``None`` after an error: whatever the error is, a user of Keras gets it too."""
    try:
        return function(*operands)
    except Exception:  # noqa: BLE001
        return None


def attempt(function: Callable[..., Any], *operands: Any) -> Optional[float]:
    """The mean of the result, or ``None`` after an error."""
    value = tried(function, *operands)
    return None if value is None else mean(value)
