import numpy as np
import tensorflow as tf
from sklearn.datasets import load_iris
from tensorflow.keras import layers

flowers = load_iris()
model = tf.keras.models.Sequential()
model.add(layers.Dense(3, activation="softmax", kernel_initializer="zeros"))
model.compile(optimizer="sgd", loss="sparse_categorical_crossentropy")
metric = tf.keras.metrics.CategoricalAccuracy("accuracy")

for rows, targets in tf.data.Dataset.from_tensor_slices((flowers.data, flowers.target)).batch(25):
    probabilities = model(rows, training=False)
    metric(y_true=targets, y_pred=np.argmax(probabilities, axis=-1))  # TFL301: 35

as_written = float(metric.result())
reference = np.mean(flowers.target == 0)
