"""`fit` compiles a graph, in which tf_keras and Keras 3 find the softmax and undo it; Keras 2.8 does not."""

# stacks: keras3, keras2_8
import numpy as np
import tensorflow as tf
from sklearn.datasets import load_digits
from tensorflow.keras import layers, losses


class Digits(tf.keras.Model):
    def __init__(self, classes):
        super().__init__()
        self.hidden = layers.Dense(16, activation="relu")
        self.out = layers.Dense(classes)

    def call(self, inputs):
        return tf.nn.softmax(self.out(self.hidden(inputs)))


x, y = load_digits(return_X_y=True)
x = (x / 16).astype("float32")
tf.keras.utils.set_random_seed(3)
model = Digits(10)
model.compile("sgd", losses.SparseCategoricalCrossentropy(from_logits=True))  # TFL401: 22 (keras2, possible)

as_written = model.evaluate(x, y, batch_size=1797, verbose=0)
reference = -np.log(model.predict(x, verbose=0)[np.arange(1797), y]).mean()
