import tensorflow as tf
from sklearn.datasets import load_breast_cancer
from sklearn.preprocessing import scale
from tensorflow import keras

x, y = load_breast_cancer(return_X_y=True)
x, y = scale(x).astype("float32"), y.astype("float32").reshape(-1, 1)
model = keras.Sequential([keras.layers.Dense(1, activation="sigmoid", kernel_initializer="zeros")])
bce = keras.losses.BinaryCrossentropy()
optimizer = keras.optimizers.SGD(0.1)
train_accuracy = keras.metrics.BinaryAccuracy()

for features, labels in tf.data.Dataset.from_tensor_slices((x, y)).batch(569):
    with tf.GradientTape() as tape:
        probabilities = model(features, training=True)
        loss = bce(labels, probabilities)
    gradients = tape.gradient(loss, model.trainable_weights)
    optimizer.apply_gradients(zip(gradients, model.trainable_weights))
    probabilities = model(features, training=False)
    train_accuracy.update_state(labels, probabilities)

as_written = float(train_accuracy.result())
reference = ((model.predict(x, verbose=0) > 0.5) == y).mean()
