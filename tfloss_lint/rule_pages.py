"""The rules' documentation: each class docstring read as a page of fixed sections, and ``rules/README.md`` from all.

``python -m tfloss_lint.rule_pages`` prints the README; ``make docs`` keeps it.
"""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tfloss_lint.generation import Generation
from tfloss_lint.registry import BUILT_IN, all_rules
from tfloss_lint.rule import Rule

EXAMPLE, USE_INSTEAD = "Example", "Use instead"
HEADINGS = (
    "What it does",
    "Why it is wrong",
    EXAMPLE,
    USE_INSTEAD,
    "Confidence",
    "What it deliberately does not see",
    "References",
)
"""The sections of every page, in this order."""

PREFACE = """\
# Rules

One file per rule, named after it. Its documentation is the docstring of its class; `make docs` writes this page from
all of them, and `tfloss-lint rule CODE` prints one. Every program below runs: the tests execute it on Keras 3, on
`tf_keras` and on Keras 2.8, and compare what it computes, `as_written`, with what is meant, `reference`. A comment such
as `# TFL201: 46` names the finding that the linter has on this line, and its column; `(keras2)` and `(keras3)` say that
it holds on one generation only."""

_HEADING = re.compile(r"^## (.+)$")
_FENCE = re.compile(r"^```(\w*)$")


class PageError(ValueError):
    """A docstring that is not a page; the text names the rule and what is missing."""


@dataclass(frozen=True, slots=True)
class Page:
    """One rule's documentation."""

    code: str
    name: str
    since: str
    generations: frozenset[Generation]
    summary: str
    """The first line: one sentence."""
    sections: Mapping[str, str]
    """Markdown by heading, in the order of ``HEADINGS``."""

    @property
    def wrong(self) -> tuple[str, ...]:
        """The programs that show the mistake."""
        return programs(self.sections[EXAMPLE])

    @property
    def right(self) -> tuple[str, ...]:
        """The programs that show what to write instead."""
        return programs(self.sections[USE_INSTEAD])


def page_of(rule: type[Rule]) -> Page:
    """Read a rule's docstring. Raises ``PageError`` where it is not a page."""
    summary, _, body = inspect.cleandoc(rule.__doc__ or "").partition("\n")
    sections = _sections(body)
    if not summary:
        raise PageError(f"{rule.code} {rule.name}: there is no docstring")
    if tuple(sections) != HEADINGS:
        raise PageError(f"{rule.code} {rule.name}: the sections are {', '.join(sections)}; not {', '.join(HEADINGS)}")
    for heading, text in sections.items():
        if not text:
            raise PageError(f"{rule.code} {rule.name}: nothing stands under {heading}")
    return Page(rule.code, rule.name, rule.since, rule.generations, summary, sections)


def _sections(body: str) -> dict[str, str]:
    """Markdown by second-level heading; what looks like one inside a program is none."""
    lines: dict[str, list[str]] = {}
    current: list[str] = []
    fenced = False
    for line in body.splitlines():
        if _FENCE.match(line):
            fenced = not fenced
        heading = None if fenced else _HEADING.match(line)
        if heading:
            current = lines.setdefault(heading[1], [])
        else:
            current.append(line)
    return {heading: "\n".join(text).strip() for heading, text in lines.items()}


def programs(markdown: str) -> tuple[str, ...]:
    """The Python programs of a section: the contents of its code fences with the language ``python``."""
    found: list[str] = []
    language: str | None = None
    lines: list[str] = []
    for line in markdown.splitlines():
        fence = _FENCE.match(line)
        if fence is None:
            lines.append(line)
        elif language is None:
            language, lines = fence[1], []
        else:
            if language == "python":
                found.append("\n".join(lines) + "\n")
            language = None
    return tuple(found)


def readme(rules: Iterable[type[Rule]]) -> str:
    """The text of ``rules/README.md``: a table of the rules, then their pages."""
    pages = [page_of(rule) for rule in rules]
    table = ["| code | name | Keras | what is wrong |", "|---|---|---|---|"]
    table += [f"| [{page.code}](#{_anchor(page)}) | {page.name} | {_keras(page)} | {page.summary} |" for page in pages]
    return "\n\n".join([PREFACE, "\n".join(table), *map(_markdown, pages)]) + "\n"


def _keras(page: Page) -> str:
    return " and ".join(generation.value[-1] for generation in Generation if generation in page.generations)


def _anchor(page: Page) -> str:
    return f"{page.code}-{page.name}".lower()


def _markdown(page: Page) -> str:
    parts = [f"## {page.code} {page.name}", f"{page.summary} (Since {page.since}.)"]
    for heading, text in page.sections.items():
        parts += [f"### {heading}", text]
    return "\n\n".join(parts)


def built_in_rules() -> tuple[type[Rule], ...]:
    """The rules of this distribution, by code, without those of installed rule packs."""
    return tuple(rule for rule in all_rules() if rule.__module__.startswith(f"{BUILT_IN}."))


def main() -> int:
    """Print ``rules/README.md``."""
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    sys.stdout.write(readme(built_in_rules()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
