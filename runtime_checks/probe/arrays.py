"""The tensors and arrays of a program: those with values, alone and inside tuples, lists and dictionaries."""

from __future__ import annotations

from typing import Any, Iterator

from ..relations import rows_of


def is_array(value: Any) -> bool:
    """Whether it is a tensor with values, or an array."""
    import numpy as np
    import tensorflow as tf

    return isinstance(value, np.ndarray) or (tf.is_tensor(value) and hasattr(value, "_numpy"))


def are_arrays(structure: Any) -> bool:
    """Whether it is an array, or a tuple, list or dictionary with one for each of several outputs."""
    parts = structure.values() if isinstance(structure, dict) else structure
    return all(map(is_array, parts)) if isinstance(structure, (dict, tuple, list)) else is_array(structure)


def rows(value: Any) -> int | None:
    """The number of rows of a value, ``None`` if it has none."""
    return rows_of(value) if is_array(value) else None


def tensors_in(structure: Any) -> Iterator[Any]:
    """The eager tensors and arrays in tuples, lists and dictionaries, each once."""
    seen = set()
    waiting = [structure]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            waiting.extend(value.values())
        elif type(value) in (tuple, list):
            waiting.extend(value)
        elif is_array(value) and id(value) not in seen:
            seen.add(id(value))
            yield value


def replaced(structure: Any, given: dict[int, Any]) -> Any:
    """The structure with other values in it, ``given`` by the identity of those that they replace."""
    if isinstance(structure, dict):
        return {key: replaced(value, given) for key, value in structure.items()}
    if type(structure) in (tuple, list):
        return type(structure)(replaced(value, given) for value in structure)
    return like(structure, given[id(structure)]) if id(structure) in given else structure


def like(original: Any, value: Any) -> Any:
    """A value of the kind that the program had: Keras treats arrays and tensors differently."""
    if not hasattr(value, "_numpy"):
        return value
    import numpy as np

    return np.asarray(value) if isinstance(original, np.ndarray) else value
