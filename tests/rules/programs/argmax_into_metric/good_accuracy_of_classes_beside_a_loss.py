"""The loss gets the shares and the metric the classes: nothing is wrong with either."""

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
for _ in range(5):
    with tf.GradientTape() as tape:
        error = criterion(y, network(x, training=True))
    optimizer.apply_gradients(zip(tape.gradient(error, network.trainable_weights), network.trainable_weights))

hits = tf.keras.metrics.Accuracy()
shares = network(x, training=False)
last_error = float(criterion(y, shares))
hits.update_state(y, tf.where(shares > 0.5, 1.0, 0.0))

as_written = float(hits.result())
reference = ((network.predict(x, verbose=0) > 0.5) == y).mean()
