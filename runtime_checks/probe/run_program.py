"""The script that the child process starts with: ``python run_program.py CONFIG DESCRIPTOR``.

It loads the package that it stands in by its place and under a name of its own, so that nothing of the linter's
environment gets onto the program's ``sys.path``. ``CONFIG`` is a file of JSON, ``DESCRIPTOR`` the pipe for results.
"""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path

NAME = "_tfloss_runtime_checks"


def load() -> None:
    """Load ``runtime_checks`` as a package called ``NAME``."""
    folder = Path(__file__).resolve().parent.parent
    spec = importlib.util.spec_from_file_location(
        NAME, str(folder / "__init__.py"), submodule_search_locations=[str(folder)]
    )
    if spec is None or spec.loader is None:
        raise ImportError(folder)
    sys.modules[NAME] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(sys.modules[NAME])


if __name__ == "__main__":
    load()
    config = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    program = importlib.import_module(f"{NAME}.probe.program")
    channel = importlib.import_module(f"{NAME}.probe.channel").Channel(int(sys.argv[2]))
    sys.exit(program.main(config, channel))
