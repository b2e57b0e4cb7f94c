import numpy as np
import tensorflow as tf
from sklearn.datasets import load_diabetes
from tensorflow.keras import layers, losses, optimizers


def build_model():
    inputs = layers.Input(shape=(10,))
    outputs = layers.Dense(1, kernel_initializer="zeros")(inputs)
    return tf.keras.Model(inputs, outputs)


def train(model, optimizer, dataset):
    loss_fn = losses.Huber()
    for features, labels in dataset:
        with tf.GradientTape() as tape:
            loss = loss_fn(labels, model(features, training=True))
        grads = tape.gradient(loss, model.trainable_weights)
        optimizer.apply_gradients(zip(grads, model.trainable_weights))


x, y = load_diabetes(return_X_y=True)
y = y[:, np.newaxis]
model = build_model()
train(model, optimizers.SGD(0.01), tf.data.Dataset.from_tensor_slices((x, y)).batch(442))

as_written = model.get_weights()[1][0]
reference = 0.01
