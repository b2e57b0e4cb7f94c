"""What Keras tells the probe, on each stack, and that the program's own callbacks and arguments keep their meaning."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from runtime_programs import LOAD
from stacks import Stack, all_stacks

from tfloss_lint.runtime_checks.probe.keras_hooks import AfterImport, run_eagerly

PROGRAM = (
    LOAD
    + """
import contextlib, importlib
import numpy as np
import tensorflow as tf
from runtime_checks import keras_model
from runtime_checks.probe import keras_hooks

keras = tf.keras


class Recorder:
    def __init__(self):
        self.sites = self.compiled = self
        self.given, self.called, self.failed = [], [], []
        self.told, self.batches, self.waits, self.resets = [], [], False, 0

    def event(self, name, model, phase, logs=None):
        self.told.append(f"{name} {phase}")
        self.logs = logs

    def batch_done(self, model, data):
        self.batches.append([type(model).__name__, len(data)])

    def waits_for_epochs(self):
        return self.waits

    def model_compiled(self, model, container):
        self.given.append([type(model).__name__, keras_model.given_to(container)])

    def container_called(self, container, y_true, y_pred, sample_weight):
        self.called.append([len(keras_model.given_to(container)), None if sample_weight is None else len(sample_weight)])

    def inside(self, container):
        return contextlib.nullcontext()

    def fit_failed(self, model, x, y):
        self.failed.append([type(model).__name__, len(x), len(y)])

    def flows(self):
        return None

    def metrics_reset(self, model):
        self.resets += 1


recorder = Recorder()
keras_hooks.leave_code_as_it_is(tf)
tf.config.run_functions_eagerly(True)
keras.Model
keras_hooks.patch_loaded(recorder)
keras_hooks.patch_loaded(recorder)

x = np.arange(24, dtype="float32").reshape(12, 2)
y = x.sum(axis=1, keepdims=True)
steps = []


class Own(keras.callbacks.Callback):
    def on_train_batch_end(self, batch, logs=None):
        steps.append(batch)


class WithStep(keras.Sequential):
    def train_step(self, data):
        return {"shown": tf.constant(1.0)}


def model(kind=keras.Sequential, **options):
    made = kind([keras.layers.Dense(1)])
    made.compile("sgd", loss="mse", **options)
    return made


def told(work):
    recorder.told.clear(), recorder.batches.clear(), steps.clear()
    work()
    return list(recorder.told), len(steps)


quiet = {"batch_size": 4, "verbose": 0}
results = {
    "fit": told(lambda: model().fit(x, y, epochs=2, **quiet)),
    "validation": told(lambda: model().fit(x, y, validation_data=(x, y), **quiet)),
    "evaluate": told(lambda: model().evaluate(x, y, **quiet)),
    "list": told(lambda: model().fit(x, y, callbacks=[Own()], **quiet)),
    "tuple": told(lambda: model().fit(x, y, callbacks=(Own(),), **quiet)),
    "one": told(lambda: model().fit(x, y, callbacks=Own(), **quiet)),
    "by place": told(lambda: model().fit(x, y, 4, 1, 0, [Own()])),
}
own = [Own()]
model().fit(x, y, callbacks=own, **quiet)
results["the list of the program"] = len(own)

recorder.batches.clear()
model().fit(x, y, **quiet)
plain = list(recorder.batches)
recorder.batches.clear()
model(WithStep).fit(x, y, **quiet)
batches = {"plain": plain, "own step": list(recorder.batches)}
logs = sorted(recorder.logs)

keras_hooks.MOST_STEPS = 2
results["all steps"] = told(lambda: model().fit(x, y, epochs=2, callbacks=[Own()], **quiet))
recorder.waits = True
results["some steps"] = told(lambda: model().fit(x, y, epochs=2, callbacks=[Own()], **quiet))

before = recorder.resets
recorder.waits = False
model().fit(x, y, epochs=2, **quiet)
resets = recorder.resets - before
eagerly = [model()._tfloss_run_eagerly, model(run_eagerly=True)._tfloss_run_eagerly]
try:
    model().fit(x, y, epoch=2)
    wrong = None
except TypeError as error:
    wrong = str(error)

recorder.given.clear()
with_metrics = model(metrics=["mae", "mse"])
given = list(recorder.given)
recorder.called.clear()
with_metrics.train_on_batch(x, y, sample_weight=np.ones(12))
called = sorted(map(str, recorder.called))
try:
    model().fit(x, y.astype(str), **quiet)
except Exception:
    failed = list(recorder.failed)

rules = importlib.import_module("tensorflow.python.autograph.core.config")


@tf.function
def sign(value):
    if value > 0.0:
        return 1
    return -1


actions = []
for eager in (True, False):
    tf.config.run_functions_eagerly(eager)
    actions.append([rules.CONVERSION_RULES[0].get_action(None).name, int(sign(tf.constant(2.0)))])
"""
)
NAMES = ("resets", "results", "batches", "logs", "eagerly", "wrong", "actions", "given", "called", "failed")


@pytest.fixture(scope="module")
def own_stacks() -> Iterator[dict[str, Stack]]:
    """Processes of their own: the hooks stay in them."""
    stacks = all_stacks()
    yield stacks
    for stack in stacks.values():
        stack.close()


def test_on_each_stack(stack: Stack, own_stacks: dict[str, Stack]) -> None:
    values = own_stacks[stack.name].run(PROGRAM, returns=NAMES)
    assert values["resets"] == 2
    epoch = ["epoch_begin train", "epoch_end train"]
    evaluation = ["epoch_begin test", "epoch_end test"]
    assert values["results"] == {
        "fit": [epoch * 2, 0],
        "validation": [[epoch[0], *evaluation, epoch[1]], 0],
        "evaluate": [evaluation, 0],
        "list": [epoch, 3],
        "tuple": [epoch, 3],
        "one": [epoch, 3],
        "by place": [epoch, 3],
        "the list of the program": 1,
        "all steps": [epoch * 2, 6],
        "some steps": [epoch, 2],
    }
    assert values["batches"] == {"plain": [["Sequential", 2]] * 3, "own step": []}
    assert values["logs"] == ["shown"]
    assert values["eagerly"] == [False, True]
    assert "epoch" in values["wrong"]
    assert values["actions"] == [["DO_NOT_CONVERT", 1], ["NONE", 1]]
    assert values["given"] == [["Sequential", ["mse"]], ["Sequential", ["mae", "mse"]]]
    # Keras 3 calls both before, on tensors without values.
    assert set(values["called"]) == {"[1, 12]", "[2, 12]"}
    assert values["failed"] == [["Sequential", 12, 12]]


@pytest.mark.parametrize("name", ["disable_eager_execution", "disable_v2_behavior"])
def test_a_program_may_go_back_to_graphs(name: str) -> None:
    happened: list[Any] = []
    old = {
        other: lambda other=other: happened.append(other)
        for other in ("disable_eager_execution", "disable_v2_behavior")
    }
    tensorflow: Any = ModuleType("tensorflow")
    tensorflow.config = SimpleNamespace(run_functions_eagerly=happened.append)
    tensorflow.compat = SimpleNamespace(v1=SimpleNamespace(**old))
    run_eagerly(tensorflow)
    getattr(tensorflow.compat.v1, name)()
    assert happened == [True, False, name]


class TestAfterImport:
    @pytest.fixture
    def called(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
        (tmp_path / "hooked_module.py").write_text("x = 1\n")
        monkeypatch.syspath_prepend(str(tmp_path))
        found: list[Any] = []

        def callback(module: ModuleType) -> None:
            found.append((module.__name__, module.x, "hooked_module" in sys.modules))

        names = ("hooked_module", "hooked_absent")
        monkeypatch.setattr(sys, "meta_path", [AfterImport(dict.fromkeys(names, callback)), *sys.meta_path])
        yield found
        sys.modules.pop("hooked_module", None)

    def test_once_it_has_been_executed(self, called: list[Any]) -> None:
        importlib.import_module("hooked_module")
        importlib.import_module("hooked_module")
        assert called == [("hooked_module", 1, True)]

    def test_to_ask_for_it_is_no_import(self, called: list[Any]) -> None:
        assert importlib.util.find_spec("hooked_module") is not None
        assert called == []
        importlib.import_module("hooked_module")
        assert len(called) == 1

    def test_only_the_first_time(self, called: list[Any]) -> None:
        importlib.reload(importlib.import_module("hooked_module"))
        assert len(called) == 1

    def test_a_module_that_is_not_there(self, called: list[Any]) -> None:
        assert importlib.util.find_spec("hooked_absent") is None
        with pytest.raises(ModuleNotFoundError):
            importlib.import_module("hooked_absent")
        assert called == []
