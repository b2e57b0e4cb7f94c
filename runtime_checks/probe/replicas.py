"""What the replicas of a strategy do in one ``strategy.run``: each is a thread, and they take turns.

While they run, only notes are taken: a replica that waits for the others must find them where they wait, so nothing is
run again and no strategy is asked in there. All is measured afterwards, in the thread that has started them.
"""

from __future__ import annotations

import functools
import threading
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any, Callable

from .gradients import Flows

THREAD = "_MirroredReplicaThread"
"""The class of the threads in which a strategy runs its replicas."""


@dataclass
class Replica:
    """What one replica did: the values of expressions by site and role, and its gradients."""

    seen: dict[tuple[int, str], list[Any]] = field(default_factory=dict)
    flows: Flows = field(default_factory=Flows)

    def value(self, site: int, role: str) -> Any:
        """What an expression was, if it was evaluated once; ``None`` if it was not, or more often."""
        found = self.seen.get((site, role), ())
        return found[0] if len(found) == 1 else None


class Replicas:
    """The replicas of the ``strategy.run`` of now."""

    def __init__(self) -> None:
        self._by_thread: dict[int, Replica] = {}

    def begin(self) -> None:
        """No replica has run yet."""
        self._by_thread = {}

    def current(self) -> Replica | None:
        """The one whose thread this is."""
        if not is_replica_thread():
            return None
        return self._by_thread.setdefault(threading.get_ident(), Replica())

    def end(self) -> list[Replica]:
        """All that have noted something, in their order."""
        found, self._by_thread = list(self._by_thread.values()), {}
        return found


def is_replica_thread() -> bool:
    """Whether a strategy runs a replica in this thread."""
    return type(threading.current_thread()).__name__ == THREAD


def watch_strategies(tensorflow: ModuleType, probe: Any) -> None:
    """Have every ``strategy.run`` tell of its beginning and its end."""
    owner = next(kind for kind in tensorflow.distribute.Strategy.__mro__ if "run" in vars(kind))
    original: Callable[..., Any] = vars(owner)["run"]

    @functools.wraps(original)
    def run(strategy: Any, *args: Any, **kwargs: Any) -> Any:
        probe.replicas_begin()
        result = original(strategy, *args, **kwargs)
        probe.replicas_end(strategy)
        return result

    owner.run = run
