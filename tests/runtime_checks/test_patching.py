from __future__ import annotations

import inspect
from typing import Any

from tfloss_lint.runtime_checks.patching import in_place_of


def call(inputs: Any, mask: Any = None) -> Any:
    """What a user wrote."""
    return inputs


def test_what_stands_in_for_a_function_looks_like_it() -> None:
    @in_place_of(call)
    def watched(*args: Any, **kwargs: Any) -> Any:
        return call(*args, **kwargs), "watched"

    assert watched(1) == (1, "watched")
    assert (watched.__name__, watched.__doc__) == ("call", "What a user wrote.")
    # Keras 2 looks at the function itself, and not at what it wraps.
    assert inspect.getfullargspec(watched).args == ["inputs", "mask"]


def test_a_method_keeps_its_first_parameter() -> None:
    class Model:
        def call(self, inputs: Any) -> Any:
            return inputs

        watched = in_place_of(call)(lambda self, *args: self.call(*args))

    assert inspect.getfullargspec(Model().watched).args == ["self", "inputs"]
    assert Model().watched(2) == 2
