"""Precision, Recall and BinaryAccuracy compare with a threshold: classes 0 and 1 lie on the right sides of it."""

import numpy as np
import tensorflow as tf
from sklearn.datasets import load_breast_cancer
from sklearn.preprocessing import scale
from tensorflow import keras

x, y = load_breast_cancer(return_X_y=True)
x = scale(x)
model = keras.Sequential([keras.layers.Dense(2, activation="softmax", kernel_initializer="zeros")])
model.compile(loss="sparse_categorical_crossentropy", optimizer="sgd")
model.fit(x, y, epochs=1, verbose=0)
precision = keras.metrics.Precision()

for features, labels in tf.data.Dataset.from_tensor_slices((x, y)).batch(100):
    precision.update_state(labels, tf.argmax(model(features, training=False), axis=-1))

predicted = model.predict(x, verbose=0).argmax(axis=-1)
as_written = float(precision.result())
reference = np.mean(y[predicted == 1])
