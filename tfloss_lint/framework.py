"""The first question about any file: does it name TensorFlow or Keras? It is asked before anything else is imported."""

from __future__ import annotations

FRAMEWORKS = ("keras", "tensorflow", "tf.", "GradientTape")


def names_framework(text: str) -> bool:
    """Whether a text can be code for TensorFlow or Keras."""
    return any(name in text for name in FRAMEWORKS)
