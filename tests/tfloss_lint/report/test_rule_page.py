from __future__ import annotations

from tfloss_lint.generation import Generation
from tfloss_lint.report.rule_page import page
from tfloss_lint.rule import Rule


class Documented(Rule):
    """What it is about.

    ## Example

        x = 1
    """

    code = "TFL999"
    name = "documented"
    since = "0.1.0"


class Silent(Rule):
    code = "TFL998"
    name = "silent"
    since = "0.2.0"
    generations = frozenset({Generation.KERAS3})


Silent.__doc__ = None


def test_page() -> None:
    assert page(Documented) == (
        "# TFL999 documented\n\nSince 0.1.0. Applies to Keras 2 and Keras 3.\n\n"
        "What it is about.\n\n## Example\n\n    x = 1\n"
    )
    assert page(Silent) == "# TFL998 silent\n\nSince 0.2.0. Applies to Keras 3.\n"
