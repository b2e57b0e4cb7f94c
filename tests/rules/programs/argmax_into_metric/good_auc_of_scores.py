import tensorflow as tf
from sklearn.datasets import load_breast_cancer
from sklearn.metrics import roc_auc_score
from sklearn.preprocessing import scale
from tensorflow.keras import layers, models
from tensorflow.keras.metrics import AUC

x, y = load_breast_cancer(return_X_y=True)
x, y = scale(x[:, :10]).astype("float32"), y.astype("float32")
model = models.Sequential([layers.Dense(1, activation="sigmoid", kernel_initializer="zeros")])
model.compile(loss="binary_crossentropy", optimizer="sgd")
model.fit(x, y, epochs=2, verbose=0)
auc = AUC(num_thresholds=2000)

for inputs, labels in tf.data.Dataset.from_tensor_slices((x, y)).batch(128):
    scores = model(inputs, training=False)
    auc.update_state(labels[:, None], scores)

as_written = float(auc.result())
reference = roc_auc_score(y, model.predict(x, verbose=0)[:, 0])
