"""A loop over epochs that resets its metric by the old name."""

# raises: AttributeError on keras3
import numpy as np
import tensorflow as tf

metric = tf.keras.metrics.MeanAbsoluteError()
labels = np.array([[1.0], [2.0], [3.0]], "float32")
predictions = tf.Variable(labels + 1.0)
reports = []

for epoch in range(3):
    metric.reset_states()  # TFL501: 5 (keras3 alone)
    metric.update_state(labels, predictions)
    reports.append(float(metric.result()))
    predictions.assign_add(labels)

as_written = reports
reference = [1.0, 3.0, 5.0]
