"""LibCST's parser, without the checks that are meant for nodes made by hand.

Every LibCST node checks itself when it is made, also those that its own parser makes, of which all pass. That is a
fifth of the time of parsing.
"""

from __future__ import annotations

import libcst as cst

_check = cst.CSTNode.__post_init__
_parsing = False


def parse_module(text: str) -> cst.Module:
    """The program as a LibCST tree. Raises ``SyntaxError``."""
    global _parsing  # noqa: PLW0603 (LibCST offers no other place to say so)
    _parsing = True
    try:
        return cst.parse_module(text)
    except cst.ParserSyntaxError as error:
        raise SyntaxError(error.message) from error
    finally:
        _parsing = False


def _check_unless_parsing(node: cst.CSTNode) -> None:
    # In another thread, nodes that are made meanwhile go unchecked as well; they are the same nodes.
    if not _parsing:
        _check(node)


# Once and for all: to change a class for every parse makes Python forget what it knows of all its subclasses.
cst.CSTNode.__post_init__ = _check_unless_parsing  # type: ignore[method-assign, assignment]
