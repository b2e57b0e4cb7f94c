"""A sigmoid of TensorFlow's in a tf.function: newer releases find it in the graph, Keras 2.8 does not."""

# stacks: keras2_8
import tensorflow as tf
from sklearn.datasets import load_breast_cancer
from sklearn.preprocessing import scale

x, y = load_breast_cancer(return_X_y=True)
x, y = scale(x).astype("float32"), y.astype("float32")[:, None]

head = tf.keras.layers.Dense(1, kernel_initializer="zeros", activation=tf.nn.sigmoid)
model = tf.keras.Sequential([head])
loss_fn = tf.keras.losses.BinaryCrossentropy(from_logits=True)  # TFL401: 11 (possible)


@tf.function
def gradient_of(features, targets):
    with tf.GradientTape() as tape:
        loss = loss_fn(targets, model(features, training=True))
    return tape.gradient(loss, model.trainable_variables)


as_written = gradient_of(x, y)[0][:, 0]
reference = (x.T @ (0.5 - y))[:, 0] / len(x)
