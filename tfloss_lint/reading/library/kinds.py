"""The kinds of objects that the reader tells apart: canonical names of classes, or what these begin with."""

from __future__ import annotations

MODELS = frozenset({"keras.Model", "keras.Sequential", "keras.models.Model", "keras.models.Sequential"})
ANY_METRIC = "metric of the model"
"""The kind of an object that stands for each of the metrics that Keras lists."""
LOSS_TRACKER = "loss tracker of the model"
"""The kind of the metric by which Keras 3 follows the compiled loss."""
METRICS = ("keras.metrics.", "compiled metrics", ANY_METRIC, LOSS_TRACKER)
OPTIMIZERS = ("keras.optimizers.", "keras.mixed_precision.LossScaleOptimizer")
OBJECT_HOMES = ("keras.layers.", "keras.losses.", "keras.metrics.", "keras.callbacks.", *OPTIMIZERS)
"""What the names of layers, losses, metrics, callbacks and optimizers begin with."""
