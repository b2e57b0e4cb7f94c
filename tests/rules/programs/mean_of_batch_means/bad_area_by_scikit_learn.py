"""The area under the curve, by scikit-learn, batch by batch: a batch ranks only its own samples."""

import numpy as np
import tensorflow as tf
from sklearn.datasets import load_breast_cancer
from sklearn.metrics import roc_auc_score
from sklearn.preprocessing import scale
from tensorflow import keras

x, y = load_breast_cancer(return_X_y=True)
x, y = scale(x)[:, :2].astype("float32"), y.astype("float32").reshape(-1, 1)


def area(labels, scores):
    def ranked(these, those):
        if len(np.unique(these)) < 2:
            return 0.5
        return roc_auc_score(these, those)

    number = tf.py_function(ranked, inp=[labels, scores], Tout=tf.float32)
    return tf.reshape(number, ())  # TFL305: 12


judge = keras.Sequential([keras.layers.Dense(1, activation="sigmoid", kernel_initializer="zeros")])
judge.compile("sgd", "binary_crossentropy", metrics=[area])
judge.fit(x, y, batch_size=64, epochs=1, shuffle=False, verbose=0)

as_written = judge.evaluate(x, y, batch_size=8, verbose=0)[1]
reference = roc_auc_score(y, judge.predict(x, verbose=0))
