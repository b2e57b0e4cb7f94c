"""A detector: box errors are summed over the coordinates and normalised by the number of objects."""

import tensorflow as tf


class Detector(tf.keras.Model):
    def __init__(self, anchors=6, classes=3):
        super().__init__()
        self.boxes = tf.keras.layers.Dense(anchors * 4)
        self.classes = tf.keras.layers.Dense(anchors * classes)
        self.shape_boxes = tf.keras.layers.Reshape((anchors, 4))
        self.shape_classes = tf.keras.layers.Reshape((anchors, classes))
        self.box_loss = tf.keras.losses.Huber(reduction="sum")
        self.tracker = tf.keras.metrics.Mean(name="loss")

    def call(self, features):
        return self.shape_boxes(self.boxes(features)), self.shape_classes(self.classes(features))

    def train_step(self, data):
        features, (boxes, classes) = data
        with tf.GradientTape() as tape:
            p_boxes, p_classes = self(features, training=True)
            positive = tf.cast(classes > 0, tf.float32)
            objects = tf.maximum(tf.reduce_sum(positive), 1.0)
            weights = tf.tile(positive[..., None], (1, 1, 4))
            box = self.box_loss(boxes * weights, p_boxes * weights) / objects
            crossentropy = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=classes, logits=p_classes)
            loss = box + tf.reduce_sum(crossentropy) / objects
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_variables))
        self.tracker.update_state(loss)
        return {"loss": self.tracker.result()}


features = tf.random.normal((12, 10))
boxes = tf.random.uniform((12, 6, 4))
classes = tf.random.uniform((12, 6), maxval=3, dtype=tf.int32)
detector = Detector()
detector.compile(optimizer=tf.keras.optimizers.SGD(0.01))
detector.fit(tf.data.Dataset.from_tensor_slices((features, (boxes, classes))).batch(4), verbose=0)
