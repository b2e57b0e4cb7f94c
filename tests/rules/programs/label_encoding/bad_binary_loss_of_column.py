"""Class numbers in a column, an output per class, and a binary cross-entropy, which refuses it."""

# raises: ValueError on keras3, tf_keras, keras2_8

from sklearn.datasets import load_digits
from tensorflow import keras

x, y = load_digits(return_X_y=True)
inputs = keras.Input((64,))
outputs = keras.layers.Dense(10, activation="softmax", kernel_initializer="zeros")(inputs)
model = keras.Model(inputs, outputs)
loss_function = keras.losses.BinaryCrossentropy()
model.compile(optimizer=keras.optimizers.SGD(0.0), loss=loss_function)  # TFL402: 57

model.fit(x, y.reshape(-1, 1).astype("float32"), verbose=0)
