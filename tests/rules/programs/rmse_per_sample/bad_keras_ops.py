# stacks: keras3
import keras
import numpy as np
from keras import ops


@keras.saving.register_keras_serializable()
def rmse(y_true, y_pred):
    return ops.sqrt(keras.losses.mean_squared_error(y_true, y_pred))  # TFL204: 12


x = np.arange(20.0).reshape(20, 1)
y = x**2
model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, kernel_initializer="zeros")])
model.compile(loss="mse", metrics=[rmse])

as_written = model.evaluate(x, y, verbose=0, return_dict=True)["rmse"]
reference = np.sqrt((y**2).mean())
