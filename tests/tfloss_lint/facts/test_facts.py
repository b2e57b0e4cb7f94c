"""The tables hold together, and say what the rules rest on."""

from __future__ import annotations

import pytest

from tfloss_lint.facts import FAMILIES, Alignment, Argument, Facts, Logged, Member, Ranks, facts
from tfloss_lint.generation import Generation
from tfloss_lint.names import canonical

KERAS2, KERAS3 = facts(Generation.KERAS2), facts(Generation.KERAS3)
ALIGNED = Ranks(Alignment.ALIGNED, Alignment.ALIGNED)
BROADCASTS = Ranks(Alignment.BROADCASTS, Alignment.BROADCASTS)
RAISES = Ranks(Alignment.RAISES, Alignment.RAISES)

both = pytest.mark.parametrize("known", [KERAS2, KERAS3], ids=["keras2", "keras3"])


@both
def test_names_are_canonical(known: Facts) -> None:
    names = {*known.functions, *known.losses, *known.metrics, *FAMILIES}
    assert {canonical(name) for name in names} == names


@both
def test_everything_that_is_a_mean_has_a_family(known: Facts) -> None:
    assert [name for name in (*known.functions, *known.losses) if known.family(name) is None] == []
    assert {known.function_of(name) for name in known.metrics} - {None} <= set(known.functions)


@both
def test_every_metric_takes_what_it_is_said_to_take(known: Facts) -> None:
    assert [name for name, metric in known.metrics.items() if metric.kind is None] == []


@both
def test_classes_and_functions_meet(known: Facts) -> None:
    assert known.function_of("keras.losses.MeanSquaredError") == "keras.losses.mean_squared_error"
    assert known.function_of("keras.losses.mean_squared_error") == "keras.losses.mean_squared_error"
    assert known.metrics["keras.metrics.RootMeanSquaredError"].mean_of is None
    assert known.function_of("keras.metrics.RootMeanSquaredError") == "keras.losses.mean_squared_error"
    assert known.family("keras.metrics.MeanSquaredError") == "squared error"
    assert known.function_of("keras.metrics.AUC") is None
    assert known.family("keras.metrics.AUC") is None
    assert known.family("numpy.mean") is None
    assert known.ranks_of("numpy.mean") is None


@pytest.mark.parametrize(
    ("name", "keras2", "keras3"),
    [
        ("keras.losses.mean_squared_error", BROADCASTS, ALIGNED),
        ("keras.losses.hinge", BROADCASTS, BROADCASTS),
        ("keras.losses.binary_crossentropy", BROADCASTS, RAISES),
        ("keras.losses.categorical_crossentropy", RAISES, RAISES),
        ("keras.losses.MeanSquaredError", ALIGNED, ALIGNED),
        ("keras.metrics.MeanSquaredError", ALIGNED, ALIGNED),
        ("keras.losses.sparse_categorical_crossentropy", None, None),
    ],
)
def test_ranks(name: str, keras2: Ranks | None, keras3: Ranks | None) -> None:
    assert (KERAS2.ranks_of(name), KERAS3.ranks_of(name)) == (keras2, keras3)


def test_what_compile_aligns() -> None:
    assert KERAS2.compiled["own_loss"] == Ranks(Alignment.ALIGNED, Alignment.BROADCASTS)
    assert KERAS3.compiled["own_loss"] == BROADCASTS
    assert (KERAS2.compiled["metric_function"], KERAS3.compiled["metric_function"]) == (ALIGNED, BROADCASTS)
    assert KERAS2.compiled["own_loss_called"] == KERAS3.compiled["own_loss_called"] == BROADCASTS
    assert KERAS2.compiled["loss_function"] == KERAS3.compiled["loss_function"] == ALIGNED


def test_logs_and_resets() -> None:
    assert (KERAS2.logs["raw"], KERAS3.logs["raw"]) == (Logged.LAST_BATCH, Logged.ZERO)
    assert KERAS2.exceptions["keras 2.8.0"]["logs / compiled_loss"] == Logged.LAST_BATCH.value
    assert KERAS2.resets == KERAS3.resets
    assert (KERAS2.resets["attribute"], KERAS2.resets["global"]) == (True, False)


def test_which_losses_contain_the_penalties() -> None:
    assert (KERAS2.penalties["compiled_loss"], KERAS3.penalties["compiled_loss"]) == (False, True)
    assert KERAS2.penalties["compute_loss"]
    assert KERAS3.penalties["compute_loss"]


def test_which_optimizers_divide_by_the_loss_scale() -> None:
    assert set(KERAS2.unscales.values()) == {False}
    assert set(KERAS3.unscales.values()) == {True}


def test_what_replicas_apply() -> None:
    assert KERAS2.replicas["raw mean"] == KERAS3.replicas["raw mean"] == "sum of means"
    assert (KERAS2.replicas["scalar function"], KERAS3.replicas["scalar function"]) == ("mean", "sum of means")
    assert KERAS2.replicas["compute_loss"] == KERAS3.replicas["compute_loss"] == "mean"


def test_members_and_arguments() -> None:
    metric, layer = "keras.metrics.Metric", "keras.layers.Layer"
    assert "reset_states" in KERAS2.members[metric]
    assert "reset_states" not in KERAS3.members[metric]
    assert "reset_state" in KERAS2.members[metric].keys() & KERAS3.members[metric].keys()
    assert (KERAS2.members[layer]["add_metric"], KERAS3.members[layer]["add_metric"]) == (Member.THERE, Member.DISABLED)
    assert KERAS3.members["keras.Model"]["compiled_loss"] is Member.DEPRECATED
    sgd = "keras.optimizers.SGD"
    assert (KERAS2.arguments[sgd]["lr"], KERAS3.arguments[sgd]["lr"]) == (Argument.IGNORED, Argument.RAISES)
    assert KERAS2.exceptions["keras 2.8.0"]["arguments / keras.optimizers.SGD / lr"] == Argument.TAKEN.value
    assert (KERAS2.arguments[sgd]["decay"], KERAS3.arguments[sgd]["decay"]) == (Argument.RAISES, Argument.IGNORED)
    assert "workers" in KERAS2.arguments["keras.Model.fit"].keys() - KERAS3.arguments["keras.Model.fit"].keys()


@both
def test_layers_that_need_to_be_told_of_training(known: Facts) -> None:
    assert known.training["keras.layers.Dropout"] == known.training["keras.layers.BatchNormalization"] == "always"
    assert known.training["keras.layers.LSTM"] == "with dropout"
    assert not {"keras.layers.Dense", "keras.layers.RandomFlip"} & known.training.keys()


@pytest.mark.parametrize(
    ("name", "case", "compiled", "keras2", "keras3"),
    [
        ("keras.losses.mean_squared_error", "class ids (batch,)", False, "raises", "raises"),
        ("keras.losses.mean_squared_error", "class ids (batch,)", True, "wrong", "raises"),
        ("keras.losses.MeanSquaredError", "class ids (batch, 1)", False, "wrong", "wrong"),
        ("keras.losses.sparse_categorical_crossentropy", "one-hot", True, "raises", "raises"),
        ("keras.losses.CategoricalCrossentropy", "one output", True, "blind", "blind"),
        ("keras.metrics.binary_accuracy", "one-hot", True, "wrong", "wrong"),
        ("keras.metrics.CategoricalAccuracy", "one-hot", False, "right", "right"),
        ("keras.losses.Dice", "one-hot", True, None, "right"),
        ("numpy.mean", "one-hot", False, None, None),
    ],
)
def test_labels_in_another_encoding(
    name: str, case: str, compiled: bool, keras2: str | None, keras3: str | None
) -> None:
    assert [known.on_labels(name, case, compiled=compiled) for known in (KERAS2, KERAS3)] == [keras2, keras3]
