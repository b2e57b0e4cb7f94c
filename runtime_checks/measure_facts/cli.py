"""Measure what the losses, metrics and ``fit`` of the installed Keras do with ranks, batches and logs.

The commands ``measure`` and ``merge``, which the docstring of the package describes.
"""

import argparse
import json
import os
import sys
import warnings
from pathlib import Path
from typing import Sequence

from .measurement import measure
from .merging import merge


def main(arguments: Sequence[str]) -> int:
    """Write a measurement or a table as JSON to standard output."""
    parser = argparse.ArgumentParser(prog="measure_facts", description=(__doc__ or "").splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("measure", help="measure the installed Keras")
    commands.add_parser("merge", help="join the measurements of one generation").add_argument(
        "files", nargs="+", type=Path
    )
    options = parser.parse_args(arguments)
    if options.command == "measure":
        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
        warnings.simplefilter("ignore")
        result = measure()
    else:
        result = merge([json.loads(path.read_text(encoding="utf-8")) for path in options.files])
    json.dump(result, sys.stdout, indent=1, sort_keys=True)
    sys.stdout.write("\n")
    return 0
