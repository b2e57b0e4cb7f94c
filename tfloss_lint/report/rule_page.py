"""A rule's documentation, for reading: its docstring below a header."""

from __future__ import annotations

import inspect

from tfloss_lint.generation import Generation
from tfloss_lint.rule import Rule


def page(rule: type[Rule]) -> str:
    """The page in Markdown, ended by a line feed."""
    generations = " and ".join(generation.title for generation in Generation if generation in rule.generations)
    header = f"# {rule.code} {rule.name}\n\nSince {rule.since}. Applies to {generations}."
    return f"{header}\n\n{inspect.cleandoc(rule.__doc__ or '')}".rstrip() + "\n"
