"""What the reader knows of Python, TensorFlow, Keras, NumPy, pandas and scikit-learn: one module per kind of thing."""
