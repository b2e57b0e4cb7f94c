"""Where a measure says that it measured."""

from __future__ import annotations

import sys
from types import SimpleNamespace

import pytest

from tfloss_lint.runtime_checks.probe.execution import Site
from tfloss_lint.runtime_checks.probe.measures.base import Measure

ON_CPU = "/job:localhost/replica:0/task:0/device:CPU:0"


@pytest.mark.parametrize(("gpus", "default"), [((), "CPU:0"), (("GPU:0", "GPU:1"), "GPU:0")])
def test_device(gpus: tuple[str, ...], default: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """That of the tensors, and of what has no device, as NumPy's arrays, the one that TensorFlow would choose."""
    config = SimpleNamespace(list_logical_devices=lambda kind: list(gpus) if kind == "GPU" else ["CPU:0"])
    monkeypatch.setitem(sys.modules, "tensorflow", SimpleNamespace(config=config))
    measure = Measure(Site(0, "TFL201", "broadcast", {}, []), "function f", 2)
    measure.note_device([0.5])
    assert measure.device == default
    measure.note_device(SimpleNamespace(device=ON_CPU))
    measure.note_device(SimpleNamespace(device=""))
    assert measure.device == "CPU:0"
