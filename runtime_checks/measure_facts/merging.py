"""The table of one Keras generation: its newest release, and what older ones do otherwise."""

from typing import Sequence

from .json_types import JSON


def merge(measurements: Sequence[JSON]) -> JSON:
    """The newest measurement, and what each older release does otherwise."""
    newest, *older = measurements
    exceptions = {
        table["measured_on"]: _differences(newest, {**table, "measured_on": newest["measured_on"]}) for table in older
    }
    return {**newest, "exceptions": exceptions}


def _differences(newer: JSON, older: JSON, path: str = "") -> JSON:
    """What the older table says otherwise, by path, with ``null`` for what it does not have."""
    found: JSON = {}
    for key in sorted({*newer, *older}):
        here, there = newer.get(key), older.get(key)
        if isinstance(here, dict) and isinstance(there, dict):
            found.update(_differences(here, there, f"{path}{key} / "))
        elif here != there:
            found[path + key] = there
    return found
