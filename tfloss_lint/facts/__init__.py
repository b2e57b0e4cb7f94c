"""What losses, metrics and ``fit`` do on each Keras generation, as ``runtime_checks/measure_facts`` measured it.

Everything goes by the names of ``tfloss_lint.names``. The tables hold the newest release of a generation; what an
older release was seen to do otherwise is in ``Facts.exceptions``.
"""

from __future__ import annotations

import enum
import functools
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tfloss_lint.generation import Generation


class Alignment(enum.Enum):
    """What becomes of labels ``(batch,)`` with predictions ``(batch, 1)``, or the reverse."""

    ALIGNED = "aligned"
    """As if both were ``(batch, 1)``."""
    FLATTENED = "flattened"
    """As if both were ``(batch,)``: another value, where the last axis is one sample's."""
    BROADCASTS = "broadcasts"
    """Every label meets every prediction, silently."""
    DIFFERS = "differs"
    """Some other value."""
    RAISES = "raises"
    """An error."""


class Logged(enum.Enum):
    """What the number that ``fit`` reports for an epoch is; the last batch may be partial."""

    ZERO = "zero"
    LAST_BATCH = "last batch"
    SAMPLE_MEAN = "mean over samples"
    BATCH_MEAN = "mean over batches"
    PREDICTION_MEAN = "mean prediction"
    DIFFERS = "differs"
    RAISES = "raises"


class Member(enum.Enum):
    """What becomes of a use of a class's member."""

    THERE = "there"
    DEPRECATED = "deprecated"
    """It works, and warns."""
    DISABLED = "disabled"
    """It is there and raises ``NotImplementedError``."""


class Argument(enum.Enum):
    """What becomes of an argument."""

    TAKEN = "taken"
    IGNORED = "ignored"
    """It is accepted and has no effect."""
    RAISES = "raises"


@dataclass(frozen=True, slots=True)
class Ranks:
    """The alignment in both directions."""

    label_vector: Alignment
    """Labels ``(batch,)``, predictions ``(batch, 1)``."""
    prediction_vector: Alignment
    """Labels ``(batch, 1)``, predictions ``(batch,)``."""


@dataclass(frozen=True, slots=True)
class FunctionFact:
    """A functional loss, or a metric function of labels and predictions."""

    result: str
    """``per-sample``, ``scalar`` or ``elementwise``, for operands ``(batch, width)``."""
    on_vectors: str | None
    """The same, or ``raises``, for two operands ``(batch,)``; ``None`` for labels that are class ids."""
    symmetric: bool
    """Whether labels and predictions may change places."""
    ranks: Ranks | None
    """``None`` for labels that are class ids."""
    from_logits: str | None = None
    """The activation that ``from_logits=True`` stands for; without it, the predictions are probabilities."""
    from_logits_at: int | None = None
    """The position of that argument."""


@dataclass(frozen=True, slots=True)
class LossFact:
    """A loss class, called as an object."""

    default_reduction: str
    """The name of the default; in both generations its result is the mean over the batch."""
    mean_of: str | None
    """The functional loss whose mean it is."""
    ranks: Ranks | None
    """On tensors; ``None`` for labels that are class ids."""
    numpy_ranks: Ranks | None
    """On numpy arrays."""
    unreduced_label_vector: str | None
    """What ``reduction="none"`` leaves of labels ``(batch,)`` and predictions ``(batch, 1)``."""
    from_logits: str | None = None
    """As for functions."""
    from_logits_at: int | None = None


@dataclass(frozen=True, slots=True)
class MetricFact:
    """A metric class of labels and predictions."""

    kind: str | None
    """What it takes: ``labels, predictions``, such as ``one-hot, scores`` or ``class ids, class ids``."""
    hardened: str | None
    """What class ids in place of scores make of its value: ``same``, ``differs`` or ``raises``."""
    mean_of: str | None
    """The function whose running mean it is."""
    root_mean_of: str | None
    """The function the root of whose running mean it is."""
    counts: str | None
    """Whether labels ``(batch,)`` with predictions ``(batch, 1)`` weigh by ``samples`` or by ``batches``."""
    ranks: Ranks | None


@dataclass(frozen=True, slots=True)
class Facts:
    """All that is known of one Keras generation."""

    measured_on: str
    functions: Mapping[str, FunctionFact]
    losses: Mapping[str, LossFact]
    metrics: Mapping[str, MetricFact]
    compiled: Mapping[str, Ranks]
    """By how a loss or a metric is given to ``compile``: ``loss_function``, ``own_loss`` (a ``Loss`` subclass),
    ``metric_function``, …; and ``own_loss_called`` for the subclass called directly."""
    encodings: Mapping[str, Mapping[str, str]]
    """What functions, losses and accuracies make of labels such as ``"class ids (batch,)"``, by name, and by
    ``"<name>, compiled"``: ``right``, ``wrong`` or ``raises``; and of ``"one output"``: ``blind`` where the
    predictions do not matter."""
    activations: Mapping[str, str]
    """What a loss with ``from_logits=True`` does with activated outputs, ``corrected`` or ``taken as logits``, by
    ``"<activation>, <how it is written>, <eager or graph>"``."""
    strings: Mapping[str, Mapping[str, str]]
    """What ``metric accuracy``, ``metric crossentropy`` and ``loss crossentropy`` become, by
    ``"<label shape>, <prediction shape>"`` such as ``"(batch,), (batch, n)"``; ``raises`` where it is an error."""
    logs: Mapping[str, Logged]
    """What ``fit`` and ``evaluate`` report for a step's log, such as ``raw`` for ``{"loss": <tensor>}``."""
    unscales: Mapping[str, bool]
    """Whether ``apply_gradients`` divides gradients by the loss scale: of the ``compiled optimizer`` under the policy
    ``mixed_float16``, and of a ``LossScaleOptimizer``."""
    penalties: Mapping[str, bool]
    """Whether the compiled loss contains the penalties of the layers, by the method that is called."""
    replicas: Mapping[str, str]
    """What two replicas apply of a mean, by where it is taken: the ``mean`` of both, or the ``sum of means``."""
    resets: Mapping[str, bool]
    """Whether ``fit`` resets a metric between epochs, by where it lives, such as ``attribute`` or ``global``."""
    members: Mapping[str, Mapping[str, Member]]
    """The public members of ``keras.Model``, ``keras.metrics.Metric`` and a few more classes."""
    arguments: Mapping[str, Mapping[str, Argument]]
    """By ``keras.Model.fit`` and its like, and by optimizer class, there only for ``lr`` and ``decay``."""
    training: Mapping[str, str]
    """Layers that do something else with ``training=True`` than by default: ``always`` or ``with dropout``."""
    exceptions: Mapping[str, Mapping[str, Any]]
    """By older release: the path into the table and what holds there, ``None`` for what the release lacks."""

    def function_of(self, name: str) -> str | None:
        """The function whose mean a loss or metric class is (for the root of a mean, too); functions are their own."""
        if name in self.functions:
            return name
        if name in self.losses:
            return self.losses[name].mean_of
        metric = self.metrics.get(name)
        return (metric.mean_of or metric.root_mean_of) if metric else None

    def ranks_of(self, name: str) -> Ranks | None:
        """How a function, loss object or metric object of this canonical name, called on tensors, meets ranks."""
        fact = self.functions.get(name) or self.losses.get(name) or self.metrics.get(name)
        return fact.ranks if fact else None

    def from_logits(self, name: str) -> tuple[str, int | None] | None:
        """The activation that ``from_logits=True`` of a loss stands for, and the argument's position."""
        fact = self.functions.get(name) or self.losses.get(name)
        return (fact.from_logits, fact.from_logits_at) if fact is not None and fact.from_logits else None

    def on_activated(self, activation: str, form: str, mode: str) -> frozenset[str]:
        """What ``from_logits=True`` does with activated outputs, on all releases that were measured."""
        key = f"{activation}, {form}, {mode}"
        path = f"activations / {key}"
        others = [release[path] for release in self.exceptions.values() if release.get(path)]
        return frozenset([*([self.activations[key]] if key in self.activations else []), *others])

    def on_labels(self, name: str, case: str, *, compiled: bool) -> str | None:
        """What a function, loss or accuracy makes of labels; ``compile`` treats a function as the class it belongs to.

        ``None`` where the generation does not have it, or nothing was measured.
        """
        if compiled:
            classes = [cls for cls, loss in self.losses.items() if loss.mean_of == name]
            classes += [cls for cls, metric in self.metrics.items() if metric.mean_of == name]
            names = [name, *classes]
            found = [self.encodings[key] for cls in names if (key := f"{cls}, compiled") in self.encodings]
        else:
            found = [self.encodings[name]] if name in self.encodings else []
        return found[0].get(case) if found else None

    def family(self, name: str) -> str | None:
        """What kind of error a function, loss class or metric class measures."""
        function = self.function_of(name)
        return FAMILIES.get(function) if function else None


FAMILIES = {
    "keras.losses.mean_squared_error": "squared error",
    "keras.losses.mean_absolute_error": "absolute error",
    "keras.losses.mean_absolute_percentage_error": "absolute percentage error",
    "keras.losses.mean_squared_logarithmic_error": "squared logarithmic error",
    "keras.losses.huber": "huber",
    "keras.losses.log_cosh": "log-cosh",
    "keras.losses.cosine_similarity": "cosine similarity",
    "keras.losses.binary_crossentropy": "binary cross-entropy",
    "keras.losses.binary_focal_crossentropy": "binary cross-entropy",
    "keras.losses.categorical_crossentropy": "categorical cross-entropy",
    "keras.losses.categorical_focal_crossentropy": "categorical cross-entropy",
    "keras.losses.sparse_categorical_crossentropy": "sparse categorical cross-entropy",
    "keras.losses.hinge": "hinge",
    "keras.losses.squared_hinge": "squared hinge",
    "keras.losses.categorical_hinge": "categorical hinge",
    "keras.losses.poisson": "poisson",
    "keras.losses.kl_divergence": "kl divergence",
    "keras.losses.dice": "dice",
    "keras.losses.tversky": "tversky",
    "keras.metrics.concordance_correlation": "correlation",
    "keras.metrics.pearson_correlation": "correlation",
    "keras.metrics.binary_accuracy": "accuracy",
    "keras.metrics.categorical_accuracy": "accuracy",
    "keras.metrics.sparse_categorical_accuracy": "accuracy",
    "keras.metrics.top_k_categorical_accuracy": "top-k accuracy",
    "keras.metrics.sparse_top_k_categorical_accuracy": "top-k accuracy",
}
"""The word for what a function measures; typed by hand."""


def _ranks(data: Mapping[str, Any], prefix: str = "") -> Ranks | None:
    label = data.get(prefix + "label_vector")
    return Ranks(Alignment(label), Alignment(data[prefix + "prediction_vector"])) if label else None


def _function(data: Mapping[str, Any]) -> FunctionFact:
    return FunctionFact(
        data["result"],
        data.get("on_vectors"),
        data.get("symmetric", False),
        _ranks(data),
        data.get("from_logits"),
        data.get("from_logits_at"),
    )


def _loss(data: Mapping[str, Any]) -> LossFact:
    return LossFact(
        data["default_reduction"],
        data["mean_of"],
        _ranks(data),
        _ranks(data, "numpy_"),
        data.get("unreduced_label_vector"),
        data.get("from_logits"),
        data.get("from_logits_at"),
    )


def _metric(data: Mapping[str, Any]) -> MetricFact:
    return MetricFact(
        data.get("kind"),
        data.get("hardened"),
        data["mean_of"],
        data["root_mean_of"],
        data.get("counts"),
        _ranks(data),
    )


@functools.cache
def facts(generation: Generation) -> Facts:
    """The facts of one generation."""
    path = Path(__file__).with_name(f"{generation.value}.json")
    data = json.loads(path.read_text(encoding="utf-8"))
    return Facts(
        measured_on=data["measured_on"],
        functions={name: _function(fact) for name, fact in data["functions"].items()},
        losses={name: _loss(fact) for name, fact in data["losses"].items()},
        metrics={name: _metric(fact) for name, fact in data["metrics"].items()},
        compiled={case: ranks for case, fact in data["compile"].items() if (ranks := _ranks(fact))},
        encodings=data["encodings"],
        activations=data["activations"],
        strings=data["strings"],
        logs={case: Logged(word) for case, word in data["logs"].items()},
        unscales={kind: word == "divided" for kind, word in data["loss_scaling"].items()},
        penalties={method: word == "included" for method, word in data["penalties"].items()},
        replicas=data["replicas"],
        resets={place: word == "reset" for place, word in data["resets"].items()},
        members={owner: {n: Member(w) for n, w in words.items()} for owner, words in data["members"].items()},
        arguments={owner: {n: Argument(w) for n, w in words.items()} for owner, words in data["arguments"].items()},
        training=data["training"],
        exceptions=data["exceptions"],
    )
