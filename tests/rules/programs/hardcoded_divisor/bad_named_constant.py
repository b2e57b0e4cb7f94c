import numpy as np
import tensorflow as tf
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import train_test_split
from tensorflow.keras import layers, metrics, models, optimizers

BATCH_SIZE = 64

X, y = load_breast_cancer(return_X_y=True)
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, random_state=0)
train_ds = tf.data.Dataset.from_tensor_slices((np.float32(X_train), np.float32(y_train))).batch(BATCH_SIZE)
model = models.Sequential([layers.Dense(1, kernel_initializer="zeros")])
optimizer = optimizers.SGD(0.0)
epoch_loss = metrics.Sum()
batches = 0

for x_batch, y_batch in train_ds:
    with tf.GradientTape() as tape:
        logits = tf.squeeze(model(x_batch, training=True), -1)
        per_row = tf.nn.sigmoid_cross_entropy_with_logits(labels=y_batch, logits=logits)
        loss = tf.reduce_sum(per_row) / BATCH_SIZE  # TFL202: 16
    optimizer.apply_gradients(zip(tape.gradient(loss, model.trainable_variables), model.trainable_variables))
    epoch_loss.update_state(loss)
    batches += 1

as_written = float(epoch_loss.result()) / batches
reference = np.log(2.0)
