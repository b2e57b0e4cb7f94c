"""What metric classes take as labels and predictions, and operands of each kind."""

from typing import Any, Dict, List, Sequence, Tuple

from .operands import BINARY_LABELS, CLASS_IDS, LABELS, PREDICTIONS, RANKED
from .tensors import column, tensor

VALUES = "values, values"
CLASSES = "class ids, class ids"
SPARSE = "class ids, scores"
ONE_HOT = "one-hot, scores"
BINARY = "binary, probabilities"
MARGINS = "binary, margins"

# By class; the others take values. Typed by hand: the section on metrics drops what does not hold.
KINDS: Dict[str, str] = {
    **dict.fromkeys(("Accuracy", "IoU", "MeanIoU"), CLASSES),
    **dict.fromkeys(("Hinge", "SquaredHinge"), MARGINS),
    **dict.fromkeys(("AUC", "BinaryAccuracy", "BinaryCrossentropy", "BinaryIoU", "Precision", "Recall"), BINARY),
    **dict.fromkeys(("TruePositives", "TrueNegatives", "FalsePositives", "FalseNegatives"), BINARY),
    **dict.fromkeys(("PrecisionAtRecall", "RecallAtPrecision"), BINARY),
    **dict.fromkeys(("SensitivityAtSpecificity", "SpecificityAtSensitivity"), BINARY),
    **dict.fromkeys(("CategoricalAccuracy", "TopKCategoricalAccuracy", "CategoricalCrossentropy"), ONE_HOT),
    **dict.fromkeys(("CategoricalHinge", "F1Score", "FBetaScore", "OneHotIoU", "OneHotMeanIoU"), ONE_HOT),
    **dict.fromkeys(("SparseCategoricalAccuracy", "SparseTopKCategoricalAccuracy"), SPARSE),
    "SparseCategoricalCrossentropy": SPARSE,
}


def forms() -> Dict[str, Tuple[Any, Any, Any]]:
    """For every kind of metric: labels, predictions that fit them well, and predictions that do not."""
    import tensorflow as tf

    ids, binary = tensor(CLASS_IDS, "int32"), column(tensor(BINARY_LABELS))
    # The true class comes first, or last.
    good, bad = (tensor([RANKED[-i:] + RANKED[:-i] for i in numbers]) for numbers in (CLASS_IDS, _next(CLASS_IDS)))
    labels, predictions = tensor([[v, 1 - v] for v in LABELS]), tensor([[v, 2 * v * v] for v in PREDICTIONS])
    probabilities = column(tensor([0.8, 0.2, 0.45, 0.4, 0.6, 0.1]))
    return {
        VALUES: (labels, labels, predictions),
        CLASSES: (ids, ids, tensor(_next(CLASS_IDS), "int32")),
        SPARSE: (ids, good, bad),
        ONE_HOT: (tf.one_hot(ids, 6), good, bad),
        BINARY: (binary, probabilities, 1 - probabilities),
        MARGINS: (binary, probabilities - 0.42, 0.42 - probabilities),
    }


def hardened(kind: str, predictions: Any) -> Any:
    """Predictions as the class that they choose."""
    import tensorflow as tf

    if kind == BINARY:
        return tf.round(predictions)
    return tf.sign(predictions) if kind == MARGINS else tf.argmax(predictions, axis=-1)


def _next(class_ids: Sequence[int]) -> List[int]:
    return [(i + 1) % 6 for i in class_ids]
