"""`activation="softmax"` with `from_logits=True`: Keras remembers the logits, warns, and takes them."""

import numpy as np
import tensorflow as tf
from sklearn.datasets import load_digits

x, y = load_digits(return_X_y=True)
x = (x / 16).astype("float32")
tf.keras.utils.set_random_seed(5)
inputs = tf.keras.Input((64,))
logits = tf.keras.layers.Dense(10)(inputs)
model = tf.keras.Model(inputs, tf.keras.layers.Activation("softmax")(logits))
loss_fn = tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True)

as_written = []
with tf.GradientTape() as tape:
    loss = loss_fn(y, model(x, training=True))
as_written.append(float(loss))
model.compile(tf.keras.optimizers.SGD(0.0), loss_fn)
as_written.append(model.fit(x, y, batch_size=1797, verbose=0).history["loss"][0])

reference = [-np.log(model.predict(x, verbose=0)[np.arange(1797), y]).mean()] * 2
