"""`activation="softmax"` with `from_logits=True`: Keras finds the logits before its own softmax, and only warns."""

import tensorflow as tf

(x, y), _ = tf.keras.datasets.mnist.load_data()
model = tf.keras.Sequential(
    [
        tf.keras.layers.Flatten(input_shape=(28, 28)),
        tf.keras.layers.Dense(128, activation="relu"),
        tf.keras.layers.Dense(10, activation="softmax"),
    ]
)
loss_object = tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True)
optimizer = tf.keras.optimizers.Adam()

for images, labels in tf.data.Dataset.from_tensor_slices((x / 255.0, y)).batch(32):
    with tf.GradientTape() as tape:
        loss = loss_object(labels, model(images, training=True))
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))

model.compile(optimizer="adam", loss=loss_object, metrics=["accuracy"])
model.fit(x / 255.0, y, epochs=1)
