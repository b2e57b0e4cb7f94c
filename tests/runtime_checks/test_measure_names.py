"""The alias table is what the installed stacks export."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from stacks import ROOT, Stack, StackMissing

from tfloss_lint import names
from tfloss_lint.generation import Generation
from tfloss_lint.names import canonical, loss_from_string, metric_from_string
from tfloss_lint.runtime_checks.measure_names import main, merge

TABLE = json.loads(Path(names.__file__).with_name("table.json").read_text(encoding="utf-8"))
REMEDY = "the alias table is stale; measure and merge anew, see runtime_checks/measure_names.py"
PROGRAM = f"""
import sys
sys.path.insert(0, {str(ROOT / "runtime_checks")!r})
import measure_names
measurement = measure_names.measure()
"""

Measure = Callable[[Stack], dict[str, Any]]


@pytest.fixture(scope="module")
def measure() -> Measure:
    """Measure a stack, once."""
    known: dict[str, dict[str, Any]] = {}

    def measured(stack: Stack) -> dict[str, Any]:
        if stack.name not in known:
            known[stack.name] = stack.run(PROGRAM, returns=["measurement"])["measurement"]
        return known[stack.name]

    return measured


def test_no_two_objects_share_a_name(stack: Stack, measure: Measure) -> None:
    paths_of: dict[str, list[set[str]]] = {}
    for _, _, paths in measure(stack)["groups"]:
        for name in {canonical(path) for path in paths}:
            paths_of.setdefault(name, []).append(set(paths))
    # Keras 3 itself has two objects under a few paths: one in `keras`, one in `tf.keras`.
    shared = {name: groups for name, groups in paths_of.items() if len(groups) > 1 and not set.intersection(*groups)}
    assert not shared, REMEDY


def test_every_object_has_one_name(stack: Stack, measure: Measure) -> None:
    measurement = measure(stack)
    if measurement["versions"] not in TABLE["measured_on"]:
        pytest.skip(f"the table does not claim to know {measurement['versions']}")
    settled = [[path for path in paths if path not in TABLE["conflicts"]] for _, _, paths in measurement["groups"]]
    assert [paths for paths in settled if len({canonical(path) for path in paths}) > 1] == [], REMEDY
    hidden = [
        (definition, paths[0])
        for (_, definition, _), paths in zip(measurement["groups"], settled, strict=True)
        if definition and paths and canonical(definition) != canonical(paths[0])
    ]
    # What an object is called where it is defined may be the public name of another one.
    public = {path for _, _, paths in measurement["groups"] for path in paths}
    assert [(definition, path) for definition, path in hidden if definition not in public] == [], REMEDY


def test_strings(stack: Stack, measure: Measure) -> None:
    measurement = measure(stack)
    generation = Generation(measurement["generation"])
    assert generation is stack.generation
    losses = {identifier: canonical(name) for identifier, name in measurement["strings"]["losses"].items()}
    assert {identifier: loss_from_string(identifier) for identifier in losses} == losses
    metrics = {
        identifier: canonical(name)
        for identifier, name in measurement["strings"]["metrics"].items()
        if identifier.lower() not in ("accuracy", "acc")  # `compile` looks at shapes first
    }
    resolved = {identifier: metric_from_string(identifier, generation) for identifier in metrics}
    differing = {identifier for identifier in metrics if resolved[identifier] != metrics[identifier]}
    # Keras 2.8 calls the metric of cosine similarity by the name it had in Keras 1.
    assert differing <= ({"cosine_similarity", "cosine_proximity"} if stack.name == "keras2_8" else set())


def test_the_table_is_the_union_of_the_stacks(stacks: dict[str, Stack], measure: Measure) -> None:
    try:
        for stack in stacks.values():
            stack.locate()
    except StackMissing as missing:
        pytest.skip(f"needs every stack: {missing}")
    measurements = [measure(stacks[name]) for name in ("keras2_8", "tf_keras", "keras3")]
    if [measurement["versions"] for measurement in measurements] != TABLE["measured_on"]:
        pytest.skip("other versions are installed than the table was measured on")
    assert merge(measurements) == TABLE, REMEDY


def measurement(generation: str, *groups: tuple[str, str, list[str]], **strings: dict[str, str]) -> dict[str, Any]:
    return {"generation": generation, "versions": generation, "groups": [list(g) for g in groups], "strings": strings}


def test_merge_prefers_documented_lasting_short_names() -> None:
    old = measurement(
        "keras2",
        ("mean_squared_error", "", ["keras.losses.MSE", "keras.losses.mean_squared_error", "keras.metrics.MSE"]),
        ("Loss", "", ["keras.losses.Loss"]),
        ("Model", "", ["keras.Model", "keras.models.Model"]),
        ("reduce_mean", "", ["tf.math.reduce_mean", "tf.reduce_mean"]),
    )
    new = measurement(
        "keras3",
        ("Loss", "", ["keras.Loss", "keras.losses.Loss"]),
        ("square", "", ["tf.compat.v1.square", "tf.square"]),
    )
    assert merge([old, new])["aliases"] == {
        "keras": {"keras.losses": "Loss"},
        "keras.losses": {"keras.losses": "MSE=mean_squared_error"},
        "keras.metrics": {"keras.losses": "MSE=mean_squared_error"},
        "keras.models": {"keras": "Model"},
        "tf.compat.v1": {"tf": "square"},
        "tf.math": {"tf": "reduce_mean"},
    }


def test_merge_keeps_apart_what_is_not_always_one_object() -> None:
    old = measurement("keras2", ("Adam", "", ["keras.a.Adam"]), ("Sgd", "", ["keras.a.Sgd", "keras.b.Sgd"]))
    new = measurement("keras3", ("Warning", "", ["keras.a.Adam", "keras.a.Sgd"]))
    table = merge([old, new])
    assert table["conflicts"] == ["keras.a.Adam", "keras.a.Sgd"]
    assert table["aliases"] == {}


def test_merge_maps_defining_modules() -> None:
    table = merge(
        [
            measurement(
                "keras3",
                ("Dense", "keras.layers.core.dense.Dense", ["keras.layers.Dense"]),
                ("Flatten", "keras.layers.core.flatten.Flatten", ["keras.layers.Flatten"]),
                ("Input", "keras.layers.core.input_layer.Input", ["keras.Input", "keras.layers.Input"]),
                ("mean", "keras.ops.mean", ["keras.ops.mean"]),
            )
        ]
    )
    assert table["aliases"] == {
        "keras.layers": {"keras": "Input core=layers"},
        "keras.layers.core": {"": "input_layer=keras", "keras": "dense=layers flatten=layers"},
    }


def test_merge_joins_strings() -> None:
    group = ("mean_squared_error", "", ["keras.losses.mean_squared_error", "keras.losses.mse"])
    found = {"mse": "keras.losses.mse"}
    table = merge([measurement("keras2", group, losses=found, metrics=found), measurement("keras3", losses={})])
    assert table["strings"] == {
        "losses": {"keras.losses": "mse=mean_squared_error"},
        "metrics.keras2": {"keras.losses": "mse=mean_squared_error"},
    }


def test_merge_from_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "keras3.json"
    file.write_text(json.dumps(measurement("keras3", ("Model", "", ["keras.Model", "keras.models.Model"]))), "utf-8")
    assert main(["merge", str(file)]) == 0
    assert json.loads(capsys.readouterr().out)["aliases"] == {"keras.models": {"keras": "Model"}}
