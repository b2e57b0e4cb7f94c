import numpy as np
from sklearn.datasets import load_diabetes
from tensorflow.keras import layers, metrics, models

x, y = load_diabetes(return_X_y=True)
order = np.argsort(y)
x, y = x[order], y[order].reshape(-1, 1)
model = models.Sequential([layers.Dense(1, kernel_initializer="zeros")])
model.compile(optimizer="sgd", loss="mse", metrics=[metrics.RootMeanSquaredError()])

as_written = model.evaluate(x, y, batch_size=17, verbose=0)[1]
reference = np.sqrt(np.mean(np.square(y)))
