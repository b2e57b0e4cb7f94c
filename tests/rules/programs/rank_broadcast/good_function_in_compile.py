"""A plain loss function in compile() gets aligned ranks on both generations."""

import tensorflow as tf
from sklearn.datasets import load_diabetes
from tensorflow import keras


def squared_error(y_true, y_pred):
    return tf.reduce_mean(tf.square(y_true - y_pred), axis=-1)


x, y = load_diabetes(return_X_y=True)
model = keras.Sequential([keras.Input((10,)), keras.layers.Dense(1, kernel_initializer="zeros")])
model.compile(optimizer=keras.optimizers.SGD(1.0), loss=squared_error)
model.fit(x, y, batch_size=442, epochs=1, verbose=0)

as_written = model.get_weights()[0][:, 0]
reference = 2 * x.T @ y / 442
