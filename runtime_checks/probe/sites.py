"""The sites of a run: their measures at work, which of the sites are settled, and what is told of them."""

from __future__ import annotations

import contextlib
import functools
from dataclasses import replace
from typing import Any, Callable, Iterator, Mapping, Sequence

from ..relations import summary
from ..untouched import untouched
from .execution import Execution, Site
from .verdicts import Verdict, inconclusive


class Sites:
    """All sites and their measures. Of each site at most one verdict is told, and then it is settled."""

    def __init__(self, sites: Sequence[Site], measures: dict[int, Any], tell: Callable[[int, Verdict], None]) -> None:
        self.by_number = {site.id: site for site in sites}
        self.measures = measures
        """One for each carrier of each site: ``{site: [measure, ...]}``."""
        self.following = {
            number: [measure for measure in given if getattr(measure, "follows", False)]
            for number, given in measures.items()
        }
        """Those that are told of every value of every expression."""
        self.measuring = False
        """Whether a measure is at work: what the program's code does then is the measure's doing."""
        self.is_synthetic = False
        self._tell = tell
        self._told: set[int] = set()

    # --- what there is to measure

    def open(self) -> list[Site]:
        """The sites that nothing was told of."""
        return [site for site in self.by_number.values() if self.is_open(site.id)]

    def is_open(self, number: int) -> bool:
        """Whether nothing was told of a site."""
        return number not in self._told

    def settled(self) -> bool:
        """Whether there is nothing left to measure."""
        return all(self._is_settled(site) for site in self.by_number.values())

    def waits_for_epochs(self) -> bool:
        """Whether all sites that are open wait for the end of an epoch."""
        waiting = self.open()
        return bool(waiting) and all(
            hasattr(measure, "epoch_end") for site in waiting for measure in self.measures[site.id]
        )

    def follow_gradients(self) -> bool:
        """Whether a site that is open wants the gradients followed."""
        return any(measure.follows_gradients for site in self.open() for measure in self.measures[site.id])

    # --- measuring

    def let_work(self, measure: Any, work: Callable[[], None]) -> None:
        """Let a measure work: whatever it does is taken back, whatever it raises is its reason."""
        self.measuring = True
        try:
            with contextlib.nullcontext() if measure.keeps_state else untouched():
                work()
        except Exception as error:  # noqa: BLE001 - the user's code may raise anything when it runs again
            measure.fails(summary(error))
        finally:
            self.measuring = False

    def tapped(self, number: int, role: str, value: Any) -> None:
        """An expression has this value."""
        for measure in self.following.get(number, ()):
            self.let_work(measure, functools.partial(measure.tapped, role, value))

    def observe(self, execution: Execution) -> None:
        """Have the measures of a carrier look at one run of it."""
        for site in self.open():
            if execution.carrier not in site.carriers:
                continue
            for measure in self.measures[site.id]:
                if execution.error and not measure.takes_errors:
                    continue
                is_its = measure.carrier == execution.carrier and measure.sees_before >= (not execution.is_done)
                if is_its and measure.is_for(execution) and not measure.done:
                    self.let_work(measure, functools.partial(measure.observe, execution))
            self.conclude(site)

    def event(self, name: str, *args: Any) -> None:
        """Tell the measures of something that Keras did."""
        for site in self.open():
            for measure in self.measures[site.id]:
                handler = getattr(measure, name, None)
                if handler is not None:
                    self.let_work(measure, functools.partial(handler, *args))
            self.conclude(site)

    def epoch(self, number: int) -> None:
        """Another round begins of the loop over epochs that a site stands in."""
        for measure in self.measures[number]:
            self.let_work(measure, measure.epoch_begin)
        self.conclude(self.by_number[number])

    # --- telling

    def conclude(self, site: Site) -> None:
        """Tell what is known of a site, once it is settled."""
        if self.is_open(site.id) and self._is_settled(site):
            self._say(site)

    def finish(self, complete: bool) -> None:
        """Tell what is known of sites that are still open; ``complete``: the program has come to its own end."""
        for site in self.open():
            seen = [measure for measure in self.measures[site.id] if measure.attempts]
            for measure in seen:
                measure.program_over = complete
                self.let_work(measure, measure.look_at_halves)
            if seen:
                self._say(site)

    def close(self, replicated: Mapping[int, int]) -> None:
        """Tell why nothing was measured at sites that were only met on several replicas at once: on how many."""
        for site in self.open():
            if site.id in replicated:
                self._told.add(site.id)
                self._tell(
                    site.id,
                    inconclusive(f"it runs on {replicated[site.id]} replicas at once, each with its part of the batch"),
                )

    @contextlib.contextmanager
    def synthetic(self) -> Iterator[None]:
        """Mark what is told from now on as measured on made-up tensors; the program is over, and nothing ends it."""
        self.is_synthetic = True
        yield

    def _is_settled(self, site: Site) -> bool:
        """Whether the best carrier that runs has an answer, or all have given up.

        An expression is done before the block around it, which knows more: what becomes of the expression.
        """
        if not self.is_open(site.id):
            return True
        measures = self.measures[site.id]
        for measure in measures:
            if measure.attempts and not measure.done:
                return False
            if measure.done and measure.verdict().settles:
                return True
        return bool(measures) and all(measure.done for measure in measures)

    def _say(self, site: Site) -> None:
        self._told.add(site.id)
        verdicts = [measure.verdict() for measure in self.measures[site.id] if measure.attempts]
        best = next((verdict for verdict in verdicts if verdict.settles), verdicts[0] if verdicts else None)
        if best is not None:
            self._tell(site.id, replace(best, synthetic=self.is_synthetic))
