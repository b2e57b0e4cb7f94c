"""Keras 2 broadcasts these clipped probabilities; Keras 3 refuses them with a ValueError, so nothing runs on it."""

# stacks: tf_keras, keras2_8
import tensorflow as tf
from sklearn.datasets import load_breast_cancer
from sklearn.preprocessing import scale
from tensorflow.keras import layers
from tensorflow.keras.losses import binary_crossentropy as bce

x, y = load_breast_cancer(return_X_y=True)
x, y = scale(x).astype("float32"), y.astype("float32")
inputs = tf.keras.Input(shape=(30,))
model = tf.keras.Model(inputs, layers.Dense(1, activation="sigmoid", kernel_initializer="zeros")(inputs))


def gradient_of(model, inputs, labels):
    with tf.GradientTape() as tape:
        probability = tf.clip_by_value(model(inputs, training=True), 1e-6, 1.0 - 1e-6)
        loss = tf.reduce_mean(bce(labels, probability))  # TFL201: 31 (keras2)
    return tape.gradient(loss, model.trainable_variables)


for features, labels in tf.data.Dataset.from_tensor_slices((x, y)).batch(569):
    gradient = gradient_of(model, features, labels)

as_written = gradient[0].numpy()[:, 0]
reference = x.T @ (0.5 - y) / 569
