"""Runs many programs under the probe in one TensorFlow process: what ``--verify`` does, without a process for each.

``configurations`` is the linter's side of it, ``run_all`` the stack's. ``program.main`` does the same for one program.
"""

from __future__ import annotations

import json
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from runtime_programs import LOAD
from stacks import ROOT, Stack

from tfloss_lint.claim import Fact, PlacedClaim
from tfloss_lint.finding import Finding
from tfloss_lint.generation import BOTH, Generation
from tfloss_lint.lint import lint_source
from tfloss_lint.settings import Settings
from tfloss_lint.source import Source
from tfloss_lint.span import Span
from tfloss_lint.verify.instrument import Instrumented, instrument
from tfloss_lint.verify.site import Site

RULES = sorted(path.stem for path in (ROOT / "rules").glob("*.py") if path.stem not in ("__init__", "unreadable"))
"""The modules of all rules that read a program."""
RUN = (
    LOAD
    + """
import builtins, contextlib, io, json, os, sys, types
import tensorflow as tf
from runtime_checks.probe import keras_hooks, program
from runtime_checks.probe.measures import measures_of
from runtime_checks.probe.execution import Site
from runtime_checks.probe.probe import EnoughError, Probe
from runtime_checks.probe.sites import Sites
from runtime_checks.probe.synthetic import probe_unreached


class Current:
    '''Stands for the probe of the program that is running.'''

    def __getattr__(self, name):
        return getattr(getattr(builtins, program.PROBE), name)


if not hasattr(builtins, "patched"):
    builtins.patched = True
    keras_hooks.leave_code_as_it_is(tf)
    keras_hooks.watch_gradients(tf, Current())
    keras_hooks.patch_loaded(Current())


def run(config):
    tf.keras.backend.clear_session()
    tf.keras.utils.set_random_seed(0)
    tf.config.run_functions_eagerly(True)
    told = {}
    claimed = [Site(**site) for site in config["sites"]]
    measures = {site.id: measures_of(site, 2) for site in claimed}
    sites = Sites(claimed, measures, lambda site, verdict: told.update({str(site): verdict.as_dict()}))
    probe = Probe(sites)
    setattr(builtins, program.PROBE, probe)
    with open("train.py", "w") as file:
        file.write(config["original"])
    module = types.ModuleType("__main__")
    module.__file__ = "train.py"
    saved, sys.modules["__main__"] = sys.modules["__main__"], module
    ended = "finished"
    try:
        exec(program.compile_rewritten(config["text"], config["lines"], "train.py"), vars(module))
    except EnoughError:
        ended = "settled"
    except Exception as error:
        ended = f"{type(error).__name__}: {error}"
    finally:
        sys.modules["__main__"] = saved
    sites.finish(ended == "finished")
    if not sites.settled():
        probe_unreached(probe, 2)
    sites.close(probe.replicated)
    tf.config.run_functions_eagerly(False)
    return {"verdicts": told, "ended": ended}


results = [run(json.loads(config)) for config in CONFIGS]
"""
)


def span_of(text: str, part: str) -> Span:
    """Where a part of a text stands, which it has once."""
    assert text.count(part) == 1, part
    before = text[: text.index(part)]
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    last = part.rsplit("\n", 1)[-1]
    end = len(last) + 1 if "\n" in part else column + len(part)
    return Span(line, column, line + part.count("\n"), end)


def site_of(
    text: str,
    place: str,
    relation: str = "broadcast",
    number: int = 0,
    code: str = "TFL201",
    facts: Mapping[str, Fact] | None = None,
    **operands: str,
) -> Site:
    """A site by the text of its expressions; an operand is looked for inside the place, if it stands there."""

    def find(part: str) -> Span:
        outer = span_of(text, place)
        if part in place and "\n" not in place:
            column = outer.column + place.index(part)
            return Span(outer.line, column, outer.line, column + len(part))
        return span_of(text, part)

    placed = tuple((role, find(part)) for role, part in operands.items())
    claim = PlacedClaim(relation, span_of(text, place), placed, tuple((facts or {}).items()))
    return Site(number, code, claim)


def rewritten(text: str, *sites: Site, first: int = 1) -> Instrumented:
    """What becomes of an indented text with these sites."""
    return instrument(textwrap.dedent(text), sites, first)


@dataclass(frozen=True)
class Configuration:
    """One program, ready to run."""

    name: str
    findings: Sequence[Finding]
    sites: Mapping[int, Finding]
    text: str


@dataclass(frozen=True)
class Outcome:
    """What came of one program: for each finding with a claim its verdict, ``None`` if nothing reached it."""

    name: str
    ended: str
    verdicts: Sequence[tuple[Finding, Mapping[str, Any] | None]]


def configuration(name: str, text: str, target: frozenset[Generation] = BOTH) -> Configuration:
    """Lint a program, and rewrite it for the probe."""
    findings = lint_source(Source("train.py", text), Settings(pedantic=True, target_keras=target), claims=True)
    sites = {number: finding for number, finding in enumerate(findings) if finding.claim is not None}
    placed = [Site(number, f.code, f.claim) for number, f in sites.items() if f.claim is not None]
    return Configuration(name, findings, sites, described(text, placed))


def described(text: str, sites: Sequence[Site]) -> str:
    """What the child process is told of a program, as JSON."""
    found = instrument(text, sites)
    told = [
        {
            "id": site.id,
            "code": site.code,
            "relation": site.claim.relation,
            "facts": dict(site.claim.facts),
            "carriers": list(found.carriers[site.id]),
        }
        for site in sites
    ]
    return json.dumps({"sites": told, "text": found.text, "lines": list(found.lines), "original": text})


def run_texts(stack: Stack, configs: Sequence[str], timeout: float = 500.0) -> list[dict[str, Any]]:
    """Run configurations one after the other in the stack's process."""
    program = RUN.replace("CONFIGS", repr(list(configs)))
    results: list[dict[str, Any]] = stack.run(program, returns=["results"], timeout=timeout)["results"]
    return results


def run_all(stack: Stack, configurations: Sequence[Configuration], timeout: float = 500.0) -> list[Outcome]:
    """Run all programs that have something to measure, one after the other in the stack's process."""
    wanted = [one for one in configurations if one.sites]
    if not wanted:
        return []
    results = run_texts(stack, [one.text for one in wanted], timeout)
    return [
        Outcome(
            one.name,
            result["ended"],
            [(finding, result["verdicts"].get(str(number))) for number, finding in one.sites.items()],
        )
        for one, result in zip(wanted, results)
    ]
