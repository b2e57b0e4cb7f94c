"""The loop trains on what loss_fn says; the Huber loss stands in compile() for nobody."""

import numpy as np
import tensorflow as tf
from sklearn.datasets import load_diabetes
from tensorflow.keras import layers, losses, optimizers


def build_model():
    inputs = layers.Input(shape=(10,))
    outputs = layers.Dense(1, kernel_initializer="zeros")(inputs)
    model = tf.keras.Model(inputs, outputs)
    model.compile(optimizers.SGD(0.01), losses.Huber())  # TFL105: 41
    return model


def train(model, dataset):
    loss_fn = losses.MeanSquaredError()
    for features, labels in dataset:
        with tf.GradientTape() as tape:
            loss = loss_fn(labels, model(features, training=True))
        grads = tape.gradient(loss, model.trainable_weights)
        model.optimizer.apply_gradients(zip(grads, model.trainable_weights))


x, y = load_diabetes(return_X_y=True)
y = y[:, np.newaxis]
model = build_model()
train(model, tf.data.Dataset.from_tensor_slices((x, y)).batch(442))

as_written = model.get_weights()[1][0]
reference = 0.01  # far from the target the Huber loss is linear: its gradient is -1
