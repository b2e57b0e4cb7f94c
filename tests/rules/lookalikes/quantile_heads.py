"""One label against several quantiles: (batch, 1) and (batch, quantiles) meet on purpose."""

import numpy as np
import tensorflow as tf
from tensorflow import keras

QUANTILES = tf.constant([[0.1, 0.5, 0.9]])


def pinball(y_true, y_pred):
    error = y_true - y_pred
    return tf.reduce_mean(tf.maximum(QUANTILES * error, (QUANTILES - 1.0) * error), axis=-1)


inputs = keras.Input((4,))
model = keras.Model(inputs, keras.layers.Dense(3)(keras.layers.Dense(8, activation="relu")(inputs)))
model.compile(optimizer="adam", loss=pinball)
x, y = np.random.normal(size=(50, 4)), np.random.normal(size=(50, 1))
model.fit(x, y, verbose=0)

optimizer = keras.optimizers.Adam()
for features, target in tf.data.Dataset.from_tensor_slices((x, y.astype("float32"))).batch(25):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(pinball(target, model(features, training=True)))
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))
