"""A trainer class hands the labels over first."""

import numpy as np
import tensorflow as tf


class Trainer:
    loss_fn = tf.keras.losses.KLDivergence()

    def __init__(self, student):
        self.student = student

    def train_on(self, inputs, teacher_says):
        with tf.GradientTape() as tape:
            said = self.student(inputs, training=True)
            loss = self.loss_fn(teacher_says, said)
        return loss, tape.gradient(loss, self.student.trainable_variables)


rng = np.random.default_rng(1)
inputs = rng.normal(size=(32, 4)).astype("float32")
teacher = tf.nn.softmax(rng.normal(size=(32, 3)).astype("float32")).numpy()
student = tf.keras.Sequential([tf.keras.Input((4,)), tf.keras.layers.Dense(3, "softmax", kernel_initializer="zeros")])
trainer = Trainer(student)
pairs = tf.data.Dataset.from_tensor_slices((inputs, teacher)).batch(16)
seen = [trainer.train_on(x, y) for x, y in pairs]

as_written = [float(loss) for loss, _ in seen]
reference = [np.mean(np.sum(part * np.log(3 * part), axis=-1)) for part in (teacher[:16], teacher[16:])]
