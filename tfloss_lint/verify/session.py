"""From findings to findings with verdicts: one run of a program with all sites of the linted files in it."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from tfloss_lint.claim import INCONCLUSIVE, NOT_REACHED, Verdict
from tfloss_lint.finding import Finding
from tfloss_lint.source import Source, is_notebook, read_source
from tfloss_lint.verify.child import Limits, Run, run
from tfloss_lint.verify.instrument import Instrumented, instrument
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
    replicas: int = 1
    """As how many devices the CPU counts."""


@dataclass(frozen=True)
class Verified:
    """Findings with their verdicts, and how the runs went: none if there was nothing to run for."""

    findings: Sequence[Finding]
    runs: Sequence[Run]


ON_REPLICAS = frozenset({"replica mean"})
"""Relations that several replicas are needed for. Under a strategy these change what all else measures, so that they
get a run of their own."""
REPLICAS = 2


def verify(
    program: Program,
    files: Sequence[tuple[Source, Sequence[Finding]]],
    options: Options,
    environment: Mapping[str, str],
    progress: Callable[[Run, int], None] = lambda *_: None,
) -> Verified:
    """Run a program and have the claims of all findings measured in it."""
    placed = [(finding, source) for source, findings in files for finding in findings if finding.claim is not None]
    verdicts: dict[int, Verdict] = {}
    runs = []
    for replicas in (1, REPLICAS):
        own = [(finding, source) for finding, source in placed if _replicas_for(finding) == replicas]
        found, done = _measured(program, files, own, _for_replicas(options, replicas), environment, progress)
        verdicts.update(found)
        runs += [done] if done is not None else []
    return Verified(
        [replace(finding, verdict=verdicts.get(id(finding))) for _, findings in files for finding in findings], runs
    )


def _replicas_for(finding: Finding) -> int:
    return REPLICAS if finding.claim is not None and finding.claim.relation in ON_REPLICAS else 1


def _for_replicas(options: Options, replicas: int) -> Options:
    """The options of a run on so many replicas, on the CPU unless GPUs are asked for."""
    device = "cpu" if replicas > 1 and options.device == "auto" else options.device
    return replace(options, device=device, replicas=replicas)


def _measured(
    program: Program,
    files: Sequence[tuple[Source, Sequence[Finding]]],
    placed: Sequence[tuple[Finding, Source]],
    options: Options,
    environment: Mapping[str, str],
    progress: Callable[[Run, int], None],
) -> tuple[dict[int, Verdict], Run | None]:
    """The verdicts on some of the findings, by their ``id``, and the run that they come from, if one was needed."""
    sites = [Site(number, finding.code, finding.claim) for number, (finding, _) in enumerate(placed) if finding.claim]
    rewritten: dict[str, dict[str, Any]] = {}
    carriers: dict[int, Sequence[str]] = {}
    number = 1
    for source in _sources(program, files):
        own = [site for site, (_, at) in zip(sites, placed) if at is source]
        if not own and source.cells is None:
            continue
        text = _instrumented(source, own, number)
        number = text.next_number
        carriers.update(text.carriers)
        rewritten[os.path.realpath(source.path)] = _rewritten(source, text)
    measured = [site for site in sites if carriers[site.id]]
    done = None
    if measured:
        config = {
            "sites": [_described(site, carriers[site.id]) for site in measured],
            "files": rewritten,
            "command": program.kind,
            "target": program.target,
            "arguments": list(program.arguments),
            "batches": options.batches,
            "device": options.device,
            "replicas": options.replicas,
        }
        variables = {**environment, **_variables(options.device, environment)}
        done = run(options.python, config, options.limits, variables, lambda state: progress(state, len(measured)))
    return {id(finding): _verdict(done, site, carriers[site.id]) for site, (finding, _) in zip(sites, placed)}, done


def _sources(program: Program, files: Sequence[tuple[Source, Sequence[Finding]]]) -> list[Source]:
    """The linted files, and the program itself if it is a notebook, which is no Python on disk."""
    found = [source for source, _ in files]
    is_known = any(_same(source.path, program.target) for source in found)
    if program.kind == SCRIPT and is_notebook(program.target) and not is_known:
        found.append(read_source(program.target))
    return found


def _instrumented(source: Source, sites: Sequence[Site], first: int) -> Instrumented:
    """The rewritten text, or the text as it is if this Python cannot read it; the one that runs it may."""
    try:
        return instrument(source.text, sites, first)
    except (SyntaxError, RecursionError, MemoryError):
        lines = range(1, source.text.count("\n") + 2)
        return Instrumented(source.text, lines, {site.id: () for site in sites}, first)


def _rewritten(source: Source, text: Instrumented) -> dict[str, Any]:
    """A file for the child; for a notebook also what tracebacks show of it."""
    file: dict[str, Any] = {"text": text.text, "lines": list(text.lines)}
    if source.cells is not None:
        file.update(cells=[[span.cell, span.first_line] for span in source.cells], source=source.text)
    return file


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


def _variables(device: str, environment: Mapping[str, str]) -> dict[str, str]:
    options = environment.get("PYTEST_ADDOPTS", "")
    found = {
        "TF_CPP_MIN_LOG_LEVEL": environment.get("TF_CPP_MIN_LOG_LEVEL", "2"),
        # pytest's own rewriting of assertions would load the tests past the probe.
        "PYTEST_ADDOPTS": f"{options} --assert=plain".strip(),
    }
    if device == "cpu":
        found["CUDA_VISIBLE_DEVICES"] = "-1"
    return found


def _verdict(done: Run | None, site: Site, carriers: Sequence[str]) -> Verdict:
    if done is None or not carriers:
        reason = "the expression cannot be taken out of its code"
        return Verdict(INCONCLUSIVE, text=reason, reason=reason)
    told = done.verdicts.get(site.id)
    if told is not None:
        shapes = {name: tuple(shape) for name, shape in told["shapes"].items()}
        return Verdict(**{**told, "shapes": shapes})
    ended = "unstarted" if done.error is not None or not done.started else done.ended
    values = {"error": "", **done.details, "status": ending(done)}
    reason = NOT_REACHED_BECAUSE[ended].format(**values)
    return Verdict(NOT_REACHED, text=reason, reason=reason)


def ending(done: Run) -> str:
    """How the process ended: with an exit status or by a signal."""
    status = done.details.get("status", done.status)
    if status >= 0:
        return f"exit status {status}"
    try:
        return signal.Signals(-status).name
    except ValueError:
        return f"signal {-status}"


NOT_REACHED_BECAUSE = {
    "unstarted": "the program was not run",
    "settled": "the run was over before it",
    "finished": "the program never got there, or not eagerly in its main thread",
    "exited": "the program ended itself with {status} before it",
    "raised": "the program raised {error} before it",
    "interrupted": "the run was interrupted",
    "timeout": "the time limit ended the run before it",
    "memory": "the memory limit ended the run before it",
    "died": "the process ended with {status} before it",
}
