"""Class numbers for the cross-entropy of one-hot labels, in a training step of a model that comes from elsewhere."""

# raises: ValueError on keras3, tf_keras, keras2_8

import tensorflow as tf
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from tensorflow import keras

x, y = load_digits(return_X_y=True)
x_train, x_test, y_train, y_test = train_test_split(x / 16, y, random_state=0)
pretrained = keras.Sequential([keras.Input((64,)), keras.layers.Dense(10, activation="softmax")])
model = keras.models.clone_model(pretrained)
optimizer = keras.optimizers.Adam()


def train_step(model, images, labels):
    with tf.GradientTape() as tape:
        prediction = model(images, training=True)
        loss = tf.reduce_mean(keras.losses.categorical_crossentropy(labels, prediction))  # TFL402: 31
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))


for images, labels in tf.data.Dataset.from_tensor_slices((x_train, y_train)).batch(32):
    train_step(model, images, labels)
