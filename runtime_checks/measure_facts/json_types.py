"""The type of what is measured, and of arguments and members that are given by name: what a JSON object becomes."""

from typing import Any, Dict

JSON = Dict[str, Any]
