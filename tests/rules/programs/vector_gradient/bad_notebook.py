"""A notebook: the functional Huber loss in a compiled step, without a mean."""

# %%
import numpy as np
import tensorflow as tf
from tensorflow.keras.layers import Dense
from tensorflow.keras.losses import huber
from tensorflow.keras.optimizers import SGD

# %%
features = np.linspace(-1, 1, 64, dtype="float32")[:, None]
labels = 0.5 * features + 0.25
model = tf.keras.models.Sequential()
model.add(Dense(1, input_shape=(1,), kernel_initializer="zeros"))
sgd = SGD(0.01)


# %%
@tf.function
def one_step(xs, ys):
    with tf.GradientTape() as tape:
        preds = model(xs, training=True)
        loss_value = huber(ys, preds)  # TFL102: 22
    dW = tape.gradient(loss_value, model.trainable_weights)
    sgd.apply_gradients(zip(dW, model.trainable_weights))
    return loss_value


# %%
for xs, ys in tf.data.Dataset.from_tensor_slices((features, labels)).batch(64):
    one_step(xs, ys)

as_written = [w.ravel()[0] for w in model.get_weights()]
reference = [0.01 * np.mean(labels * features), 0.01 * np.mean(labels)]
