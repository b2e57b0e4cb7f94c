"""From findings to findings with verdicts: one run of a program with all sites of the linted files in it."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from tfloss_lint.claim import INCONCLUSIVE, NOT_REACHED, Verdict
from tfloss_lint.finding import Finding
from tfloss_lint.source import Source
from tfloss_lint.verify.child import Limits, Run, run
from tfloss_lint.verify.instrument import instrument
from tfloss_lint.verify.site import Site

MODULE, SCRIPT = "module", "script"


@dataclass(frozen=True)
class Program:
    """What is run: a script or a module, with its arguments."""

    kind: str
    target: str
    arguments: Sequence[str] = ()

    def __str__(self) -> str:
        words = ["-m", self.target] if self.kind == MODULE else [self.target]
        return " ".join([*words, *self.arguments])


@dataclass(frozen=True)
class Options:
    """How it is run."""

    python: str
    device: str = "auto"
    batches: int = 2
    limits: Limits = field(default_factory=lambda: Limits(300.0))


@dataclass(frozen=True)
class Verified:
    """Findings with their verdicts, and how the run went."""

    findings: Sequence[Finding]
    run: Run


def verify(
    program: Program,
    files: Sequence[tuple[Source, Sequence[Finding]]],
    options: Options,
    environment: Mapping[str, str],
    progress: Callable[[Run, int], None] = lambda *_: None,
) -> Verified:
    """Run a program and have the claims of all findings measured in it."""
    placed = [(finding, source) for source, findings in files for finding in findings if finding.claim is not None]
    sites = [Site(number, finding.code, finding.claim) for number, (finding, _) in enumerate(placed) if finding.claim]
    rewritten = {}
    carriers: dict[int, Sequence[str]] = {}
    number = 1
    for source, _ in files:
        own = [site for site, (_, at) in zip(sites, placed) if at is source]
        runs_text = source.cells is not None and program.kind == SCRIPT and _same(program.target, source.path)
        if not own and not runs_text:
            continue
        text = instrument(source.text, own, number)
        number = text.next_number
        carriers.update(text.carriers)
        rewritten[os.path.realpath(source.path)] = {"text": text.text, "lines": list(text.lines)}
    config = {
        "sites": [_described(site, carriers[site.id]) for site in sites],
        "files": rewritten,
        "command": program.kind,
        "target": program.target,
        "arguments": list(program.arguments),
        "batches": options.batches,
        "device": options.device,
    }
    variables = {**environment, **_variables(options.device, program)}
    done = run(options.python, config, options.limits, variables, lambda state: progress(state, len(sites)))
    verdicts = {id(finding): _verdict(done, site, carriers[site.id]) for site, (finding, _) in zip(sites, placed)}
    return Verified(
        [replace(finding, verdict=verdicts.get(id(finding))) for _, findings in files for finding in findings], done
    )


def _same(one: str, other: str) -> bool:
    return os.path.realpath(one) == os.path.realpath(other)


def _described(site: Site, carriers: Sequence[str]) -> dict[str, Any]:
    return {
        "id": site.id,
        "code": site.code,
        "relation": site.claim.relation,
        "facts": dict(site.claim.facts),
        "carriers": list(carriers),
    }


def _variables(device: str, program: Program) -> dict[str, str]:
    found = {"TF_CPP_MIN_LOG_LEVEL": os.environ.get("TF_CPP_MIN_LOG_LEVEL", "2")}
    if device == "cpu":
        found["CUDA_VISIBLE_DEVICES"] = "-1"
    if program.kind == MODULE and program.target == "pytest":
        # Its own rewriting of assertions would load the tests past the probe.
        found["PYTEST_ADDOPTS"] = f"{os.environ.get('PYTEST_ADDOPTS', '')} --assert=plain".strip()
    return found


def _verdict(done: Run, site: Site, carriers: Sequence[str]) -> Verdict:
    told = done.verdicts.get(site.id)
    if told is not None:
        return Verdict(
            **{
                **told,
                "shapes": {name: tuple(shape) for name, shape in told["shapes"].items()},
            }
        )
    if not carriers:
        reason = "the expression cannot be taken out of its code"
        return Verdict(INCONCLUSIVE, text=reason, reason=reason)
    reason = NOT_REACHED_BECAUSE[done.ended].format(**{"error": "", "status": done.status, **done.details})
    return Verdict(NOT_REACHED, text=reason, reason=reason)


NOT_REACHED_BECAUSE = {
    "settled": "the run was over before it",
    "finished": "the program never got there",
    "exited": "the program ended with exit status {status} before it",
    "raised": "the program raised {error} before it",
    "interrupted": "the run was interrupted",
    "timeout": "the time limit ended the run before it",
    "memory": "the memory limit ended the run before it",
    "died": "the process ended before it, with exit status {status}",
}
