"""F1 of every batch, by hand with comparisons."""

import tensorflow as tf
from sklearn.datasets import load_digits
from tensorflow import keras


def f1(y_true, y_pred):
    positive = tf.cast(y_pred > 0.5, "float32")
    hits = tf.reduce_sum(y_true * positive)
    precision = hits / tf.maximum(tf.reduce_sum(positive), 1.0)  # TFL305: 17
    recall = hits / tf.maximum(tf.reduce_sum(y_true), 1.0)
    return 2 * precision * recall / (precision + recall + 1e-7)


x, y = load_digits(return_X_y=True)
x, sevens = x / 16, (y == 7).astype("float32").reshape(-1, 1)
model = keras.Sequential([keras.layers.Dense(1, activation="sigmoid", kernel_initializer="zeros")])
model.compile(optimizer=keras.optimizers.Adam(0.01), loss="binary_crossentropy", metrics=["accuracy", f1])
model.fit(x, sevens, epochs=5, shuffle=False, verbose=0)

as_written = model.evaluate(x, sevens, verbose=0)[2]
chosen = model.predict(x, verbose=0) > 0.5
precision, recall = sevens[chosen].mean(), chosen[sevens > 0].mean()
reference = 2 * precision * recall / (precision + recall)
