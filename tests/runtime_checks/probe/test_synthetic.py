"""Loss functions that no run has reached, on each stack."""

from __future__ import annotations

import pytest
from runtime_programs import LOAD
from stacks import Stack

PROGRAM = (
    LOAD
    + """
import numpy as np
import tensorflow as tf
from runtime_checks.probe.measures import measures_of
from runtime_checks.probe.execution import Site
from runtime_checks.probe.probe import Probe
from runtime_checks.probe.sites import Sites
from runtime_checks.probe.synthetic import probe_unreached


def verdict(relation, body, facts=None, signature="y_true, y_pred", replicated=()):
    told = {}
    site = Site(0, "TFL", relation, facts or {}, ["function 1"])
    sites = Sites([site], {0: measures_of(site, 2)}, lambda number, found: told.update({number: found.as_dict()}))
    probe = Probe(sites)
    probe.replicated.update(replicated)
    values = {"tf": tf, "probe": probe, "calls": []}
    exec(f"@probe.function(1)\\ndef loss({signature}):\\n    calls.append([tuple(v.shape) for v in (y_true, y_pred)])\\n"
         f"    return {body}", values)
    before = [np.random.get_state()[1].tolist(), len(tf.compat.v1.get_default_graph().get_operations())]
    probe_unreached(probe, 2)
    assert before[0] == np.random.get_state()[1].tolist()
    return {"told": told.get(0), "calls": values["calls"]}


TAP = "probe.tap(0, 'place', (%s))"
OPERANDS = "tf.square(probe.tap(0, 'label', (y_true)) - probe.tap(0, 'prediction', (y_pred)))"
BROADCAST = TAP % ("tf.reduce_mean(" + OPERANDS + ")")
FACTS = {"label_shape": "", "prediction_shape": ",1"}
results = {
    "broadcast": verdict("broadcast", BROADCAST, FACTS),
    "no shapes": verdict("broadcast", BROADCAST),
    "half a shape": verdict("broadcast", BROADCAST, {"prediction_shape": ",1"}),
    "method": verdict("broadcast", BROADCAST, FACTS, "self, y_true, y_pred"),
    "other arguments": verdict("broadcast", BROADCAST, FACTS, "y_true, y_pred, weights"),
    "raises": verdict("broadcast", "1 / 0", FACTS),
    "divisor": verdict("divisor", TAP % ("tf.reduce_sum(" + OPERANDS + ") / 32.0"), {"divisor": 32}),
    "ratio": verdict("batch ratio", TAP % ("tf.reduce_sum(" + OPERANDS + ") / 32.0")),
    "unused": verdict("unused loss", BROADCAST),
    "lengths": verdict("broadcast", BROADCAST, {"label_shape": "batch,3", "prediction_shape": ",3"}),
    "replicated": verdict("broadcast", BROADCAST, FACTS, replicated={0: 2}),
    "vector on replicas": verdict("vector", BROADCAST, FACTS, replicated={0: 2}),
}
"""
)


def test_on_each_stack(stack: Stack) -> None:
    results = stack.run(PROGRAM, returns=["results"])["results"]
    for name in ("broadcast", "method", "replicated"):
        told = results[name]["told"]
        assert (told["status"], told["synthetic"]) == ("confirmed", True), name
        assert told["shapes"] == {"y_true": [8], "y_pred": [8, 1], "result": [8, 8]}
    for name in ("no shapes", "half a shape", "other arguments", "divisor", "ratio", "unused", "vector on replicas"):
        assert results[name] == {"told": None, "calls": []}, name
    assert results["raises"]["told"] is None
    assert results["lengths"]["calls"][0] == [[8, 3], [8, 3]]
    assert results["lengths"]["told"]["status"] == pytest.approx("refuted")
