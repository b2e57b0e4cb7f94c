"""What the reader knows of TensorFlow, Keras, NumPy, pandas and scikit-learn: one module per kind of thing."""
