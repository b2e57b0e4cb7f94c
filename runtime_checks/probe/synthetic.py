"""Probes loss functions that the run never reached, on made-up labels and predictions."""

from __future__ import annotations

import contextlib
from typing import Any

from .execution import Site
from .probe import Probe

ROWS = 8
OF_THE_RUN = frozenset({"batch ratio", "divisor", "unused loss"})
"""Relations between the batches or the losses of a run."""
OF_THE_WHOLE_BATCH = ("factor", "vector")
"""What a loss that several replicas compute must be judged by all of them together for."""


def probe_unreached(probe: Probe, batches: int) -> None:
    """Call the function around every open site that is a function of the module's, twice."""
    for site in probe.sites.open():
        number = next((int(carrier.split()[1]) for carrier in site.carriers if carrier.startswith("function")), None)
        function = probe.functions.get(number) if number is not None else None
        if function is None or not _is_shown_by(site):
            continue
        if site.id in probe.replicated and site.relation in OF_THE_WHOLE_BATCH:
            continue
        # A function that was made for other arguments raises, and stays not reached.
        with probe.sites.synthetic(), contextlib.suppress(Exception):
            for seed in range(batches):
                function(*_arguments(site, function, seed))


def _is_shown_by(site: Site) -> bool:
    """Whether made-up tensors can show it: only where nothing hangs on a number of rows or a shape that is made up."""
    if site.relation == "broadcast":
        return {"label_shape", "prediction_shape"} <= site.facts.keys()
    return site.relation not in OF_THE_RUN


def _arguments(site: Site, function: Any, seed: int) -> Any:
    """Labels and predictions of the shapes that the file implies."""
    import numpy as np
    import tensorflow as tf

    random = np.random.RandomState(seed)
    shapes = [_shape(site.facts.get("label_shape"), ()), _shape(site.facts.get("prediction_shape"), (1,))]
    tensors = [tf.constant(random.normal(size=shape).astype("float32")) for shape in shapes]
    names = function.__wrapped__.__code__.co_varnames[: function.__wrapped__.__code__.co_argcount]
    return [None, *tensors] if names[:1] == ("self",) else tensors


def _shape(given: Any, otherwise: Any) -> Any:
    """A shape that the file implies, as ``batch,10``: what is no number there is any, such as the rows."""
    if given is None:
        return (ROWS, *otherwise)
    return tuple(int(length) if length.isdigit() else ROWS for length in str(given).split(","))
