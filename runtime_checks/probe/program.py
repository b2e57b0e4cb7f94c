"""Runs the user's program under the probe: the rewritten text, and everything else as in a plain run."""

from __future__ import annotations

import ast
import contextlib
import importlib.abc
import importlib.machinery
import importlib.util
import os
import runpy
import sys
import traceback
import types
from pathlib import Path
from typing import Any, Mapping, Sequence

from ..relations import summary
from . import keras_hooks
from .channel import Channel
from .execution import Site
from .finders import found_by_others
from .measures import measures_of
from .probe import EnoughError, Probe
from .sites import Sites
from .synthetic import probe_unreached

PROBE = "__tfloss_probe__"
TRACEBACK_LINES = 60
MOST_COLUMNS = 1000


class DeviceError(BaseException):
    """The device that was asked for is not there. Not caught where a program tries to import TensorFlow."""


def compile_rewritten(text: str, lines: Sequence[int], path: str) -> types.CodeType:
    """Compile a rewritten text with the line numbers of the user's own."""
    tree = ast.parse(text, path)
    for node in ast.walk(tree):
        for name in ("lineno", "end_lineno"):
            number = getattr(node, name, None)
            if number is not None:
                setattr(node, name, lines[number - 1])
        if hasattr(node, "end_col_offset"):
            # Columns of the rewritten text would mark the wrong characters in a traceback.
            node.col_offset, node.end_col_offset = 0, 0  # type: ignore[attr-defined]
    return compile(tree, path, "exec", dont_inherit=True)


class Rewritten(importlib.abc.MetaPathFinder):
    """Serves the rewritten texts of modules that the program imports."""

    def __init__(self, files: Mapping[str, Mapping[str, Any]]) -> None:
        self._files = files

        self._names = {_module_name(path) for path in files}

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """The module's own spec, whose loader compiles the rewritten text."""
        if name.rpartition(".")[2] not in self._names:
            return None
        spec = found_by_others(self, name, path, target)
        if spec is None or not isinstance(spec.loader, importlib.machinery.SourceFileLoader):
            return None
        file = self._files.get(os.path.realpath(spec.origin or ""))
        if file is None:
            return None
        spec.loader = _Loader(spec.loader.name, spec.loader.path, file)
        return spec


def _module_name(path: str) -> str:
    """The last part of the name that a file is imported by."""
    file = Path(path)
    return file.parent.name if file.stem == "__init__" else file.stem


class _Loader(importlib.machinery.SourceFileLoader):
    def __init__(self, name: str, path: str, file: Mapping[str, Any]) -> None:
        super().__init__(name, path)
        self._file = file

    def get_code(self, fullname: str) -> types.CodeType:  # noqa: ARG002 - the protocol's
        return compile_rewritten(self._file["text"], self._file["lines"], self.path)


def main(config: dict[str, Any], channel: Channel) -> int:
    """Run the program of a configuration and return the process's exit status."""
    import builtins

    _set_path(config)
    claimed = [Site(**site) for site in config["sites"]]
    measures = {site.id: measures_of(site, config["batches"]) for site in claimed}
    sites = Sites(claimed, measures, lambda site, verdict: channel.send("verdict", site=site, **verdict.as_dict()))
    probe = Probe(sites)
    setattr(builtins, PROBE, probe)
    if importlib.util.find_spec("tensorflow") is None:
        channel.send("error", what="tensorflow", text=sys.executable)
        return 1
    keras_hooks.watch(probe, lambda: _check_device(config["device"], config["replicas"], channel))
    sys.meta_path.insert(0, Rewritten(config["files"]))
    status = 0
    channel.send("started")
    try:
        _run(config)
        channel.send("end", how="finished")
    except EnoughError:
        channel.send("end", how="settled")
    except DeviceError:
        return 1
    except SystemExit as error:
        status = _status(error)
        channel.send("end", how="exited" if status else "finished", status=status)
    except KeyboardInterrupt:
        channel.send("end", how="interrupted")
        return 130
    except BaseException as error:  # noqa: BLE001 - it is the user's, and is told
        channel.send("end", how="raised", error=_said(error), traceback=_traceback(error, config["files"]))
        status = 1
    sites.finish(complete=status == 0)
    if not sites.settled() and "tensorflow" in sys.modules:
        probe_unreached(probe, config["batches"])
    sites.close(probe.replicated)
    channel.send("done")
    return status


def _set_path(config: Mapping[str, Any]) -> None:
    """Search for modules where a plain run does: beside the script, or in the working directory for ``-m``."""
    if getattr(sys.flags, "safe_path", False):
        return
    is_module = config["command"] == "module"
    sys.path[0] = str(Path.cwd()) if is_module else str(Path(os.path.realpath(config["target"])).parent)


def _run(config: Mapping[str, Any]) -> None:
    command, target, arguments = config["command"], config["target"], list(config["arguments"])
    sys.argv = [target, *arguments]
    if command == "module":
        runpy.run_module(target, run_name="__main__", alter_sys=True)
        return
    # As Python does: from 3.9 on, the path stays right when the program changes its directory.
    path = os.path.abspath(target) if sys.version_info >= (3, 9) else target  # noqa: PTH100 - links stay links
    module = types.ModuleType("__main__")
    module.__file__ = path
    vars(module)["__builtins__"] = sys.modules["builtins"]
    sys.modules["__main__"] = module
    file = config["files"].get(os.path.realpath(target))
    if file is None:
        code = compile(Path(target).read_bytes(), path, "exec", dont_inherit=True)
    else:
        code = compile_rewritten(file["text"], file["lines"], path)
        if "cells" in file:
            vars(module)["display"] = print  # which notebooks have without an import
    exec(code, vars(module))  # noqa: S102 - to run the user's program is what this is for


def _check_device(device: str, replicas: int, channel: Channel) -> None:
    import tensorflow as tf

    if replicas > 1:
        # Strategies take all devices that they find; what the program itself says of them comes later, and counts.
        (cpu,) = tf.config.list_physical_devices("CPU")
        tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * replicas)

    devices = tf.config.list_physical_devices("GPU")
    if device == "gpu" and not devices:
        channel.send("error", what="device", text="TensorFlow sees no GPU")
        raise DeviceError
    if device == "cpu" and devices:
        tf.config.set_visible_devices([], "GPU")
    channel.send("tensorflow", version=tf.__version__, gpus=len(devices))


def _status(error: SystemExit) -> int:
    """The exit status; a text is printed, as Python does."""
    if error.code is None:
        return 0
    if isinstance(error.code, int):
        return error.code & 0xFF
    with contextlib.suppress(Exception):  # the program's own stream
        print(error.code, file=sys.stderr)
    return 1


def _said(error: BaseException) -> str:
    """The class and the first line of an error, whose text the program makes."""
    try:
        return summary(error)
    except Exception:  # noqa: BLE001
        return type(error).__name__


def _traceback(error: BaseException, files: Mapping[str, Mapping[str, Any]]) -> str:
    """The traceback without the frames of the probe; those of notebooks name cell and line."""
    here = str(Path(__file__).resolve().parent.parent)
    frames = [
        _frame(frame, files)
        for frame in traceback.extract_tb(error.__traceback__)
        if not os.path.realpath(frame.filename).startswith(here)
    ]
    lines = ["Traceback (most recent call last):\n", *traceback.format_list(frames)]
    lines += traceback.format_exception_only(type(error), error)
    text = [line[:MOST_COLUMNS] for line in "".join(lines).splitlines()]
    return "\n".join(text if len(text) <= TRACEBACK_LINES else [*text[:20], "  ...", *text[-TRACEBACK_LINES + 21 :]])


def _frame(frame: traceback.FrameSummary, files: Mapping[str, Mapping[str, Any]]) -> traceback.FrameSummary:
    """A frame of a rewritten file without columns, which are not those of the user's text."""
    file = files.get(os.path.realpath(frame.filename))
    if file is None or frame.lineno is None:
        return frame
    name, number, line = frame.filename, frame.lineno, frame.line
    if "cells" in file:
        cell, first = max((entry for entry in file["cells"] if entry[1] <= number), key=lambda entry: entry[1])
        name, number, line = f"{name}, cell {cell}", number - first + 1, file["source"].split("\n")[number - 1]
    return traceback.FrameSummary(name, number, frame.name, lookup_line=False, line=line)
