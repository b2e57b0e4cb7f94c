"""Measure which public names of TensorFlow and Keras mean the same object.

    python measure_names.py measure > keras2.json         run by an interpreter that has TensorFlow
    python measure_names.py merge keras*.json > table     needs nothing but Python

``measure`` walks the public API of one installed stack by object identity. ``merge`` joins several such
measurements into the table of ``tfloss_lint.names``: for every alias the one name that stands for it.
Names are written as after the prefix rules there: ``tf.`` for TensorFlow, ``keras.`` for every spelling of Keras.
"""

import argparse
import collections
import inspect
import json
import os
import sys
import types
import warnings
from pathlib import Path
from typing import Any, Collection, Dict, Iterator, List, Sequence, Set, Tuple

JSON = Dict[str, Any]

V1 = "tf.compat.v1."
ROOTS = ("tensorflow", "keras", "tf_keras")
# Not API, too much of it, or reached under another name by a prefix rule.
SKIPPED = {"keras", "compat", "estimator", "python", "api", "src", "core", "tools", "raw_ops"}
# What TensorFlow borrows from Keras; a prefix rule maps these.
BORROWED = {"tf.losses", "tf.metrics", "tf.optimizers", "tf.initializers"}
# Values without an identity that a name could stand for.
PLAIN = (type(None), bool, int, float, complex, str, bytes, tuple, list, dict, set)


def _public(module: types.ModuleType, path: str, above: Tuple[int, ...] = ()) -> Iterator[Tuple[str, Any]]:
    """Every public path below ``module`` with its object."""
    for name in sorted(dir(module)):
        below = f"{path}.{name}"
        if name.startswith("_") or name in SKIPPED or below in BORROWED:
            continue
        value = getattr(module, name, None)
        if isinstance(value, types.ModuleType):
            if id(value) not in above and getattr(value, "__name__", "").split(".")[0] in ROOTS:
                yield from _public(value, below, (*above, id(value)))
        elif not isinstance(value, PLAIN):
            yield below, value


def _identity(value: Any) -> int:
    """The identity of the object itself, not of a wrapper that only deprecates or dispatches."""
    return id(inspect.unwrap(value)) if isinstance(value, types.FunctionType) else id(value)


def _own_name(value: Any) -> str:
    """What the object calls itself: a function, a class, or a dtype."""
    return str(getattr(value, "__name__", None) or getattr(value, "name", None) or "")


def _definition(value: Any) -> str:
    """``keras.module.name`` as Keras defines the object; empty for what is not Keras's."""
    root, _, rest = (getattr(value, "__module__", None) or "").partition(".")
    name = getattr(value, "__name__", "")
    if root not in ("keras", "tf_keras") or not name:
        return ""
    return ".".join(part for part in ("keras", rest[4:] if rest.startswith("src.") else rest, name) if part)


def _identifiers(module: types.ModuleType, leaves: Collection[str]) -> Dict[str, Any]:
    """What ``get`` of ``keras.losses`` or ``keras.metrics`` makes of each string it knows."""
    home = vars(sys.modules[module.get.__module__])
    found: Dict[str, Any] = {}
    for identifier in sorted({*leaves, *home, *home.get("ALL_OBJECTS_DICT", ())}):
        try:
            value = module.get(identifier)
        except (ValueError, TypeError, AttributeError):  # unknown to it, or a class that needs arguments
            continue
        if isinstance(value, types.FunctionType):
            if {"y_true", "y_pred"} <= set(inspect.signature(value).parameters) and not identifier.startswith("_"):
                found[identifier] = value
        elif callable(value) and not isinstance(value, type):
            found[identifier] = type(value)
    return found


def measure() -> JSON:
    """The groups of equal names, where Keras defines them, and what strings mean, on the installed stack."""
    import tensorflow as tf

    modern = tf.keras.losses.mse.__module__.startswith("keras.src")
    roots = [(tf, "tf"), (tf.compat.v1, V1[:-1]), (tf.keras, "keras")]
    if modern:
        import keras  # its own names and those of tf.keras differ

        roots.append((keras, "keras"))
    names: Dict[int, Set[str]] = collections.defaultdict(set)
    objects: Dict[int, Any] = {}
    for module, path in roots:
        for name, value in _public(module, path):
            names[_identity(value)].add(name)
            objects[_identity(value)] = value
    leaves = {path.rpartition(".")[2] for group in names.values() for path in group if path.startswith("keras.")}
    strings = {
        kind: {
            identifier: min(names.get(_identity(value)) or [f"keras.{kind}.{value.__name__}"])
            for identifier, value in _identifiers(getattr(tf.keras, kind), leaves).items()
            if _definition(value).startswith(("keras.losses", "keras.metrics"))
        }
        for kind in ("losses", "metrics")
    }
    groups = sorted([_own_name(objects[key]), _definition(objects[key]), sorted(group)] for key, group in names.items())
    package = sys.modules[tf.keras.losses.Loss.__module__.partition(".")[0]]
    return {
        "generation": "keras3" if modern else "keras2",
        "versions": f"tensorflow {tf.__version__}, {package.__name__} {package.__version__}",
        "groups": groups,
        "strings": strings,
    }


class _Classes:
    """Disjoint sets of names (union-find)."""

    def __init__(self) -> None:
        self._parent: Dict[str, str] = {}

    def find(self, name: str) -> str:
        while self._parent.setdefault(name, name) != name:
            name = self._parent[name]
        return name

    def join(self, one: str, other: str) -> None:
        self._parent[self.find(one)] = self.find(other)

    def all(self) -> List[List[str]]:
        members: Dict[str, List[str]] = collections.defaultdict(list)
        for name in sorted(self._parent):
            members[self.find(name)].append(name)
        return list(members.values())


def _conflicts(measurements: Sequence[JSON]) -> List[str]:
    """Names that are one object with another name on some stack and a different one elsewhere."""
    where = [{path: i for i, group in enumerate(m["groups"]) for path in group[2]} for m in measurements]
    return sorted(
        {
            path
            for measurement in measurements
            for _, _, group in measurement["groups"]
            for path in group
            for other in group
            if any(path in w and other in w and w[path] != w[other] for w in where)
        }
    )


def _split(path: str) -> Tuple[str, str]:
    namespace, _, leaf = path.rpartition(".")
    return namespace, leaf


def _above(path: str) -> Iterator[str]:
    """Every namespace that ``path`` lies in."""
    while "." in path:
        path = _split(path)[0]
        yield path


def _definitions(measurements: Sequence[JSON], canonical: Dict[str, str]) -> Dict[str, str]:
    """Defining modules with the namespace that exports what they hold, and single names where that is not enough."""
    defined = {
        definition: canonical[paths[0]]
        for measurement in measurements
        for _, definition, paths in measurement["groups"]
        if definition and definition not in canonical
    }
    # A module may bear the name of a public object: Keras likes to name files after the function in them.
    public = {namespace for path in canonical for namespace in _above(path)} | set(canonical)
    votes: Dict[str, Dict[str, int]] = collections.defaultdict(lambda: collections.defaultdict(int))
    for definition, name in defined.items():
        module = _split(definition)[0]
        for place in (module, _split(module)[0]):  # old packages re-export what their modules define
            if place not in public:
                votes[place][_split(name)[0]] += 1
    modules = {place: max(sorted(count), key=count.__getitem__) for place, count in votes.items()}

    def by_module(definition: str) -> str:
        module, leaf = _split(definition)
        path = f"{modules.get(module, module)}.{leaf}"
        return canonical.get(path, path)

    return {**modules, **{path: name for path, name in defined.items() if by_module(path) != name}}


def _pack(names: Dict[str, str]) -> Dict[str, str]:
    """``{leaf: name}`` as ``{namespace of the names: "leaf leaf=other"}``: sorted, and a fifth of the size."""
    packed: Dict[str, List[str]] = {}
    for leaf in sorted(names):
        namespace, other = _split(names[leaf])
        packed.setdefault(namespace, []).append(leaf if leaf == other else f"{leaf}={other}")
    return {namespace: " ".join(leaves) for namespace, leaves in packed.items()}


def _by_namespace(aliases: Dict[str, str]) -> Dict[str, Dict[str, str]]:
    found: Dict[str, Dict[str, str]] = collections.defaultdict(dict)
    for path, name in aliases.items():
        namespace, leaf = _split(path)
        found[namespace][leaf] = name
    return found


def merge(measurements: Sequence[JSON]) -> JSON:
    """The table. A name whose meaning changed between stacks stands for itself, and is recorded as a conflict."""
    conflicts = _conflicts(measurements)
    seen = collections.Counter(path for m in measurements for _, _, group in m["groups"] for path in group)
    own_names: Dict[str, Set[str]] = collections.defaultdict(set)
    classes = _Classes()
    for measurement in measurements:
        for own_name, _, group in measurement["groups"]:
            settled = [path for path in group if path not in conflicts]
            for path in group:
                own_names[path].add(own_name)
                classes.join(path, settled[0] if path in settled else path)

    def preference(path: str) -> Tuple[Any, ...]:
        """Documented before abbreviated, losses before metrics, lasting before passing, short before long."""
        leaf = _split(path)[1]
        abbreviated = leaf not in own_names[path]
        if path.startswith("keras."):
            return (
                0,
                abbreviated,
                path.startswith("keras.metrics.") and leaf.islower(),
                -seen[path],
                path.count("."),
                path,
            )
        return (path.startswith(V1), path.count("."), abbreviated, len(path), path)

    canonical = {path: min(group, key=preference) for group in classes.all() for path in group}
    aliases = {**_definitions(measurements, canonical), **canonical}
    strings: Dict[str, Dict[str, str]] = {"losses": {}}
    for measurement in measurements:
        for kind, found in measurement["strings"].items():
            # A loss string means the same wherever it is known; a metric string became a class in Keras 3.
            table = strings.setdefault(kind if kind == "losses" else "metrics." + measurement["generation"], {})
            for identifier, name in found.items():
                table[identifier] = canonical.get(name, name)
    return {
        "measured_on": [measurement["versions"] for measurement in measurements],
        "aliases": {
            namespace: _pack(names)
            for namespace, names in _by_namespace({p: name for p, name in aliases.items() if p != name}).items()
        },
        "strings": {kind: _pack(names) for kind, names in strings.items()},
        "conflicts": conflicts,
    }


def main(arguments: Sequence[str]) -> int:
    """Write a measurement or a table as JSON to standard output."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("measure", help="walk the installed TensorFlow and Keras")
    commands.add_parser("merge", help="join measurements into the table").add_argument("files", nargs="+", type=Path)
    options = parser.parse_args(arguments)
    if options.command == "measure":
        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
        warnings.simplefilter("ignore")
        result = measure()
    else:
        result = merge([json.loads(path.read_text(encoding="utf-8")) for path in options.files])
    json.dump(result, sys.stdout, indent=1, sort_keys=True)
    sys.stdout.write("\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
