"""One-hot labels for a sparse accuracy raise an error."""

# raises: InvalidArgumentError on keras3, tf_keras, keras2_8

import tensorflow as tf
from sklearn.datasets import load_digits
from tensorflow import keras

x, y = load_digits(return_X_y=True)
model = keras.Sequential([keras.layers.Dense(10, activation="softmax")])
accuracy = keras.metrics.SparseCategoricalAccuracy()  # TFL302: 12

for images, labels in tf.data.Dataset.from_tensor_slices((x / 16, keras.utils.to_categorical(y))).batch(64):
    accuracy.update_state(labels, model(images, training=False))
