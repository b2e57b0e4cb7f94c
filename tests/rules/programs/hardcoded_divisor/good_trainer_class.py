"""A trainer divides the sum by the rows of the batch."""

import numpy as np
import tensorflow as tf
from sklearn.datasets import load_diabetes

BATCH = 100


class Fitter(object):
    def __init__(self, model):
        self.model = model
        self.opt = tf.keras.optimizers.SGD(0.1)
        self.per_sample = tf.keras.losses.MeanAbsoluteError(reduction="none")

    def update(self, xb, yb):
        with tf.GradientTape() as t:
            pred = self.model(xb, training=True)
            loss = tf.reduce_sum(self.per_sample(yb, pred)) / tf.cast(tf.shape(yb)[0], tf.float32)
        grads = t.gradient(loss, self.model.trainable_variables)
        self.opt.apply_gradients(zip(grads, self.model.trainable_variables))
        return loss.numpy()


x, y = load_diabetes(return_X_y=True)
y = y[:, None].astype("float32")
ds = tf.data.Dataset.from_tensor_slices((x.astype("float32"), y)).batch(BATCH)
model = tf.keras.Sequential([tf.keras.layers.Dense(1, kernel_initializer="zeros", bias_initializer="zeros")])
fitter = Fitter(model)
history = [fitter.update(xb, yb) for xb, yb in ds]

as_written = history[-1]
reference = np.mean(np.abs(y[400:] - model.predict(x[400:], verbose=0)))
