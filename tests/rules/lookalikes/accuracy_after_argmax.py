"""metrics.Accuracy compares class ids, so both sides go through argmax first."""

import tensorflow as tf

x = tf.random.normal((70, 5))
y = tf.one_hot(tf.random.uniform((70,), maxval=4, dtype=tf.int32), 4)
data = tf.data.Dataset.from_tensor_slices((x, y)).batch(20)
network = tf.keras.Sequential([tf.keras.layers.Dense(4, activation="softmax")])
optimizer = tf.keras.optimizers.Adam()
loss_fn = tf.keras.losses.CategoricalCrossentropy()
acc_meter = tf.keras.metrics.Accuracy()

for epoch in range(2):
    acc_meter.reset_state()
    for features, one_hot in data:
        with tf.GradientTape() as tape:
            out = network(features, training=True)
            loss = loss_fn(one_hot, out)
        grads = tape.gradient(loss, network.trainable_variables)
        optimizer.apply_gradients(zip(grads, network.trainable_variables))
        acc_meter.update_state(tf.argmax(one_hot, axis=1), tf.argmax(out, axis=1))

confusion = tf.math.confusion_matrix(tf.argmax(y, axis=1), tf.argmax(network(x), axis=1))
iou = tf.keras.metrics.MeanIoU(num_classes=4)
iou.update_state(tf.argmax(y, axis=1), tf.argmax(network(x), axis=1))
