import numpy as np
from sklearn.datasets import load_diabetes
from tensorflow.keras import Input, Model, layers, metrics


class Monitored(Model):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.error = metrics.MeanAbsoluteError(name="error")

    def test_step(self, data):
        inputs, targets = data
        outputs = self(inputs, training=False)
        self.error.update_state(targets, outputs)
        return {"error": self.error.result()}


x, y = load_diabetes(return_X_y=True)
order = np.argsort(y)
x, y = x[order], y[order, np.newaxis]
i = Input(shape=(10,))
model = Monitored(i, layers.Dense(1, kernel_initializer="zeros")(i))
model.compile(optimizer="adam")

as_written = model.evaluate(x, y, batch_size=64, return_dict=True, verbose=0)["error"]
reference = y.mean()
