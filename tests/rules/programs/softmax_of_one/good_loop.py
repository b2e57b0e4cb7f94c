"""A loop over a subclassed model that ends in a sigmoid."""

import tensorflow as tf
from sklearn.datasets import load_breast_cancer
from tensorflow import keras


class Classifier(keras.Model):
    def __init__(self):
        super().__init__()
        self.head = keras.layers.Dense(1, kernel_initializer="zeros")

    def call(self, inputs):
        return tf.sigmoid(self.head(inputs))


x, y = load_breast_cancer(return_X_y=True)
x = ((x - x.mean(axis=0)) / x.std(axis=0)).astype("float32")
y = y.reshape(-1, 1).astype("float32")
model = Classifier()
loss_function = keras.losses.BinaryCrossentropy()
optimizer = keras.optimizers.SGD(1.0)

for features, labels in tf.data.Dataset.from_tensor_slices((x, y)).batch(569):
    with tf.GradientTape() as tape:
        loss = loss_function(labels, model(features, training=True))
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))

as_written = model.get_weights()[0]
reference = x.T @ (y - 0.5) / len(y)  # one step down the gradient of the cross-entropy of a sigmoid
