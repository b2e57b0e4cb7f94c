"""Keras 3 has no minimize()."""

# stacks: tf_keras, keras2_8
import tensorflow as tf
from sklearn.datasets import load_iris

x, y = load_iris(return_X_y=True)
x = tf.constant(x, tf.float32)
y = tf.keras.utils.to_categorical(y)
classifier = tf.keras.Sequential([tf.keras.layers.Dense(3, activation="softmax", kernel_initializer="zeros")])
classifier.build((None, 4))
momentum = tf.keras.optimizers.SGD(0.01, momentum=0.9)


def objective():
    return tf.reduce_mean(tf.keras.losses.categorical_crossentropy(y, classifier(x)))


momentum.minimize(objective, classifier.trainable_variables)  # TFL501: 1 (keras3 alone)

as_written = classifier.get_weights()[0]
reference = 0.01 * x.numpy().T @ (y - 1 / 3) / 150
