import pandas as pd
import tensorflow as tf
from sklearn import datasets
from sklearn.model_selection import train_test_split

bunch = datasets.load_diabetes()
table = pd.DataFrame(bunch.data, columns=bunch.feature_names)
table["progression"] = bunch.target / 100.0
train, test = train_test_split(table, test_size=0.25, random_state=7)
train_y = train[["progression"]].values.astype("float32")
train_x = train.drop(columns="progression").values.astype("float32")
loader = tf.data.Dataset.from_tensor_slices((train_x, train_y)).batch(331)

regressor = tf.keras.models.Sequential()
regressor.add(tf.keras.layers.Dense(1, kernel_initializer="zeros"))


def train_one_batch(batch, labels):
    with tf.GradientTape() as tape:
        guess = regressor(batch, training=True)
        error = labels - guess
        small = tf.abs(error) <= 1.0
        loss = tf.reduce_mean(tf.where(small, 0.5 * error**2, tf.abs(error) - 0.5))
    return tape.gradient(loss, regressor.trainable_variables)


for batch, labels in loader:
    kernel_gradient = train_one_batch(batch, labels)[0]

as_written = kernel_gradient.numpy()[:, 0]
reference = -(train_x.T @ train_y.clip(-1.0, 1.0))[:, 0] / 331
