"""One loss for both heads of a model, and both end in a sigmoid."""

import numpy as np
import tensorflow as tf

keras = tf.keras
rng = np.random.default_rng(0)
x = rng.normal(size=(64, 5)).astype("float32")
tags = [(x[:, :1] > 0).astype("float32"), (x[:, 1:2] > 0.5).astype("float32")]

inp = keras.layers.Input((5,))
hid = keras.layers.Dense(8, activation="tanh")(inp)
first = keras.layers.Dense(1, activation="sigmoid")(hid)
second = keras.layers.Dense(1, activation="sigmoid")(hid)
tagger = keras.models.Model(inp, [first, second])
tagger.compile("sgd", loss="binary_crossentropy")
tagger.fit(x, tags, batch_size=32, epochs=2, verbose=0)

as_written = tagger.evaluate(x, tags, batch_size=64, verbose=0)[0]
p, q = (np.asarray(part, "float64") for part in tagger.predict(x, verbose=0))
assert q.min() > 0
reference = -sum(np.mean(y * np.log(s) + (1 - y) * np.log(1 - s)) for y, s in zip(tags, (p, q)))
