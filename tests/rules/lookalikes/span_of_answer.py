"""Where an answer begins and ends in a text: one output per word, flattened to one softmax over all words."""

import numpy as np
from tensorflow import keras
from tensorflow.keras import layers

encoders = {"words": layers.Embedding(50, 8)}
_, encoder = encoders.popitem()
words = keras.Input((12,), dtype="int32")
embedded = encoder(words)
start = layers.Flatten()(layers.Dense(1, use_bias=False)(embedded))
end = layers.Flatten()(layers.Dense(1, use_bias=False)(embedded))
outputs = [layers.Activation("softmax")(start), layers.Activation("softmax")(end)]
model = keras.Model(words, outputs)
loss = keras.losses.SparseCategoricalCrossentropy(from_logits=False)
model.compile(optimizer="adam", loss=[loss, loss])
random = np.random.RandomState(0)
places = [random.randint(12, size=32), random.randint(12, size=32)]
model.fit(random.randint(50, size=(32, 12)), places, epochs=1, verbose=0)
