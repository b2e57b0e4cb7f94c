"""Members and arguments that are not there."""

from __future__ import annotations

from measure_cases import Case, check_verdicts
from stacks import Stack

from tfloss_lint.claim import CONFIRMED, INCONCLUSIVE, NOT_REACHED, REFUTED, Fact
from tfloss_lint.runtime_checks.probe.measures.member import Member

OWN_LAYER = """
class Own:
    @property
    def broken(self):
        raise AttributeError("inside")

    def disabled(self):
        raise NotImplementedError

    def calls_it(self):
        self.disabled()


class Ignores:
    learning_rate = 0.5

    def __init__(self, **kwargs):
        self.kwargs = kwargs

    def get_config(self):
        return {}


def method():
    pass


def fails(**kwargs):
    raise KeyError("rate")


own = Own()
"""


def member(text: str, place: str, status: str, said: str, how: str = "read", name: str | None = None) -> Case:
    facts: dict[str, Fact] = {"how": how, "name": name or place.rpartition(".")[2]}
    return Case(text + "\n", place, status, said, facts=facts, code="TFL501")


CASES: dict[str, Case] = {
    "missing": member("optimizer.reset_everything()", "optimizer.reset_everything", CONFIRMED, "AttributeError: .*reset_everything.*"),
    "called": member("model.count_params()", "model.count_params", REFUTED, "`Sequential` has a member `count_params`"),
    "read": member("model.inputs", "model.inputs", REFUTED, "`Sequential` has a member `inputs`"),
    "missing when read": member("model.nothing", "model.nothing", CONFIRMED, "AttributeError: .*nothing.*"),
    "of something missing": member(
        "try:\n    model.nobody.inputs\nexcept Exception:\n    pass", "model.nobody.inputs", INCONCLUSIVE,
        "AttributeError: .*nobody.*"),
    "raises for another reason": member(
        OWN_LAYER + "try:\n    own.broken\nexcept Exception:\n    pass", "own.broken", INCONCLUSIVE, "AttributeError: inside"),
    "disabled": member(OWN_LAYER + "own.disabled()", "own.disabled", CONFIRMED, "NotImplementedError"),
    "calls what is disabled": member(
        OWN_LAYER + "try:\n    own.calls_it()\nexcept Exception:\n    pass", "own.calls_it", INCONCLUSIVE, "NotImplementedError"),
    "never run": member("def later():\n    return model.nothing", "model.nothing", NOT_REACHED, ""),
    "assigned": member(
        "optimizer.learning_rate = 0.5", "optimizer.learning_rate", REFUTED, "`SGD` has a member `learning_rate`", "assigned"),
    "assigned anew": member(
        "optimizer.rate = 0.5", "optimizer.rate", CONFIRMED,
        "`SGD` has no member `rate`: the assignment makes one that it does not know", "assigned"),
    "assigned before": member(
        "setattr(optimizer, 'rate', 1.0)\noptimizer.rate = 0.5", "optimizer.rate", INCONCLUSIVE,
        "this use does not show whether it is there", "assigned"),
    "refused": member(
        "keras.optimizers.SGD(rate=0.75)", "0.75", CONFIRMED, "(Type|Value)Error: .*rate.*", "argument", "rate"),
    "taken": member(
        "keras.optimizers.SGD(momentum=0.75)", "0.75", REFUTED, "`SGD` takes the argument `momentum`", "argument", "momentum"),
    "a text": member(
        "keras.optimizers.SGD(name='mine')", "'mine'", INCONCLUSIVE, "this use does not show .*", "argument", "name"),
    "ignored": member(
        OWN_LAYER + "Ignores(rate=0.75)", "0.75", CONFIRMED, "`Ignores` is the same whatever `rate` is", "argument", "rate"),
    "ignored rate": member(
        OWN_LAYER + "Ignores(lr=0.75)", "0.75", CONFIRMED,
        "`Ignores` is the same whatever `lr` is: its learning rate is 0.5, not 0.75", "argument", "lr"),
    "refused by a method": member(
        "model.compile('sgd', 'mse')\nmodel.fit(x, y, 16, more=0.75)", "0.75", CONFIRMED, "TypeError: .*more.*", "argument", "more"),
    "another is refused": member(
        OWN_LAYER + "try:\n    method(more=1, most=0.75)\nexcept TypeError:\n    pass", "0.75", CONFIRMED, "TypeError: .*",
        "argument", "most"),
    "taken by a method": member(
        "model.compile('sgd', 'mse')\nmodel.fit(x, y, verbose=False)", "False", REFUTED, "`fit` takes the argument `verbose`",
        "argument", "verbose"),
    "fails for another reason": member(
        OWN_LAYER + "try:\n    fails(rate=0.75)\nexcept KeyError:\n    pass", "0.75", INCONCLUSIVE, "KeyError: .*", "argument",
        "rate"),
}  # fmt: skip


def test_verdicts_on_member(probed_stack: Stack) -> None:
    check_verdicts(probed_stack, Member, CASES)
