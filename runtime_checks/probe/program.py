"""Runs the user's program under the probe: the rewritten text, and everything else as in a plain run."""

from __future__ import annotations

import ast
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
from .measures import measures_of
from .sites import EnoughError, Probe, Site
from .synthetic import probe_unreached

PROBE = "__tfloss_probe__"
TRACEBACK_LINES = 60


class DeviceError(Exception):
    """The device that was asked for is not there."""


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

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """The module's own spec, whose loader compiles the rewritten text."""
        spec = importlib.machinery.PathFinder.find_spec(name, path, target)
        if spec is None or not isinstance(spec.loader, importlib.machinery.SourceFileLoader):
            return None
        file = self._files.get(os.path.realpath(spec.origin or ""))
        if file is None:
            return None
        spec.loader = _Loader(spec.loader.name, spec.loader.path, file)
        return spec


class _Loader(importlib.machinery.SourceFileLoader):
    def __init__(self, name: str, path: str, file: Mapping[str, Any]) -> None:
        super().__init__(name, path)
        self._file = file

    def get_code(self, fullname: str) -> types.CodeType:  # noqa: ARG002 - the protocol's
        return compile_rewritten(self._file["text"], self._file["lines"], self.path)


def main(config: dict[str, Any], channel: Channel) -> int:
    """Run the program of a configuration and return the process's exit status."""
    sites = [Site(**site) for site in config["sites"]]
    measures = {site.id: measures_of(site, config["batches"]) for site in sites}
    probe = Probe(sites, measures, lambda site, verdict: channel.send("verdict", site=site, **verdict.as_dict()))
    import builtins

    setattr(builtins, PROBE, probe)
    if importlib.util.find_spec("tensorflow") is None:
        channel.send("error", what="tensorflow", text=sys.executable)
        return 1
    keras_hooks.watch(probe, lambda: _check_device(config["device"], channel))
    sys.meta_path.insert(0, Rewritten(config["files"]))
    status = 0
    try:
        _run(config, channel)
        channel.send("end", how="finished")
    except EnoughError:
        channel.send("end", how="settled")
    except DeviceError as error:
        channel.send("error", what="device", text=str(error))
        return 1
    except SystemExit as error:
        status = _status(error)
        channel.send("end", how="exited" if status else "finished", status=status)
    except KeyboardInterrupt:
        channel.send("end", how="interrupted")
        return 130
    except BaseException as error:  # noqa: BLE001 - it is the user's, and is told
        channel.send("end", how="raised", error=summary(error), traceback=_traceback(error), places=_places(error))
        status = 1
    probe.finish(complete=status == 0)
    if not probe.settled() and "tensorflow" in sys.modules:
        probe_unreached(probe, config["batches"])
    channel.send("done")
    return status


def _run(config: Mapping[str, Any], channel: Channel) -> None:
    command, target, arguments = config["command"], config["target"], list(config["arguments"])
    channel.send("started")
    if command == "module":
        sys.argv = [target, *arguments]
        sys.path[0] = str(Path.cwd())
        runpy.run_module(target, run_name="__main__", alter_sys=True)
        return
    path = os.path.realpath(target)
    sys.argv = [target, *arguments]
    sys.path[0] = str(Path(path).parent)
    module = types.ModuleType("__main__")
    module.__file__ = target
    module.__dict__["__builtins__"] = __builtins__
    sys.modules["__main__"] = module
    file = config["files"].get(path)
    if file is not None:
        code = compile_rewritten(file["text"], file["lines"], target)
    else:
        code = compile(Path(path).read_bytes(), target, "exec", dont_inherit=True)
    exec(code, module.__dict__)  # noqa: S102 - to run the user's program is what this is for


def _check_device(device: str, channel: Channel) -> None:
    import tensorflow as tf

    devices = tf.config.list_physical_devices("GPU")
    if device == "gpu" and not devices:
        raise DeviceError("TensorFlow sees no GPU")
    if device == "cpu" and devices:
        tf.config.set_visible_devices([], "GPU")
    channel.send("tensorflow", version=tf.__version__, gpus=len(devices))


def _status(error: SystemExit) -> int:
    if error.code is None:
        return 0
    return error.code if isinstance(error.code, int) else 1


def _traceback(error: BaseException) -> str:
    """The traceback without the frames of the probe."""
    here = str(Path(__file__).resolve().parent.parent)
    frames = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if not os.path.realpath(frame.filename).startswith(here)
    ]
    lines = ["Traceback (most recent call last):\n", *traceback.format_list(frames)]
    lines += traceback.format_exception_only(type(error), error)
    text = "".join(lines).splitlines()
    return "\n".join(text if len(text) <= TRACEBACK_LINES else [*text[:20], "  ...", *text[-TRACEBACK_LINES + 21 :]])


def _places(error: BaseException) -> list[Any]:
    """Files and lines that the error passed, the innermost last."""
    return [
        [os.path.realpath(frame.filename), frame.lineno or 0] for frame in traceback.extract_tb(error.__traceback__)
    ]
