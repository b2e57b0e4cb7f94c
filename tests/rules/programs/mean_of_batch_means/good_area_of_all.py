"""The area under the curve, by scikit-learn, of all samples at once: the function is called by hand."""

import numpy as np
from sklearn.datasets import load_breast_cancer
from sklearn.metrics import roc_auc_score
from sklearn.preprocessing import scale
from tensorflow import keras

x, y = load_breast_cancer(return_X_y=True)
x, y = scale(x)[:, :2].astype("float32"), y.astype("float32").reshape(-1, 1)


def area(y_true, y_pred):
    return roc_auc_score(y_true, y_pred)


judge = keras.Sequential([keras.layers.Dense(1, activation="sigmoid", kernel_initializer="zeros")])
judge.compile("sgd", "binary_crossentropy", metrics=[keras.metrics.AUC(num_thresholds=2000)])
judge.fit(x, y, batch_size=64, epochs=1, shuffle=False, verbose=0)

as_written = area(y, judge.predict(x, verbose=0))
reference = np.mean([p > n for p in judge.predict(x[y[:, 0] == 1]) for n in judge.predict(x[y[:, 0] == 0])])
