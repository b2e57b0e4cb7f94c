"""LibCST's parser, without what is meant for trees that are to be changed.

Every LibCST node checks itself when it is made, also those that its own parser makes, of which all pass: a fifth of
the time of parsing. And more than half of all nodes are whitespace, dots and commas, each a node of its own for the
same few texts. Trees that are only read can share these: another tenth.
"""

from __future__ import annotations

import functools
from typing import Any

import libcst as cst

_check = cst.CSTNode.__post_init__
_parsing = False
_SMALL = (cst.SimpleWhitespace, cst.Newline, cst.TrailingWhitespace, cst.Dot, cst.Comma, cst.AssignEqual)
_OWN: dict[str, Any] = {kind.__name__: kind for kind in _SMALL}
_SHARING: dict[str, Any] = {name: functools.lru_cache(maxsize=1024)(kind) for name, kind in _OWN.items()}


def parse_module(text: str) -> cst.Module:
    """The program as a LibCST tree, in which equal whitespace, dots and commas are one node. Raises ``SyntaxError``."""
    global _parsing  # noqa: PLW0603 (LibCST offers no other place to say so)
    _parsing = True
    # The native parser looks the class of every node up there.
    vars(cst).update(_SHARING)
    try:
        return cst.parse_module(text)
    except cst.ParserSyntaxError as error:
        raise SyntaxError(error.message) from error
    finally:
        vars(cst).update(_OWN)
        _parsing = False


def _check_unless_parsing(node: cst.CSTNode) -> None:
    # In another thread, nodes that are made meanwhile go unchecked as well; they are the same nodes.
    if not _parsing:
        _check(node)


# Once and for all: to change a class for every parse makes Python forget what it knows of all its subclasses.
cst.CSTNode.__post_init__ = _check_unless_parsing  # type: ignore[method-assign, assignment]
