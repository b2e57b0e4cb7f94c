"""What a claim can say, one module for each relation that it can name.

A measure sees the executions of one carrier of one site, and ends in a verdict.
"""

from __future__ import annotations

from ..execution import Site
from .accuracy import Accuracy
from .argmax import ArgmaxIntoMetric
from .base import Measure
from .batch_means import BatchMeans
from .batch_ratio import BatchRatio
from .broadcast import Broadcast
from .constant import ConstantOutput
from .divisor import Divisor
from .encoding import Encoding
from .factor import Factor
from .logits import Logits
from .loss_scale import LossScale
from .masked import MaskedMean
from .member import Member
from .order import ArgumentOrder
from .penalties import Penalties
from .remade import RemadeMetric
from .replica_mean import ReplicaMean
from .reported import ReportedLoss
from .reset import Reset
from .reset_override import ResetOverride
from .root import RootOfMean
from .sample_sum import SampleSum
from .shown import LoggedLoss, ShownLog
from .step import StepLoss
from .training_flag import TrainingFlag
from .unused import UnusedLoss
from .vector import Vector

MEASURES: dict[str, type[Measure]] = {
    measure.relation: measure
    for measure in (
        Accuracy,
        ArgmaxIntoMetric,
        ArgumentOrder,
        BatchMeans,
        BatchRatio,
        Broadcast,
        ConstantOutput,
        Divisor,
        Encoding,
        Factor,
        LoggedLoss,
        Logits,
        LossScale,
        MaskedMean,
        Member,
        Penalties,
        RemadeMetric,
        ReportedLoss,
        ReplicaMean,
        Reset,
        ResetOverride,
        RootOfMean,
        SampleSum,
        ShownLog,
        StepLoss,
        TrainingFlag,
        UnusedLoss,
        Vector,
    )
}


def measures_of(site: Site, batches: int) -> list[Measure]:
    """One measure for each carrier of a site."""
    kind = MEASURES[site.relation]
    return [kind(site, carrier, batches) for carrier in kind.carriers_among(site.carriers)]
