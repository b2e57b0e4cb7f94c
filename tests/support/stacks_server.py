"""Runs programs in one TensorFlow process: started by ``stacks.py``, in the interpreter of the stack under test.

``python stacks_server.py REQUESTS REPLIES`` takes two inherited file descriptors. The first reply tells the versions;
then every request is one line of JSON with ``program``, ``filename``, ``returns`` and ``seed``, and every reply one
line with ``values`` or ``error`` and with what the program printed. It runs on Python 3.8 and imports nothing of the
project.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import platform
import random
import sys
import tempfile
import traceback
import types
import warnings
from pathlib import Path


def load_tensorflow():
    """Import TensorFlow, on the CPU and with one thread: small programs run faster, and their numbers repeat.

    The CPU counts as two devices, so that a strategy can train on two replicas.
    """
    import tensorflow as tf

    (cpu,) = tf.config.list_physical_devices("CPU")
    tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)

    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    return tf


def versions(tf):
    """What decides how the stack behaves."""
    package = tf.keras.Model.__module__.split(".")[0]
    return {
        "python": platform.python_version(),
        "tensorflow": tf.__version__,
        "keras_package": package,
        "keras": importlib.import_module(package).__version__,
    }


def start_afresh(tf, seed):
    """Undo what an earlier program may have set for the whole process, and seed every random generator."""
    import numpy as np

    tf.keras.backend.clear_session()
    tf.keras.backend.set_floatx("float32")
    tf.keras.backend.set_image_data_format("channels_last")
    tf.keras.mixed_precision.set_global_policy("float32")
    tf.config.run_functions_eagerly(False)
    random.seed(seed)
    np.random.seed(seed)
    tf.random.set_seed(seed)
    if hasattr(tf.keras.utils, "set_random_seed"):
        tf.keras.utils.set_random_seed(seed)
    gc.collect()


@contextlib.contextmanager
def captured(printed):
    """Collect into ``printed`` what is written to file descriptors 1 and 2, TensorFlow's own C++ output included."""
    with contextlib.ExitStack() as stack:
        files = {name: stack.enter_context(tempfile.TemporaryFile()) for name in ("stdout", "stderr")}
        saved = {}
        for number, name in enumerate(files, start=1):
            getattr(sys, name).flush()
            saved[number] = os.dup(number)
            os.dup2(files[name].fileno(), number)
        try:
            yield
        finally:
            for number, name in enumerate(files, start=1):
                getattr(sys, name).flush()
                os.dup2(saved[number], number)
                os.close(saved[number])
                files[name].seek(0)
                printed[name] = files[name].read().decode("utf-8", errors="replace")


def execute(program, path):
    """Run the text as the main module, from a real file, which AutoGraph and tracebacks read; return its variables."""
    path.write_text(program, encoding="utf-8")
    module = types.ModuleType("__main__")
    module.__file__ = str(path)
    saved_main, saved_argv, saved_path = sys.modules["__main__"], sys.argv, list(sys.path)
    sys.modules["__main__"], sys.argv = module, [str(path)]
    sys.path.insert(0, str(path.parent))
    try:
        with warnings.catch_warnings():
            exec(compile(program, str(path), "exec"), vars(module))
    finally:
        sys.modules["__main__"], sys.argv = saved_main, saved_argv
        sys.path[:] = saved_path
    return vars(module)


def plain(value, name):
    """Turn a variable of a program into JSON: numbers, text, lists, dictionaries."""
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, dict):
        return {str(key): plain(item, f"{name}[{key!r}]") for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item, f"{name}[{index}]") for index, item in enumerate(value)]
    if isinstance(value, bytes):
        return value.decode("utf-8", errors="replace")
    for unwrap in ("numpy", "tolist"):
        if hasattr(value, unwrap):
            return plain(getattr(value, unwrap)(), name)
    raise TypeError(f"{name} is a {type(value).__name__}; only numbers, text, arrays, tensors, lists and dicts return")


def returned(variables, names):
    """The variables that were asked for."""
    missing = [name for name in names if name not in variables]
    if missing:
        raise NameError("the program leaves no variable " + ", ".join(map(repr, missing)))
    return {name: plain(variables[name], name) for name in names}


def answer(tf, request, folder):
    """Run one request; whatever the program does short of killing the process becomes a reply."""
    start_afresh(tf, request["seed"])
    reply = {}
    with captured(reply):
        try:
            reply["values"] = returned(execute(request["program"], folder / request["filename"]), request["returns"])
        except BaseException as error:
            reply["exception"] = type(error).__name__
            reply["error"] = traceback.format_exc()
    return reply


def serve(requests, replies):
    """Answer until the other side closes its end."""
    tf = load_tensorflow()
    print(json.dumps({"versions": versions(tf)}), file=replies, flush=True)
    with tempfile.TemporaryDirectory() as root:
        for number, line in enumerate(requests):
            folder = Path(root) / str(number)
            folder.mkdir()
            os.chdir(str(folder))
            print(json.dumps(answer(tf, json.loads(line), folder)), file=replies, flush=True)
        os.chdir("/")


if __name__ == "__main__":
    with os.fdopen(int(sys.argv[1]), encoding="utf-8") as incoming, os.fdopen(
        int(sys.argv[2]), "w", encoding="utf-8"
    ) as outgoing:
        serve(incoming, outgoing)
