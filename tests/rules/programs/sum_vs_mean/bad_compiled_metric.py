"""loss and mse of one fit() differ by the width of the output."""

import numpy as np
from sklearn.datasets import load_linnerud
from tensorflow.keras import backend as K
from tensorflow.keras import layers, models


def sum_of_squares(y_true, y_pred):
    return K.sum(K.square(y_pred - y_true), axis=-1)  # TFL203: 12


x, y = load_linnerud(return_X_y=True)
model = models.Sequential([layers.Dense(3, kernel_initializer="zeros", use_bias=False)])
model.compile(optimizer="sgd", loss=sum_of_squares, metrics=["mse"])

as_written = model.evaluate(x, y, verbose=0)[0]
reference = np.square(y).mean()
