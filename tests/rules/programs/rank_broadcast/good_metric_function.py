import numpy as np
import tensorflow as tf
from sklearn.datasets import load_diabetes
from tensorflow import keras


def absolute_error(y_true, y_pred):
    return tf.reduce_mean(tf.abs(y_true - y_pred), axis=-1)


x, y = load_diabetes(return_X_y=True)
y = np.expand_dims(y, 1)
model = keras.Sequential()
model.add(keras.layers.Dense(1, input_shape=(10,)))
model.compile(loss="mse", optimizer=keras.optimizers.SGD(0.5), metrics=[absolute_error])
model.fit(x, y, epochs=5, verbose=0)

as_written = model.evaluate(x, y, verbose=0)[1]
reference = np.abs(model.predict(x, verbose=0) - y).mean()
