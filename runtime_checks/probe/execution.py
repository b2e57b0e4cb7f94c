"""One run of a carrier: the values that its taps have seen, and a way to run it again with others."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Callable, Iterator, Sequence, Tuple

from .arrays import like, replaced, rows, tensors_in

Key = Tuple[int, str]
"""A site and the role of one of its expressions."""
LEAST_ROWS = 4
"""Each half of a batch needs two rows."""


@dataclass
class Site:
    """One claim, as the linter sends it."""

    id: int
    code: str
    relation: str
    facts: dict[str, Any]
    carriers: list[str]
    """In order of worth: ``expression 7``, ``function 2``, ``block 3``."""


@dataclass
class Replayed:
    """What a carrier gave when it ran again."""

    result: Any
    seen: dict[Key, list[Any]]


@dataclass
class Execution:
    """One run of a carrier."""

    carrier: str
    seen: dict[Key, list[Any]] = field(default_factory=dict)
    result: Any = None
    context: tuple[Any, ...] = ()
    """The tensors that it starts from, such as features and sample weights; each may have a row per sample."""
    others: Sequence[Key] = ()
    """Where an expression reads its context."""
    again: Callable[[Sequence[Any]], Any] | None = None
    probe: Any = None
    model: Any = None
    """The Keras model in whose step it ran."""
    container: Any = None
    """What holds the compiled losses or metrics of a model, if it called the carrier."""
    error: str = ""
    """What it raised."""
    is_whole: bool = True
    """Whether it ran on a batch of the program's, and not on a part of one."""
    is_done: bool = True
    """``False``: a step that is about to run, with the weights of now."""

    def value(self, site: Site, role: str) -> Any:
        """What an expression of a site was when it was first evaluated; ``None`` if it was not."""
        found = self.seen.get((site.id, role))
        return found[0] if found else None

    def recall(self, site: Site, role: str) -> None:
        """Take what an expression was last, if this run has not evaluated it."""
        key = (site.id, role)
        if key not in self.seen and self.probe is not None and key in self.probe.latest:
            self.seen[key] = [self.probe.latest[key]]

    def halves(self, site: Site) -> Iterator[Execution]:
        """The same code, run again on every second row: neighbours may be alike, data are often sorted by class."""
        import tensorflow as tf

        values = {(site.id, role): self.value(site, role) for role in ("label", "prediction")}
        known = {key: value for key, value in values.items() if value is not None}
        counts = [rows(value) for value in known.values() or self.context]
        count = max((count for count in counts if count), key=counts.count, default=0)
        if count < LEAST_ROWS or self.again is None:
            return
        for first in (0, 1):
            kept = range(first, count, 2)

            def half(value: Any, kept: range = kept) -> Any:
                return tf.gather(value, kept) if rows(value) == count else value

            context = tuple(map(half, self.context))
            replayed = self.replay({key: half(value) for key, value in known.items()}, context)
            yield replace(self, seen=replayed.seen, result=replayed.result, context=context, is_whole=False)

    def replay(self, substitutes: dict[Key, Any], context: Sequence[Any] | None = None) -> Replayed:
        """Run it again, with other values for some expressions and the values of now for labels and predictions."""
        if self.again is None:
            raise RuntimeError("this code cannot be run again")
        replayed: Replayed = self.probe.replay(self, substitutes, self.context if context is None else context)
        return replayed


class Replay:
    """A run with the values of an earlier one, but for the expressions that have substitutes."""

    def __init__(self, execution: Execution, substitutes: dict[Key, Any]) -> None:
        # Taps of other sites may stand around the same expression: they hand on what they get.
        sites = {site for site, _ in substitutes}
        self.frozen = {key: values for key, values in execution.seen.items() if key[0] in sites and key in substitutes}
        self.substitutes = substitutes
        self.seen: dict[Key, list[Any]] = {}

    def tap(self, key: Key, value: Any) -> Any:
        """What an expression hands on: its substitute, or what it was in the earlier run."""
        before = self.seen.setdefault(key, [])
        at = len(before)
        originals = self.frozen.get(key, ())
        if key in self.substitutes and at == 0:
            value = like(originals[0] if originals else value, self.substitutes[key])
        elif at < len(originals):
            value = originals[at]
        before.append(value)
        return value


def let_run_again(execution: Execution, call: Callable[[Any, Any], Any], arguments: Any) -> None:
    """Make the tensors among the arguments the context of an execution."""
    leaves = list(tensors_in(arguments))
    execution.context = tuple(leaves)

    def again(context: Sequence[Any]) -> Any:
        given = {id(leaf): value for leaf, value in zip(leaves, context)}
        args, kwargs = replaced(arguments, given)
        return call(args, kwargs)

    execution.again = again
