import numpy as np
import tensorflow as tf
from sklearn.datasets import load_diabetes
from tensorflow.keras import layers, losses, metrics, optimizers

y = load_diabetes(return_X_y=True)[1]
constant = np.zeros((442, 1), dtype="float32")
train = tf.data.Dataset.from_tensor_slices((constant, y.astype("float32")[:, None])).batch(442)
model = tf.keras.Sequential([layers.Dense(1, kernel_initializer="zeros")])
optimizer = optimizers.SGD(0.1)
criterion = losses.MeanSquaredError()
train_loss = metrics.Mean(name="train_loss")


@tf.function
def train_step(features, labels):
    with tf.GradientTape() as tape:
        loss = criterion(labels, model(features, training=True))
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))
    train_loss(loss)


def run(epochs):
    shown = []
    for _ in range(epochs):
        train_loss.reset_state()
        for features, labels in train:
            train_step(features, labels)
        shown.append(float(train_loss.result()))
    return shown


bias, meant = 0.0, []
for _ in range(4):
    meant.append(np.var(y) + (bias - y.mean()) ** 2)  # gradient descent on the bias alone
    bias += 0.2 * (y.mean() - bias)

as_written = run(4)
reference = meant
