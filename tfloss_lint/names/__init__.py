"""One name for every thing: ``tf.losses.mse``, ``keras.metrics.MSE`` and ``tf_keras.losses.mse`` are one function.

Prefix rules bring every spelling under ``tf.`` or ``keras.``; ``table.json``, which
``runtime_checks/measure_names.py`` measures on installed TensorFlow and Keras, says which of those names are the
same object. Nothing here imports either.
"""

from __future__ import annotations

import functools
import json
import re
from pathlib import Path
from typing import NamedTuple

from tfloss_lint.generation import Generation

ACCURACY = "accuracy"
"""Stands for the metric strings that ``compile`` resolves by the shapes of labels and predictions."""
CROSSENTROPY = "crossentropy"
"""The same for cross-entropies: metric strings of Keras 2, loss strings of Keras 3."""

_ACCURACY = ("accuracy", "acc")
_CROSSENTROPY = ("crossentropy", "ce")

_ROOTS = frozenset(("tensorflow", "tf", "keras", "tf_keras"))
_TENSORFLOW = re.compile(r"\A(?:tensorflow|tf)(?:\._api\.v2)?(?:\.compat\.v2)?(?![^.])")
_KERAS = re.compile(
    r"\A(?:tf(?:\.compat\.v1|\.python)?\.keras|tf_keras|keras)(?:\.(?:api|src|_v1|_v2|_tf_keras|keras))*(?![^.])"
)
# TensorFlow 2 hands these out of Keras; those of tf.compat.v1 are others.
_BORROWED = re.compile(r"\Atf(?=\.(?:losses|metrics|optimizers|initializers)(?![^.]))")


class _Table(NamedTuple):
    aliases: dict[str, str]
    strings: dict[str, dict[str, str]]


def _unpack(namespace: str, packed: dict[str, str]) -> dict[str, str]:
    names = {}
    for target, leaves in packed.items():
        for entry in leaves.split(" "):
            leaf, _, other = entry.partition("=")
            names[namespace + leaf] = f"{target}.{other or leaf}" if target else other or leaf
    return names


@functools.cache
def _table() -> _Table:
    data = json.loads(Path(__file__).with_name("table.json").read_text(encoding="utf-8"))
    aliases: dict[str, str] = {}
    for namespace, packed in data["aliases"].items():
        aliases.update(_unpack(namespace + ".", packed))
    return _Table(aliases, {kind: _unpack("", packed) for kind, packed in data["strings"].items()})


def _below(path: str) -> str:
    """Resolve the longest part of ``path`` that the table knows: an object, or a module below a namespace."""
    aliases = _table().aliases
    known = aliases.get(path)
    if known is not None:
        return known
    namespace, _, leaf = path.rpartition(".")
    if not namespace:
        return path
    resolved = _below(namespace)
    return path if resolved == namespace else _below(f"{resolved}.{leaf}")


@functools.lru_cache(maxsize=65536)
def canonical(dotted: str) -> str:
    """The one name of what ``dotted`` spells, as ``keras.…``, ``tf.…`` or, for other libraries, as it is written.

    ``tf.compat.v1`` names stay apart unless they are the very object of TensorFlow 2. A name that the table does not
    know only has its prefix brought into form.
    """
    if dotted.partition(".")[0] not in _ROOTS:
        return dotted
    path = _BORROWED.sub("keras", _TENSORFLOW.sub("tf", dotted, count=1), count=1)
    return _below(_KERAS.sub("keras", path, count=1))


def loss_from_string(identifier: str) -> str | None:
    """The function or class that ``loss="…"`` names, ``CROSSENTROPY``, or ``None``.

    Where both generations know a string, they mean the same.
    """
    if identifier.lower() in _CROSSENTROPY:
        return CROSSENTROPY
    return _table().strings["losses"].get(identifier)


def metric_from_string(identifier: str, generation: Generation) -> str | None:
    """The function or class that ``metrics=["…"]`` names, ``ACCURACY``, ``CROSSENTROPY``, or ``None``."""
    if identifier.lower() in _ACCURACY:
        return ACCURACY
    if identifier.lower() in _CROSSENTROPY:
        return CROSSENTROPY if generation is Generation.KERAS2 else None
    return _table().strings[f"metrics.{generation.value}"].get(identifier)
