"""The function whose mean a measured value is."""

from typing import Any, Optional

from .attempts import attempt
from .closeness import same
from .public_api import functional_losses


def mean_of(value: Optional[float], labels: Any, predictions: Any, name: str = "") -> Optional[str]:
    """The one function whose mean over the samples is ``value``; among several, the namesake of the class."""
    functions = functional_losses().values()
    found = [path for path, function in functions if same(value, attempt(function, labels, predictions))]
    namesakes = [path for path in found if path.rpartition(".")[2].replace("_", "") == name.lower()]
    chosen = namesakes or found
    return chosen[0] if len(chosen) == 1 and value not in (0.0, 1.0) else None
