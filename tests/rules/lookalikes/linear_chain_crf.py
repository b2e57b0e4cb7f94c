"""A log-likelihood over tag sequences, one value per sentence, meant before the tape sees it."""

import tensorflow as tf


class Tagger(tf.keras.Model):
    def __init__(self, words, tags):
        super().__init__()
        self.embed = tf.keras.layers.Embedding(words, 8)
        self.project = tf.keras.layers.Dense(tags)
        self.transitions = tf.Variable(tf.zeros((tags, tags)), name="transitions")
        self.tracker = tf.keras.metrics.Mean(name="nll")

    def call(self, sentences):
        return self.project(self.embed(sentences))

    def negative_log_likelihood(self, tags, scores):
        picked = tf.gather(scores, tags, axis=2, batch_dims=2)
        moves = tf.gather_nd(self.transitions, tf.stack([tags[:, :-1], tags[:, 1:]], axis=-1))
        path = tf.reduce_sum(picked, axis=1) + tf.reduce_sum(moves, axis=1)
        alpha = scores[:, 0]
        for step in range(1, scores.shape[1]):
            alpha = scores[:, step] + tf.reduce_logsumexp(alpha[:, :, None] + self.transitions[None], axis=1)
        return tf.reduce_logsumexp(alpha, axis=1) - path

    def train_step(self, data):
        sentences, tags = data
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(self.negative_log_likelihood(tags, self(sentences, training=True)))
        variables = self.trainable_variables
        self.optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables))
        self.tracker.update_state(loss)
        return {"nll": self.tracker.result()}


model = Tagger(words=20, tags=4)
model.compile(optimizer="adam")
sentences = tf.random.uniform((12, 5), maxval=20, dtype=tf.int32)
tags = tf.random.uniform((12, 5), maxval=4, dtype=tf.int32)
model.fit(sentences, tags, batch_size=6, verbose=0)
