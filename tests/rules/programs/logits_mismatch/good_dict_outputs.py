"""Outputs in a dictionary, and losses by the same keys."""

import numpy as np
import tensorflow as tf
from sklearn.datasets import load_wine
from sklearn.preprocessing import scale
from tensorflow.keras.layers import Dense, Input

features, sorts = load_wine(return_X_y=True)
features = scale(features).astype("float32")
entry = Input((13,))
shared = Dense(6, activation="tanh")(entry)
network = tf.keras.Model(entry, {"alcohol": Dense(1)(shared), "sort": Dense(3, activation="softmax")(shared)})
network.compile(
    optimizer="adam",
    loss={"alcohol": tf.keras.losses.MeanAbsoluteError(), "sort": "categorical_crossentropy"},
    loss_weights={"alcohol": 0.0, "sort": 1.0},
)
targets = {"alcohol": features[:, :1], "sort": tf.one_hot(sorts, 3).numpy()}
for _ in range(2):
    network.test_on_batch(features, targets)

as_written = network.evaluate(features, targets, batch_size=178, verbose=0, return_dict=True)["loss"]
shares = network.predict(features, verbose=0)["sort"].astype("float64")
assert np.allclose(shares.sum(axis=-1), 1.0, atol=1e-5)
reference = -np.mean(np.log(shares[np.arange(178), sorts]))
