"""Lint the judged files again, where their repositories are at hand, and print what no longer agrees."""

from __future__ import annotations

import argparse
import csv
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from tfloss_lint.run import check_file
from tfloss_lint.settings import Settings

JUDGED = Path(__file__).with_name("findings.csv")
JUDGEMENTS = ("true", "false", "debatable")


@dataclass(frozen=True, order=True)
class Row:
    """One judged finding; ``line`` is ``cell:line`` in a notebook."""

    repository: str
    commit: str
    path: str
    line: str
    code: str
    judgement: str
    reason: str


def rows_of(file: Path) -> list[Row]:
    """The rows of a table, file by file. Raises ``ValueError`` with a sentence for the user."""
    with file.open(newline="", encoding="utf-8") as text:
        rows = sorted(Row(**record) for record in csv.DictReader(text))
    for row in rows:
        if row.judgement not in JUDGEMENTS:
            raise ValueError(f"{file}: {row.judgement!r} is no judgement: {', '.join(JUDGEMENTS)}")
    return rows


def is_as_of(commit: str, path: str, checkout: Path) -> bool:
    """Whether the file is in the checkout, as it is in that commit."""
    if not (checkout / path).is_file():
        return False
    commands = (["rev-parse", "--verify", "--quiet", f"{commit}:{path}"], ["hash-object", "--", path])
    done = [subprocess.run(["git", "-C", checkout, *c], capture_output=True, text=True, check=False) for c in commands]
    return all(run.returncode == 0 for run in done) and done[0].stdout == done[1].stdout


def found_in(file: Path) -> set[tuple[str, str]]:
    """The places and codes of the file's default findings. Raises ``RuntimeError`` where the linter fails."""
    checked = check_file(str(file), Settings())
    if checked.crash is not None:
        raise RuntimeError(checked.crash.details)
    return {(f"{f.cell}:{f.line}" if f.cell else str(f.line), f.code) for f in checked.findings}


def changed(rows: Iterable[Row], found: set[tuple[str, str]]) -> Iterator[tuple[str, Row]]:
    """The rows of one file that no longer agree with what is found in it, each with what is the matter."""
    for row in rows:
        is_found = (row.line, row.code) in found
        if row.judgement == "true" and not is_found:
            yield "lost", row
        if row.judgement == "false" and is_found:
            yield "false alarm", row


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the differences; the exit status is 1 if there are any, and 2 if nothing could be compared."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repositories", type=Path, required=True, metavar="FOLDER", help="has them as OWNER/NAME")
    parser.add_argument("--judged", type=Path, default=JUDGED, metavar="FILE", help="the table (default: %(default)s)")
    options = parser.parse_args(arguments)
    counts: Counter[str] = Counter()
    for (repository, commit, path), group in groupby(
        rows_of(options.judged), key=lambda row: (row.repository, row.commit, row.path)
    ):
        rows, checkout = list(group), options.repositories / repository
        if not is_as_of(commit, path, checkout):
            counts["missing"] += len(rows)
            continue
        counts["compared"] += len(rows)
        for what, row in changed(rows, found_in(checkout / path)):
            counts[what] += 1
            print(f"{what}: {row.repository} {row.path}:{row.line} {row.code} ({row.reason})")
    print(f"{counts['compared']} judged findings compared, {counts['missing']} not at hand as of their commits")
    print(f"{counts['lost']} true ones lost, {counts['false alarm']} false ones found")
    if not counts["compared"]:
        return 2
    return 1 if counts["lost"] or counts["false alarm"] else 0


if __name__ == "__main__":
    sys.exit(main())
