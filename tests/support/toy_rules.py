"""A rule pack for the tests of the front ends: tiny rules that find something wherever a metric is updated.

It is installed the way rule packs are: as a distribution with an entry point, found through ``PYTHONPATH``.
"""

from __future__ import annotations

import os
from pathlib import Path

RULES = '''\
"""Rules that find something wherever training code updates a metric or takes a gradient."""

from tfloss_lint.finding import Confidence
from tfloss_lint.generation import Generation
from tfloss_lint.rule import Problem, Rule


class ToyUpdate(Rule):
    """Found at every call of ``update_state``.

    ## What it does

    Marks the call.
    """

    code = "TFL990"
    name = "toy-update"
    since = "0.1.0"

    def check(self, program):
        for event in program.metric_updates:
            yield Problem(event.node, "an `update`", "leave it", Confidence.CERTAIN)


class ToyGradient(Rule):
    """Found at the target of every gradient."""

    code = "TFL991"
    name = "toy-gradient"
    since = "0.1.0"

    def check(self, program):
        for event in program.gradients:
            text = " ".join(sorted(generation.value for generation in program.targets))
            yield Problem(event.target_node, f"a gradient of {program.source(event.target_node)} on {text}",
                          "take it elsewhere", Confidence.LIKELY)


class ToyDoubt(Rule):
    """Found where a gradient is taken, with little confidence."""

    code = "TFL980"
    name = "toy-doubt"
    since = "0.1.0"
    generations = frozenset({Generation.KERAS3})

    def check(self, program):
        for event in program.gradients:
            yield Problem(event.node, "who knows", "look twice", Confidence.POSSIBLE)


class ToyCrash(Rule):
    """Fails where a program says so."""

    code = "TFL970"
    name = "toy-crash"
    since = "0.1.0"

    def check(self, program):
        for event in program.metric_updates:
            if "crash" in program.source(event.node):
                raise ZeroDivisionError("toy")
            if "die" in program.source(event.node):
                import os
                os._exit(3)
        return
        yield
'''

METADATA = "Metadata-Version: 2.1\nName: toy-rules\nVersion: 1.0\n"
ENTRY_POINTS = "[tfloss_lint.rules]\ntoy = toy_pack\n"


def install(folder: Path) -> Path:
    """Write the pack into a folder, which belongs on ``PYTHONPATH`` then."""
    information = folder / "toy_rules-1.0.dist-info"
    information.mkdir(parents=True)
    (folder / "toy_pack.py").write_text(RULES)
    (information / "METADATA").write_text(METADATA)
    (information / "entry_points.txt").write_text(ENTRY_POINTS)
    return folder


def environment(folder: Path, **changes: str) -> dict[str, str]:
    """The environment of a process that sees the pack, and nothing that the user has set up."""
    kept = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "FORCE_COLOR", "COLUMNS")}
    return {**kept, "PYTHONPATH": str(folder), "PYTHONUTF8": "1", **changes}
