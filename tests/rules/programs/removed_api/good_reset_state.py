"""A loop over epochs that resets its metric by the name that all releases since 2.5 have."""

import numpy as np
import tensorflow as tf

metric = tf.keras.metrics.MeanAbsoluteError()
labels = np.array([[1.0], [2.0], [3.0]], "float32")
predictions = tf.Variable(labels + 1.0)
reports = []

for epoch in range(3):
    metric.reset_state()
    metric.update_state(labels, predictions)
    reports.append(float(metric.result()))
    predictions.assign_add(labels)

as_written = reports
reference = [1.0, 3.0, 5.0]
