"""The sign of the gradient with respect to the image does not know any scale."""

import tensorflow as tf

classifier = tf.keras.Sequential([tf.keras.layers.Flatten(), tf.keras.layers.Dense(10, activation="softmax")])
loss_object = tf.keras.losses.CategoricalCrossentropy()


def perturbation(image, label):
    with tf.GradientTape() as tape:
        tape.watch(image)
        prediction = classifier(image)
        loss = loss_object(label, prediction)
    return tf.sign(tape.gradient(loss, image))


def perturbations(images, labels):
    with tf.GradientTape() as tape:
        tape.watch(images)
        losses = tf.keras.losses.sparse_categorical_crossentropy(labels, classifier(images))
    return tf.sign(tape.gradient(losses, images))


image = tf.random.uniform((1, 6, 6, 1))
adversarial = image + 0.1 * perturbation(image, tf.one_hot([3], 10))
batch = tf.random.uniform((5, 6, 6, 1))
adversarial_batch = batch + 0.1 * perturbations(batch, tf.constant([1, 2, 3, 4, 5]))
