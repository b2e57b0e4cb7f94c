"""LibCST's parser, without the checks that are meant for nodes made by hand.

Every LibCST node checks itself when it is made, also those that its own parser makes, of which all pass. That is a
fifth of the time of parsing.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import libcst as cst

_check = cst.CSTNode.__post_init__


def parse_module(text: str) -> cst.Module:
    """The program as a LibCST tree. Raises ``SyntaxError``."""
    try:
        with _unchecked():
            return cst.parse_module(text)
    except cst.ParserSyntaxError as error:
        raise SyntaxError(error.message) from error


@contextmanager
def _unchecked() -> Iterator[None]:
    # In another thread, nodes that are made meanwhile go unchecked as well; they are the same nodes.
    cst.CSTNode.__post_init__ = _pass  # type: ignore[assignment]
    try:
        yield
    finally:
        cst.CSTNode.__post_init__ = _check  # type: ignore[method-assign]


def _pass(node: cst.CSTNode) -> None:
    """Find nothing wrong with the node."""
