"""The typed model of one file's training code: what rules read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

import libcst as cst

from tfloss_lint.generation import Generation
from tfloss_lint.reading import terms
from tfloss_lint.reading.events import (
    Compile,
    CompiledLoss,
    Event,
    Fit,
    FunctionResult,
    Gradient,
    Logs,
    Meeting,
    MetricRead,
    MetricReset,
    MetricUpdate,
    Step,
)
from tfloss_lint.reading.interpreter import Interpreter
from tfloss_lint.reading.values import Class, Method, Object, Value

E = TypeVar("E", bound=Event)


@dataclass(frozen=True)
class Program:
    """What happens in one file. Events come in the order of execution; one place may have several."""

    interpreter: Interpreter
    modules: Sequence[cst.Module]
    targets: frozenset[Generation]
    """The Keras generations that the code is meant for."""

    def _of(self, kind: type[E]) -> list[E]:
        return [event for event in self.interpreter.events if isinstance(event, kind)]

    @cached_property
    def compiles(self) -> list[Compile]:
        return self._of(Compile)

    @cached_property
    def fits(self) -> list[Fit]:
        return self._of(Fit)

    @cached_property
    def meetings(self) -> list[Meeting]:
        return self._of(Meeting)

    @cached_property
    def compiled_losses(self) -> list[CompiledLoss]:
        return self._of(CompiledLoss)

    @cached_property
    def gradients(self) -> list[Gradient]:
        return self._of(Gradient)

    @cached_property
    def metric_updates(self) -> list[MetricUpdate]:
        return self._of(MetricUpdate)

    @cached_property
    def metric_resets(self) -> list[MetricReset]:
        return self._of(MetricReset)

    @cached_property
    def metric_reads(self) -> list[MetricRead]:
        return self._of(MetricRead)

    @cached_property
    def logs(self) -> list[Logs]:
        return self._of(Logs)

    @cached_property
    def function_results(self) -> list[FunctionResult]:
        return self._of(FunctionResult)

    @cached_property
    def steps(self) -> list[Step]:
        """Every execution of a step, in order."""
        return list(dict.fromkeys(event.step for event in self.interpreter.events if event.step is not None))

    @property
    def classes(self) -> list[Class]:
        return self.interpreter.classes

    def in_step(self, events: Iterable[E], step: Step) -> Iterator[E]:
        """The events of one execution of a step."""
        return (event for event in events if event.step is step)

    @staticmethod
    def terms(value: Value) -> list[terms.Term]:
        """The comparisons of labels with predictions that a loss consists of."""
        return terms.terms(value)

    @staticmethod
    def trained_model(gradient: Gradient) -> Object | None:
        """The model whose variables a gradient is taken over."""
        if gradient.step is not None:
            return gradient.step.model
        over = gradient.over
        return over.owner if isinstance(over, Method) and isinstance(over.owner, Object) else None

    @staticmethod
    def source(node: cst.CSTNode) -> str:
        """The expression as the file writes it, on one line."""
        return " ".join(cst.Module([]).code_for_node(node).split())
