"""One-hot labels for a sparse cross-entropy."""

# raises: ValueError on keras3, tf_keras, keras2_8

import tensorflow as tf
from sklearn.datasets import load_digits
from tensorflow import keras

x, y = load_digits(return_X_y=True)
y = keras.utils.to_categorical(y, 10)
model = keras.Sequential([keras.layers.Dense(10, activation="softmax")])
optimizer = keras.optimizers.Adam()

for images, labels in tf.data.Dataset.from_tensor_slices((x / 16, y)).batch(32):
    with tf.GradientTape() as tape:
        losses = keras.losses.sparse_categorical_crossentropy(labels, model(images, training=True))  # TFL402: 18
        loss = tf.reduce_mean(losses)
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))
