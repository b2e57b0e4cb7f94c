"""Replaces functions, and methods of classes for a while, in one thread only."""

from __future__ import annotations

import contextlib
import functools
import inspect
import threading
from typing import Any, Callable, Iterable, Iterator

Around = Callable[..., Any]
"""Called as ``around(original, self, *args, **kwargs)`` instead of ``original(self, *args, **kwargs)``."""


def in_place_of(function: Callable[..., Any]) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Decorate what stands in for a function of the user's: ``functools.wraps``, with the parameters for all to see.

    Keras 2 asks which parameters a model's ``call`` has, and does not look at what a wrapper wraps.
    """

    def dress(wrapper: Callable[..., Any]) -> Callable[..., Any]:
        functools.update_wrapper(wrapper, function)
        wrapper.__signature__ = inspect.signature(function)  # type: ignore[attr-defined]
        return wrapper

    return dress


@contextlib.contextmanager
def around(classes: Iterable[type], name: str, replacement: Around) -> Iterator[None]:
    """Call ``replacement`` instead of a method, in all of these classes that define it, and in this thread only."""
    thread = threading.get_ident()
    with contextlib.ExitStack() as stack:
        for owner in classes:
            if name in vars(owner):
                original = vars(owner)[name]
                setattr(owner, name, _wrapped(original, replacement, thread))
                stack.callback(setattr, owner, name, original)
        yield


def _wrapped(original: Any, replacement: Around, thread: int) -> Any:
    if isinstance(original, property):
        getter = original.fget

        def read(self: Any) -> Any:
            return replacement(getter, self) if threading.get_ident() == thread else getter(self)  # type: ignore[misc]

        return property(read, original.fset, original.fdel, original.__doc__)

    @functools.wraps(original)
    def call(self: Any, *args: Any, **kwargs: Any) -> Any:
        if threading.get_ident() != thread:
            return original(self, *args, **kwargs)
        return replacement(original, self, *args, **kwargs)

    return call


def with_subclasses(roots: Iterable[type]) -> list[type]:
    """The classes and everything that inherits from them."""
    found: list[type] = []
    waiting = list(roots)
    while waiting:
        owner = waiting.pop()
        if owner not in found:
            found.append(owner)
            waiting.extend(type.__subclasses__(owner))
    return found
