"""Members and arguments that a class of Keras may have or not have, where the program uses them."""

from __future__ import annotations

import functools
import inspect
from dataclasses import dataclass
from typing import Any, Callable

MISSING = object()


@dataclass
class Use:
    """One use of a member or an argument, and what came of it."""

    site: int
    name: str
    owner: Any = MISSING
    """What has the member, or what is called with the argument."""
    error: Exception | None = None
    """What the access or the call raised."""
    result: Any = None
    arguments: Any = None
    """What is called with the argument gets these, positional and named; ``None`` for a member."""


def read(tell: Callable[[Use], None], use: Use, get: Callable[[], Any]) -> Any:
    """Read a member."""
    try:
        value = get()
    except Exception as error:
        use.error = error
        tell(use)
        raise
    tell(use)
    return value


def watched(tell: Callable[[Use], None], use: Use, get: Callable[[], Any]) -> Any:
    """What is called: a member, or something that gets the argument. It tells of its calls."""
    try:
        function = get()
    except Exception as error:
        use.error = error
        tell(use)
        raise

    @functools.wraps(function, updated=())
    def call(*args: Any, **kwargs: Any) -> Any:
        if use.name in kwargs:
            use.owner, use.arguments = function, (args, kwargs)
        try:
            use.result = function(*args, **kwargs)
        except Exception as error:
            use.error = error
            tell(use)
            raise
        tell(use)
        return use.result

    return call


def has(owner: Any, name: str) -> bool | None:
    """Whether an object has a member by itself; ``None`` where the program may have given it one."""
    if inspect.getattr_static(type(owner), name, MISSING) is not MISSING:
        return True
    if name in getattr(owner, "__dict__", {}):
        return None
    try:
        getattr(owner, name)
    except AttributeError:
        return False
    return True


def takes(function: Any, name: str) -> bool | None:
    """Whether a function has an argument of this name; ``None`` if it takes whatever it gets."""
    try:
        parameters = inspect.signature(function).parameters
    except (TypeError, ValueError):
        return None
    if name in parameters:
        return True
    return None if any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters.values()) else False


def is_disabled(error: Exception | None, name: str) -> bool:
    """Whether a method itself says that it is not implemented, and nothing that it has called."""
    traceback = error.__traceback__ if isinstance(error, NotImplementedError) else None
    while traceback is not None and traceback.tb_next is not None:
        traceback = traceback.tb_next
    return traceback is not None and traceback.tb_frame.f_code.co_name == name
