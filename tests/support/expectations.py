"""Expected findings, written on the lines that they stand on.

A comment like ``# TFL101: 20, TFL201: 20 (keras2)`` says: on this line TFL101 is found at column 20, and TFL201 too
where the target is Keras 2. ``(possible)`` marks a finding that only ``--pedantic`` shows; ``(keras3, possible)`` is
both. ``(keras3 alone)``: a finding where the target is Keras 3 and nothing else, and a possible one where Keras 3 is
one of two targets. Where a file has such comments, its findings must be these and no others.
"""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Iterator, Set
from dataclasses import dataclass

from tfloss_lint.generation import BOTH, Generation

MARK = re.compile(r"#\s*TFL\d")
ENTRY = r"(TFL\d{3}):\s*(\d+)(?:\s*\(([a-z0-9, ]+)\))?"
COMMENT = re.compile(rf"#\s*{ENTRY}(?:\s*,\s*{ENTRY})*\s*")
POSSIBLE = "possible"
ALONE = " alone"


@dataclass(frozen=True, order=True)
class Place:
    """Where a finding stands and which it is."""

    line: int
    column: int
    code: str


@dataclass(frozen=True)
class Expectation:
    """A finding, and for which targets and with which setting it is shown."""

    place: Place
    generations: frozenset[Generation]
    possible: bool
    alone: bool = False
    """Whether it is possible only where its generation is not the only target."""

    def shown(self, target: Set[Generation], *, pedantic: bool) -> bool:
        possible = self.possible or (self.alone and not target <= self.generations)
        return bool(self.generations & target) and (pedantic or not possible)


def expectations(program: str) -> list[Expectation]:
    """All that a program's comments say. Raises ``ValueError`` for a comment that looks like one and is not."""
    return list(_expectations(program))


def expected_places(program: str, target: Set[Generation] = BOTH, *, pedantic: bool = False) -> list[Place]:
    """The findings that a run must show, in order: with several targets those that hold for one of them."""
    found = _expectations(program)
    return sorted({expectation.place for expectation in found if expectation.shown(target, pedantic=pedantic)})


def _expectations(program: str) -> Iterator[Expectation]:
    for token in tokenize.generate_tokens(io.StringIO(program).readline):
        if token.type != tokenize.COMMENT or not MARK.match(token.string):
            continue
        line = token.start[0]
        if not COMMENT.fullmatch(token.string):
            raise ValueError(f"line {line}: cannot read {token.string!r}")
        for code, column, suffix in re.findall(ENTRY, token.string):
            words = set(re.split(r"\s*,\s*", suffix)) if suffix else set()
            alone = any(word.endswith(ALONE) for word in words)
            words = {word.removesuffix(ALONE) for word in words}
            generations = frozenset(g for g in Generation if g.value in words)
            if words - {POSSIBLE} - {g.value for g in generations}:
                raise ValueError(f"line {line}: cannot read ({suffix})")
            yield Expectation(Place(line, int(column), code), generations or BOTH, POSSIBLE in words, alone)
