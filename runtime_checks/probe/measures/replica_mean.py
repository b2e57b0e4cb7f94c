"""The means of several replicas, which the optimizer adds up."""

from __future__ import annotations

from typing import Any, Sequence

from ...families import Mean, means_of
from ...relations import CONFIRMED, REFUTED, UnmeasurableError
from ...report import factor, number
from ..arrays import rows
from ..gradients import scale_between
from ..replicas import Replica
from ..verdicts import Verdict, inconclusive, verdict
from .base import LEAST, Measure


class ReplicaMean(Measure):
    """Operands ``label`` and ``prediction``; the place is the mean that a replica takes of its own part of the batch.

    What is trained is the sum, over all replicas, of the share that the mean has in the number that a tape
    differentiates, times what becomes of the gradients before the optimizer gets them.
    """

    relation = "replica mean"
    kinds = ("replicas",)
    follows_gradients = True

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.found: list[tuple[float, float]] = []
        """What the shares of all replicas come to, and the mean over the global batch."""
        self.shares: list[float] = []
        self.replicas = 1
        self.shapes: dict[str, tuple[int, ...]] = {}

    def replicas_ran(self, replicas: Sequence[Replica], count: int, probe: Any) -> None:
        """All replicas have had their turn."""
        if not replicas and count == 1 and (self.site.id, "place") in probe.latest:
            self.attempts += 1
            raise UnmeasurableError("the strategy has one replica")
        reached = [replica for replica in replicas if (self.site.id, "place") in replica.seen]
        if not reached:
            return
        self.attempts += 1
        self.replicas = count
        if len(reached) != count:
            raise UnmeasurableError(f"{len(reached)} of {count} replicas were seen")
        shares = [self._share(replica) for replica in reached]
        pairs = [[replica.value(self.site.id, role) for role in self.operands] for replica in reached]
        if any(rows(value) is None for pair in pairs for value in pair):
            raise UnmeasurableError("labels or predictions were not seen once in every replica")
        if len({rows(pair[1]) for pair in pairs}) > 1:
            raise UnmeasurableError("the replicas have different numbers of rows")
        means = [self._value(replica) for replica in reached]
        wanted = self._mean_of_all(means, pairs)
        self.note_device(pairs[0][1])
        self.shapes = {"y_true": tuple(pairs[0][0].shape), "y_pred": tuple(pairs[0][1].shape)}
        self.found.append((sum(share * mean for share, mean in zip(shares, means)), wanted))
        self.shares += shares

    def _value(self, replica: Replica) -> float:
        place = replica.value(self.site.id, "place")
        if place is None or not hasattr(place, "numpy") or place.shape.rank != 0:
            raise UnmeasurableError("it is not one number in every replica")
        return float(place.numpy())

    def _share(self, replica: Replica) -> float:
        """What one more of the mean adds to what the optimizer minimizes."""
        flow = next((flow for flow in replica.flows.found if flow.shares.get(self.site.id) is not None), None)
        if flow is None:
            raise UnmeasurableError("no gradient is taken of it")
        if not flow.handed:
            raise UnmeasurableError("no optimizer gets its gradients")
        if not flow.is_summed:
            raise UnmeasurableError("the gradients of the replicas are not left to the optimizer to sum")
        scale = scale_between(flow.given, flow.handed)
        if scale is None:
            raise UnmeasurableError("the gradients are changed before the optimizer gets them")
        return scale * float(flow.shares[self.site.id].numpy().sum())

    def _mean_of_all(self, means: Sequence[float], pairs: Sequence[Sequence[Any]]) -> float:
        """The same mean over the global batch, by the definition of the loss."""
        import tensorflow as tf

        fitting = [set(means_of(mean, *pair)) for mean, pair in zip(means, pairs)]
        known: set[Mean] = set.intersection(*fitting)
        whole = [tf.concat([tf.convert_to_tensor(pair[at]) for pair in pairs], axis=0) for at in (0, 1)]
        values = [mean.value(*whole) for mean in sorted(known)]
        if not values:
            raise UnmeasurableError("it is the mean of no well-known loss")
        return float(values[0])

    def look_at_halves(self) -> None:
        """One run of all replicas has computed both numbers: the same batch tells as much twice."""
        if len(self.found) == 1:
            self.found *= 2

    @property
    def enough(self) -> bool:
        """Enough batches."""
        return len(self.found) >= self.batches

    def verdict(self) -> Verdict:
        """The sum is as many times the mean over the global batch as there are replicas."""
        if not self.enough:
            return inconclusive(self.reason)
        count, (written, wanted) = self.replicas, self.found[0]
        ratios = [share * count for share in self.shares]
        ratio = ratios[0]
        numbers = {
            "as_written": written,
            "reference": wanted,
            "ratio": ratio,
            "gradient_ratio": abs(ratio),
            "gradient_cosine": 1.0 if ratio > 0 else -1.0,
        }
        text = (
            f"{count} replicas with {self.shapes['y_pred'][0]} rows each: their losses add up to {number(written)}, "
            f"{factor(ratio)} times {number(wanted)}, the mean over the global batch; the gradient likewise"
        )
        for status, expected in ((CONFIRMED, float(count)), (REFUTED, 1.0)):
            if all(abs(found - expected) <= LEAST * expected for found in ratios):
                return verdict(status, text, device=self.device, shapes=self.shapes, numbers=numbers)
        return inconclusive(
            f"the losses of the replicas add up to {factor(ratio)} times the mean over the global batch"
        )
