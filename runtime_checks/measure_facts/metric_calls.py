"""Metric classes as functions of labels and predictions, with the arguments that their constructors need."""

from typing import Any, Callable, Dict

from .json_types import JSON

ARGUMENTS: Dict[str, JSON] = {
    "FBetaScore": {"beta": 2.0},
    "IoU": {"num_classes": 6, "target_class_ids": [0, 3]},
    "MeanIoU": {"num_classes": 6},
    "MeanRelativeError": {"normalizer": [[1.0, 2.0]] * 6},
    "OneHotIoU": {"num_classes": 6, "target_class_ids": [0, 3]},
    "OneHotMeanIoU": {"num_classes": 6},
    "PrecisionAtRecall": {"recall": 0.5},
    "RecallAtPrecision": {"precision": 0.8},
    "SensitivityAtSpecificity": {"specificity": 0.5},
    "SpecificityAtSensitivity": {"sensitivity": 0.5},
}


def metric_call(metric: Any) -> Callable[..., Any]:
    """A function of labels and predictions, batch after batch: the result of a new metric of this class."""

    def call(*batches: Any) -> Any:
        made = metric(**ARGUMENTS.get(metric.__name__, {}))
        for labels, predictions in zip(batches[::2], batches[1::2]):
            made.update_state(labels, predictions)
        return made.result()

    return call
