# stacks: tf_keras, keras2_8
import numpy as np
import tensorflow as tf
from tensorflow.keras import layers, losses, models, optimizers

x = np.ones((16, 2), "float32")
y = np.full((16, 1), 3.0, "float32")
model = models.Sequential([layers.Dense(1, kernel_initializer="zeros")])
opt = optimizers.SGD(learning_rate=0.001)

with tf.GradientTape() as tape:
    loss = losses.huber(y, model(x, training=True), delta=5.0)  # TFL102: 12
opt.minimize(loss, model.trainable_variables, tape=tape)  # TFL501: 1 (keras3 alone)

as_written = model.get_weights()[0][:, 0]
reference = np.full(2, 0.001 * 3.0)
