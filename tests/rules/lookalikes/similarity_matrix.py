"""Image and text embeddings of a batch, all against all."""

import tensorflow as tf

image_tower = tf.keras.Sequential([tf.keras.layers.Dense(8)])
text_tower = tf.keras.Sequential([tf.keras.layers.Dense(8)])
temperature = tf.Variable(0.07)
optimizer = tf.keras.optimizers.SGD(0.1)


@tf.function
def step(images, texts):
    with tf.GradientTape() as tape:
        left = tf.math.l2_normalize(image_tower(images, training=True), axis=-1)
        right = tf.math.l2_normalize(text_tower(texts, training=True), axis=-1)
        logits = tf.einsum("id,jd->ij", left, right) / temperature
        targets = tf.eye(tf.shape(logits)[0])
        rows = tf.nn.softmax_cross_entropy_with_logits(labels=targets, logits=logits)
        columns = tf.nn.softmax_cross_entropy_with_logits(labels=targets, logits=tf.transpose(logits))
        loss = tf.reduce_mean(rows + columns) / 2.0
    variables = image_tower.trainable_variables + text_tower.trainable_variables + [temperature]
    optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables))
    return loss


step(tf.random.normal((8, 5)), tf.random.normal((8, 7)))
