"""A functional encoder with batch normalization inside of a model that trains it: the flag is said there."""

import tensorflow as tf
from tensorflow import keras


def make_encoder():
    inputs = keras.Input((2,))
    normalized = keras.layers.BatchNormalization(momentum=0.5, name="norm")(inputs)
    return keras.Model(inputs, keras.layers.Dense(1)(normalized))


class Trainer(keras.Model):
    def __init__(self, encoder):
        super().__init__()
        self.encoder = encoder

    def train_step(self, batch):
        features, target = batch
        with tf.GradientTape() as tape:
            code = self.encoder(features, training=True)
            loss = keras.losses.MeanSquaredError()(target, code)
        weights = self.encoder.trainable_variables
        self.optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights))
        return {"rows": tf.shape(features)[0]}


encoder = make_encoder()
trainer = Trainer(encoder)
trainer.compile(keras.optimizers.SGD(0.0))
trainer.fit(tf.fill((4, 2), 8.0), tf.ones((4, 1)), batch_size=4, verbose=0)

as_written = encoder.get_layer("norm").moving_mean.numpy()
reference = [4.0, 4.0]
