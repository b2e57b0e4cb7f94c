"""How the network ends is not in sight; the cross-entropy that trains on its outputs says that they are shares."""

import tempfile

import tensorflow as tf
from sklearn.datasets import load_wine
from sklearn.preprocessing import scale

x, y = load_wine(return_X_y=True)
x, y = scale(x).astype("float32"), (y == 1).astype("float32").reshape(-1, 1)
draft = tf.keras.Sequential([tf.keras.Input((13,)), tf.keras.layers.Dense(1, "sigmoid", kernel_initializer="zeros")])
path = f"{tempfile.mkdtemp()}/draft.h5"
draft.save(path)

network = tf.keras.models.load_model(path)
criterion = tf.keras.losses.BinaryCrossentropy()
optimizer = tf.keras.optimizers.SGD(0.5)
hits = tf.keras.metrics.Accuracy()


def learn(features, labels):
    with tf.GradientTape() as tape:
        shares = network(features, training=True)
        error = criterion(labels, shares)
    gradients = tape.gradient(error, network.trainable_weights)
    optimizer.apply_gradients(zip(gradients, network.trainable_weights))
    hits.update_state(labels, shares)  # TFL301: 31


for _ in range(5):
    learn(x, y)

as_written = float(hits.result())
reference = ((network.predict(x, verbose=0) > 0.5) == y).mean()
