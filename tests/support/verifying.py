"""Runs many programs under the probe in one TensorFlow process: what ``--verify`` does, without a process for each.

``configurations`` is the linter's side of it, ``run_all`` the stack's. ``program.main`` does the same for one program.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from runtime_programs import LOAD
from stacks import Stack

from tfloss_lint.finding import Finding
from tfloss_lint.generation import BOTH, Generation
from tfloss_lint.lint import lint_source
from tfloss_lint.settings import Settings
from tfloss_lint.source import Source
from tfloss_lint.verify.instrument import instrument
from tfloss_lint.verify.site import Site

RUN = (
    LOAD
    + """
import builtins, contextlib, io, json, os, sys, types
import tensorflow as tf
from runtime_checks.probe import keras_hooks, program
from runtime_checks.probe.measures import measures_of
from runtime_checks.probe.sites import EnoughError, Probe, Site
from runtime_checks.probe.synthetic import probe_unreached


class Current:
    '''Stands for the probe of the program that is running.'''

    def __getattr__(self, name):
        return getattr(getattr(builtins, program.PROBE), name)


if not hasattr(builtins, "patched"):
    builtins.patched = True
    keras_hooks.leave_code_as_it_is(tf)
    keras_hooks.patch_loaded(Current())


def run(config):
    tf.keras.backend.clear_session()
    tf.keras.utils.set_random_seed(0)
    tf.config.run_functions_eagerly(True)
    told = {}
    sites = [Site(**site) for site in config["sites"]]
    measures = {site.id: measures_of(site, 2) for site in sites}
    probe = Probe(sites, measures, lambda site, verdict: told.update({str(site): verdict.as_dict()}))
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
    probe.finish(ended == "finished")
    if not probe.settled():
        probe_unreached(probe, 2)
    tf.config.run_functions_eagerly(False)
    return {"verdicts": told, "ended": ended}


results = [run(json.loads(config)) for config in CONFIGS]
"""
)


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
    rewritten = instrument(text, [Site(number, f.code, f.claim) for number, f in sites.items() if f.claim is not None])
    described = [
        {
            "id": number,
            "code": finding.code,
            "relation": finding.claim.relation,
            "facts": dict(finding.claim.facts),
            "carriers": list(rewritten.carriers[number]),
        }
        for number, finding in sites.items()
        if finding.claim is not None
    ]
    config = {"sites": described, "text": rewritten.text, "lines": list(rewritten.lines), "original": text}
    return Configuration(name, findings, sites, json.dumps(config))


def run_all(stack: Stack, configurations: Sequence[Configuration], timeout: float = 500.0) -> list[Outcome]:
    """Run all programs that have something to measure, one after the other in the stack's process."""
    wanted = [one for one in configurations if one.sites]
    if not wanted:
        return []
    program = RUN.replace("CONFIGS", repr([one.text for one in wanted]))
    results = stack.run(program, returns=["results"], timeout=timeout)["results"]
    return [
        Outcome(
            one.name,
            result["ended"],
            [(finding, result["verdicts"].get(str(number))) for number, finding in one.sites.items()],
        )
        for one, result in zip(wanted, results)
    ]
