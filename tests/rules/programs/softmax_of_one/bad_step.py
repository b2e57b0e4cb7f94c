"""A step of its own, and a model that ends in a softmax over one unit."""

import tensorflow as tf
from sklearn.datasets import load_breast_cancer
from tensorflow import keras


class Classifier(keras.Model):
    def __init__(self):
        super().__init__()
        self.scale = keras.layers.Dense(4, activation="relu")
        self.head = keras.layers.Dense(1, activation=tf.nn.softmax)  # TFL404: 21

    def call(self, inputs):
        return tf.squeeze(self.head(self.scale(inputs)), axis=-1)

    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            outputs = self(x, training=True)
            loss = self.compute_loss(x, y, outputs)
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_variables))
        return {"largest": tf.reduce_max(outputs), "smallest": tf.reduce_min(outputs)}


x, y = load_breast_cancer(return_X_y=True)
x, y = ((x - x.mean(axis=0)) / x.std(axis=0)).astype("float32"), y.astype("float32")
model = Classifier()
model.compile(optimizer="sgd", loss="mse")
logs = model.fit(x, y, verbose=0).history

as_written = logs["largest"][0] - logs["smallest"][0] > 0.01
reference = True
