"""A decay that Keras 3 ignores, after a warning: the steps stay as large as the first."""

# stacks: keras3, keras2_8
import numpy as np
from tensorflow import GradientTape, keras, reduce_mean, square


def train(model, optimizer, features, target, steps):
    for _ in range(steps):
        with GradientTape() as tape:
            loss = reduce_mean(square(target - model(features, training=True)))
        weights = model.trainable_variables
        optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights))


net = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, use_bias=False, kernel_initializer="zeros")])
sgd = keras.optimizers.SGD(
    0.05,
    decay=1.0,  # TFL501: 11 (keras3 alone)
)
train(net, sgd, np.ones((4, 1), "float32"), np.full((4, 1), 2.0, "float32"), 4)

expected = 0.0
for step in range(4):
    expected += 2 * 0.05 / (1 + step) * (2.0 - expected)

as_written = net.get_weights()[0]
reference = [[expected]]
