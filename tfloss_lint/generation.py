"""The two Keras generations whose facts differ."""

from __future__ import annotations

import enum


class Generation(enum.Enum):
    """``KERAS2``: TensorFlow up to 2.15, ``tf_keras``, ``TF_USE_LEGACY_KERAS=1``; ``KERAS3``: everything later."""

    KERAS2 = "keras2"
    KERAS3 = "keras3"

    @property
    def title(self) -> str:
        """The name that messages use: ``Keras 2`` or ``Keras 3``."""
        return f"Keras {self.value[-1]}"


BOTH = frozenset(Generation)
AUTO: frozenset[Generation] = frozenset()
"""No generation is named: ``tfloss_lint.target`` finds out for each file."""
