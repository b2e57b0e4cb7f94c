"""The examples, run on every TensorFlow stack, show the numbers that they are there to show."""

from __future__ import annotations

from pathlib import Path

import pytest
from stacks import Result, Stack

from tfloss_lint.generation import Generation

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
SECONDS = 60


def run(stack: Stack, example: str, *returns: str) -> Result:
    program = (EXAMPLES / example).read_text(encoding="utf-8")
    result = stack.run(program, returns=returns, filename=Path(example).name, timeout=SECONDS)
    assert result.stdout.strip(), f"{example} prints nothing"
    return result


def last(history: dict[str, list[float]]) -> dict[str, float]:
    return {name: values[-1] for name, values in history.items()}


def test_compiled_and_raw_mse(stack: Stack) -> None:
    wrong = last(run(stack, "compiled_and_raw_mse/wrong.py", "history")["history"])
    right = last(run(stack, "compiled_and_raw_mse/right.py", "history")["history"])
    for part in ("", "val_"):
        for logs in (wrong, right):
            assert logs[f"{part}metric_mse"] == pytest.approx(logs[f"{part}compiled_mse"], rel=1e-4)
        assert right[f"{part}raw_mse"] == pytest.approx(right[f"{part}compiled_mse"], rel=1e-4)
        if stack.generation is Generation.KERAS2:
            assert wrong[f"{part}raw_mse"] > 2.5 * wrong[f"{part}compiled_mse"]
        else:
            assert wrong[f"{part}raw_mse"] == pytest.approx(wrong[f"{part}compiled_mse"], rel=1e-4)


def test_linear_regression_train_step(stack: Stack) -> None:
    names = ("logged", "evaluated", "explained")
    wrong = run(stack, "linear_regression_train_step/wrong.py", *names)
    right = run(stack, "linear_regression_train_step/right.py", *names)
    assert wrong["explained"] < 0.1
    assert right["explained"] > 0.5
    assert right["evaluated"] < 0.55 * wrong["evaluated"]
    # The right log is the mean over an epoch during which the model still learns a little.
    assert right["logged"] == pytest.approx(right["evaluated"], rel=0.05)
    if stack.generation is Generation.KERAS2:
        assert abs(wrong["logged"] - wrong["evaluated"]) > 0.3
    else:
        assert wrong["logged"] == 0.0


def test_digits_gradient_tape(stack: Stack) -> None:
    wrong = run(stack, "digits_gradient_tape/wrong.py", "rows", "as_written", "per_row")
    right = run(stack, "digits_gradient_tape/right.py", "rows", "as_written", "per_output")
    assert wrong["rows"] == right["rows"] == 8
    assert wrong["as_written"] == pytest.approx(wrong["per_row"] * 8 / 32, rel=1e-5)
    assert right["as_written"] == pytest.approx(right["per_output"], rel=1e-5)


def test_digits_train_step(stack: Stack) -> None:
    names = ("mean_square", "mean_row_sum", "share_of_hits", "logged_loss", "logged_accuracy")
    wrong = run(stack, "digits_train_step/wrong.py", *names)
    right = run(stack, "digits_train_step/right.py", *names)
    # Sum against mean: ten outputs. The learning rates differ by as much, so both programs learn alike.
    assert wrong["mean_row_sum"] == pytest.approx(10 * wrong["mean_square"], rel=1e-4)
    assert right["share_of_hits"] == pytest.approx(wrong["share_of_hits"], abs=0.05)
    # Neither what compile asked for nor the mean over all rows: the last batch, with 8 rows divided by 32.
    assert wrong["logged_loss"] > 2 * wrong["mean_square"]
    assert wrong["logged_loss"] < wrong["mean_row_sum"] / 3
    assert right["logged_loss"] == pytest.approx(right["mean_square"], rel=1e-4)
    # One 0 or 1 for each of 12 batches.
    assert wrong["logged_accuracy"] * 12 == pytest.approx(round(wrong["logged_accuracy"] * 12), abs=1e-4)
    assert abs(wrong["logged_accuracy"] - wrong["share_of_hits"]) > 0.1
    assert right["logged_accuracy"] == pytest.approx(right["share_of_hits"], abs=1e-6)


def test_rmse_loss(stack: Stack) -> None:
    wrong = run(stack, "rmse_loss/wrong.py", "found")["found"]
    right = run(stack, "rmse_loss/right.py", "found")["found"]
    assert wrong["loss"] == pytest.approx(wrong["absolute"], rel=1e-4)
    assert wrong["root"] > 1.2 * wrong["loss"]
    assert right["loss"] ** 0.5 == pytest.approx(right["root"], rel=1e-4)
