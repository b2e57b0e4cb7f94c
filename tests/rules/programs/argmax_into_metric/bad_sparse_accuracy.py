"""Keras 3 takes the argmax of the class numbers, over the batch; Keras 2 raises an InvalidArgumentError."""

# stacks: keras3
import tensorflow as tf
from sklearn.datasets import load_digits
from tensorflow.keras import layers, metrics

x, y = load_digits(return_X_y=True)
model = tf.keras.Sequential([layers.Dense(10, kernel_initializer="glorot_uniform")])
model.compile(optimizer="adam", loss=tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True))
model.fit(x, y, epochs=3, verbose=0)
meter = metrics.SparseCategoricalAccuracy()

for images, labels in tf.data.Dataset.from_tensor_slices((x, y)).batch(100):
    classes = tf.math.argmax(model(images), axis=1)
    meter.update_state(labels, classes)  # TFL301: 32 (keras3)

as_written = float(meter.result())
reference = (model.predict(x, verbose=0).argmax(axis=1) == y).mean()
