"""Which well-known loss some numbers are."""

from __future__ import annotations

import contextlib
from typing import Any, Iterator, Mapping, NamedTuple

from .labels import SPARSE, label_forms
from .reference import FAMILIES, canonical


def candidates(form: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """The losses that take labels in this form, with their options."""
    for name in FAMILIES:
        if name.startswith("sparse_") == (form == SPARSE):
            yield name, {}
            if name.endswith("_crossentropy"):
                yield name, {"from_logits": True}


def families_of(values: Any, y_true: Any, y_pred: Any) -> list[str]:
    """The well-known losses of which these are the values, one for each sample or for each element."""
    found = []
    for form, labels in label_forms(y_true, y_pred).items():
        for name, options in candidates(form):
            for by_element in (False, True):
                with contextlib.suppress(ValueError, TypeError, IndexError):
                    if same_values(values, values_of(name, labels, y_pred, options, by_element)):
                        found.append(name)
    return list(dict.fromkeys(found))


def values_of(name: str, labels: Any, y_pred: Any, options: Mapping[str, Any], by_element: bool) -> Any:
    """A well-known loss of every sample, or of every element, in one row."""
    import numpy as np

    operands = [np.asarray(labels), np.asarray(y_pred)]
    if by_element:
        operands = [values[..., None] for values in operands]
    return canonical(name, operands[0], operands[1], None, "none", **options).ravel()


def same_values(one: Any, other: Any) -> bool:
    """Whether two arrays hold the same numbers, up to rounding and clipping."""
    import numpy as np

    return one.shape == other.shape and bool(np.allclose(one, other, rtol=1e-4, atol=1e-6))


class Mean(NamedTuple):
    """The mean of a well-known loss over samples, with labels in one of their forms."""

    form: str
    name: str
    from_logits: bool

    def value(self, y_true: Any, y_pred: Any) -> float:
        """The mean over these samples. Raises ``ValueError`` where the labels do not have the form."""
        labels = label_forms(y_true, y_pred).get(self.form)
        if labels is None:
            raise ValueError(f"the labels are not {self.form}")
        options: dict[str, Any] = {"from_logits": True} if self.from_logits else {}
        return float(canonical(self.name, labels, y_pred, **options))


def means_of(value: float, y_true: Any, y_pred: Any) -> list[Mean]:
    """The well-known losses of which this is the mean over the samples."""
    import numpy as np

    found = []
    for form in label_forms(y_true, y_pred):
        for name, options in candidates(form):
            mean = Mean(form, name, bool(options))
            with contextlib.suppress(ValueError, TypeError, IndexError):
                if same_values(np.array([value]), np.array([mean.value(y_true, y_pred)])):
                    found.append(mean)
    return found
