"""A member or an argument that the installed Keras does not have, or that does nothing there."""

from __future__ import annotations

from typing import Any

from ...relations import CONFIRMED, REFUTED, summary
from ..members import MISSING, Use, has, is_disabled, takes
from ..verdicts import Verdict, inconclusive, verdict
from .base import Measure


class Member(Measure):
    """No operands. Facts ``name``, and ``how`` it is used: ``read``, ``assigned`` or as an ``argument``.

    One use tells: it is no matter of numbers that change from batch to batch.
    """

    relation = "member"
    operands = ()
    kinds = ("member",)
    keeps_state = True  # a program that has only begun may still choose its devices, and nothing is run again here

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.answer: Verdict | None = None

    def member_used(self, use: Use) -> None:
        """The program has used a member or an argument."""
        if use.site != self.site.id or self.answer is not None:
            return
        self.attempts += 1
        self.answer = {"read": _read, "assigned": _assigned, "argument": _argument}[str(self.site.facts["how"])](use)
        if self.answer is None and use.error is not None:
            self.reasons.append(summary(use.error))

    @property
    def enough(self) -> bool:
        """Whether a use has told."""
        return self.answer is not None

    def verdict(self) -> Verdict:
        """What it told."""
        return inconclusive(self.reason) if self.answer is None else self.answer

    @property
    def reason(self) -> str:
        """Why there is no answer."""
        return self.reasons[0] if self.reasons else "this use does not show whether it is there"


def _read(use: Use) -> Verdict | None:
    if use.owner is MISSING:
        return None
    known = f"`{type(use.owner).__name__}` has a member `{use.name}`"
    if use.error is None:
        return verdict(REFUTED, known)
    missing = isinstance(use.error, AttributeError) and has(use.owner, use.name) is False
    if missing or is_disabled(use.error, use.name):
        return verdict(CONFIRMED, summary(use.error))
    return None


def _assigned(use: Use) -> Verdict | None:
    there, kind = has(use.owner, use.name), type(use.owner).__name__
    if there is None:
        return None
    if there:
        return verdict(REFUTED, f"`{kind}` has a member `{use.name}`")
    return verdict(CONFIRMED, f"`{kind}` has no member `{use.name}`: the assignment makes one that it does not know")


def _argument(use: Use) -> Verdict | None:
    if use.arguments is None:
        return None
    there = takes(use.owner, use.name)
    if use.error is not None:
        named = isinstance(use.error, (TypeError, ValueError)) and use.name in str(use.error)
        refused = (named and there is not True) or (isinstance(use.error, TypeError) and there is False)
        return verdict(CONFIRMED, summary(use.error)) if refused else None
    if isinstance(use.owner, type) and hasattr(use.result, "get_config"):
        return _option(use)
    return verdict(REFUTED, f"`{use.owner.__name__}` takes the argument `{use.name}`")


def _option(use: Use) -> Verdict | None:
    """Whether an object is another one for another value of an argument."""
    args, kwargs = use.arguments
    value = kwargs[use.name]
    if not isinstance(value, (int, float)):
        return None
    other = use.owner(*args, **{**kwargs, use.name: 0.5 * value + 0.125})
    kind = use.owner.__name__
    # Names are numbered.
    before, after = ({**made.get_config(), "name": None} for made in (use.result, other))
    if before != after:
        return verdict(REFUTED, f"`{kind}` takes the argument `{use.name}`")
    said = f"`{kind}` is the same whatever `{use.name}` is"
    rate = getattr(use.result, "learning_rate", None) if use.name == "lr" else None
    if rate is None or callable(rate):
        return verdict(CONFIRMED, said)
    numbers = {"as_written": float(rate), "reference": float(value), "ratio": float(rate) / value if value else None}
    return verdict(CONFIRMED, f"{said}: its learning rate is {float(rate):g}, not {value:g}", numbers=numbers)
