"""Texts with expressions wrapped and lines added: what stays as it is."""

from __future__ import annotations

import ast

from verifying import rewritten
from verifying import site_of as site


def test_without_a_site_the_text_stays() -> None:
    text = "x = 1\n\n\ndef f(a):\n    return a\n"
    found = rewritten(text)
    assert found.text == text
    assert list(found.lines) == [1, 2, 3, 4, 5, 6]


def test_expressions_over_several_lines_keep_their_lines() -> None:
    text = "loss = f(\n    y -\n    p,  # here\n)\nafter = 1\n"
    found = rewritten(text, site(text, "y -\n    p", label="y", prediction="p"))
    assert len(found.text.split("\n")) == len(text.split("\n"))
    assert found.text.split("\n")[4] == "after = 1"
    ast.parse(found.text)
