"""What scikit-learn makes of all samples together: numbers that are no means over the samples."""

from __future__ import annotations

from tfloss_lint.reading.library.table import Call, function
from tfloss_lint.reading.values import Ref, Value

SCORES = (
    "average_precision_score balanced_accuracy_score cohen_kappa_score f1_score fbeta_score jaccard_score "
    "matthews_corrcoef precision_score r2_score recall_score roc_auc_score"
).split()


def _score(call: Call, name: str) -> Value:
    label, prediction = call.argument(0, "y_true", "y1"), call.argument(1, "y_pred", "y_score", "y2")
    return call.tensor((), "score", label, prediction, detail=Ref(name))


for _name in [f"sklearn.metrics.{score}" for score in SCORES]:
    function(_name)(lambda call, name=_name: _score(call, name))  # type: ignore[misc]
