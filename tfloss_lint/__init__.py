"""A static checker for TensorFlow/Keras training code.

Importing the package loads nothing else: ``tfloss_lint.runtime_checks`` is imported through it in interpreters that
have neither LibCST nor a Python as new as the linter's.
"""

from __future__ import annotations

__all__ = ["__version__"]


def __getattr__(name: str) -> str:
    """Look up ``__version__`` in the installed metadata, only when somebody asks for it."""
    if name != "__version__":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib.metadata import version

    return version("tfloss-lint")
