"""A forward pass under a tape runs as in inference, because nobody told the model of training."""

from __future__ import annotations

from typing import Any

from ...relations import CONFIRMED, REFUTED, UnmeasurableError
from ..execution import Execution
from ..verdicts import Verdict, inconclusive, verdict
from .base import Measure


class TrainingFlag(Measure):
    """Operands ``model`` and ``inputs``. The place is the call of the model."""

    relation = "training flag"
    operands = ("model", "inputs", "place")
    kinds = ("expression",)
    exact = True

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.found: list[str] = []
        self.distances: list[float] = []

    def look(self, execution: Execution) -> None:
        """Call the model with ``training=True`` and ``training=False`` on the same inputs."""
        import numpy as np
        import tensorflow as tf

        model, inputs = execution.value(self.site, "model"), execution.value(self.site, "inputs")

        def outputs(value: Any) -> Any:
            return np.concatenate([np.asarray(leaf, dtype=np.float64).ravel() for leaf in tf.nest.flatten(value)])

        written = outputs(execution.value(self.site, "place"))
        inference = outputs(model(inputs, training=False))
        training = outputs(model(inputs, training=True))
        if not all(np.isfinite(found).all() for found in (written, inference, training)):
            raise UnmeasurableError("the outputs are not finite")
        size = np.abs(inference).max() or 1.0

        def apart(one: Any, other: Any) -> float:
            return float(np.abs(one - other).max() / size)

        if apart(inference, training) < 1e-4:
            self.found.append("same")
        elif apart(written, inference) < 1e-5:
            self.found.append("inference")
            self.distances.append(float(np.abs(training - inference).mean() / np.abs(inference).mean()))
        else:
            self.found.append("training")

    @property
    def enough(self) -> bool:
        """Enough batches."""
        return len(self.found) >= self.batches

    def verdict(self) -> Verdict:
        """The outputs are those of inference, and in training they are others."""
        if not self.enough:
            return inconclusive(self.reason)
        if set(self.found) == {"inference"}:
            distance = self.distances[0]
            text = f"the outputs are those of inference; with training=True they differ by {distance:.0%} on average"
            return verdict(CONFIRMED, text, device=self.device)
        if set(self.found) == {"same"}:
            return verdict(REFUTED, "the outputs are the same with training=True", device=self.device)
        if set(self.found) == {"training"}:
            return verdict(REFUTED, "the outputs are not those of inference", device=self.device)
        return inconclusive("the batches contradict each other")
