"""A trainer counts hits with the argmax of the scores."""

# stacks: keras3
import numpy as np
import tensorflow as tf
from sklearn.datasets import load_iris

x, y = load_iris(return_X_y=True)
order = np.random.RandomState(0).permutation(150)
x, y = x[order].astype("float32"), y[order]


class Evaluator:
    def __init__(self, net):
        self.net = net
        self.hits = tf.keras.metrics.SparseCategoricalAccuracy()

    def run(self, dataset):
        for inputs, labels in dataset:
            scores = self.net(inputs, training=False)
            self.hits.update_state(labels, tf.argmax(scores, axis=-1))  # TFL301: 44 (keras3)
        return self.hits.result().numpy()


net = tf.keras.Sequential([tf.keras.Input((4,)), tf.keras.layers.Dense(3, kernel_initializer="ones")])
kernel = np.array([[0.5, 0.2, -0.6], [1.2, -0.2, -1.0], [-1.5, 0.3, 1.2], [-0.8, -0.5, 1.4]])
net.set_weights([kernel, np.array([0.3, 1.2, -1.5])])

as_written = Evaluator(net).run(tf.data.Dataset.from_tensor_slices((x, y)).batch(50))
reference = np.mean(np.argmax(x @ kernel + [0.3, 1.2, -1.5], axis=-1) == y)
