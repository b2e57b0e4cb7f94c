"""``[tool.tfloss-lint]`` of a pyproject.toml: found, read and checked key by key."""

from __future__ import annotations

import difflib
import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tfloss_lint.generation import AUTO, BOTH, Generation

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

TABLE = "tfloss-lint"
OUTPUT_FORMATS = ("text", "concise", "json")
TARGETS: Mapping[str, frozenset[Generation]] = {
    "2": frozenset({Generation.KERAS2}),
    "keras2": frozenset({Generation.KERAS2}),
    "3": frozenset({Generation.KERAS3}),
    "keras3": frozenset({Generation.KERAS3}),
    "both": BOTH,
    "auto": AUTO,
}


class ConfigurationError(Exception):
    """The user asked for something that cannot be; the text says what and where."""


@dataclass(frozen=True)
class FileConfiguration:
    """What a configuration file says; ``None`` where it is silent."""

    path: Path | None = None
    select: tuple[str, ...] | None = None
    ignore: tuple[str, ...] | None = None
    extend_ignore: tuple[str, ...] | None = None
    pedantic: bool | None = None
    target_keras: frozenset[Generation] | None = None
    per_file_ignores: tuple[tuple[str, tuple[str, ...]], ...] | None = None
    exclude: tuple[str, ...] | None = None
    extend_exclude: tuple[str, ...] | None = None
    force_exclude: bool | None = None
    respect_gitignore: bool | None = None
    output_format: str | None = None
    jobs: int | None = None

    @property
    def root(self) -> str:
        """The folder that the file's path patterns are relative to."""
        return str(self.path.parent) if self.path else os.curdir


def find_configuration(paths: Sequence[str]) -> FileConfiguration:
    """The nearest pyproject.toml with our table, from the folder that holds all ``paths`` upwards."""
    here = Path.cwd()
    places = [here / path for path in paths] or [here]
    starts = [str(place if place.is_dir() else place.parent) for place in places]
    start = Path(os.path.normpath(os.path.commonpath(starts)))
    for folder in (start, *start.parents):
        file = folder / "pyproject.toml"
        if file.is_file():
            table = _table(file)
            if table is not None:
                return _configuration(file, table)
    return FileConfiguration()


def read_configuration(file: Path) -> FileConfiguration:
    """What one file says. Raises ``ConfigurationError`` when it has no table of ours."""
    table = _table(file)
    if table is None:
        raise ConfigurationError(f"{file}: there is no table [tool.{TABLE}]")
    return _configuration(file.absolute(), table)


def _table(file: Path) -> dict[str, Any] | None:
    try:
        document = tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise ConfigurationError(f"{file}: cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ConfigurationError(f"{file}: not valid TOML: {error}") from error
    tool = document.get("tool")
    table = tool.get(TABLE) if isinstance(tool, dict) else None
    if table is not None and not isinstance(table, dict):
        raise ConfigurationError(f"{file}: tool.{TABLE} must be a table, not {_kind(table)}")
    return table


def _configuration(file: Path, table: Mapping[str, Any]) -> FileConfiguration:
    values: dict[str, Any] = {}
    for key, value in table.items():
        if key not in KEYS:
            raise ConfigurationError(f'{file}: [tool.{TABLE}] has no key "{key}"{suggestion(key, KEYS)}')
        try:
            values[key.replace("-", "_")] = KEYS[key](value)
        except ValueError as error:
            raise ConfigurationError(f'{file}: [tool.{TABLE}] key "{key}" {error}') from error
    return FileConfiguration(path=file, **values)


def suggestion(word: str, known: Iterable[str]) -> str:
    """``; did you mean "x"?``, or nothing when no known word is near."""
    close = difflib.get_close_matches(word, list(known), n=3)
    return "; did you mean " + " or ".join(f'"{match}"' for match in close) + "?" if close else ""


def _is_strings(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _strings(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not _is_strings(value):
        raise ValueError(f"must be a list of strings, not {_kind(value)}")
    return tuple(value)


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError(f"must be true or false, not {_kind(value)}")
    return value


def _jobs(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise ValueError(f"must be a whole number from 1 on, not {_kind(value)}")
    return value


def target_keras(value: object) -> frozenset[Generation]:
    """The generations that ``2``, ``"keras3"``, ``"both"`` and their like stand for. Raises ``ValueError``."""
    word = "" if isinstance(value, bool) else str(value)
    if word not in TARGETS:
        raise ValueError(f"must be one of {', '.join(TARGETS)}, not {_kind(value)}")
    return TARGETS[word]


def _output_format(value: object) -> str:
    if value not in OUTPUT_FORMATS:
        raise ValueError(f"must be one of {', '.join(OUTPUT_FORMATS)}, not {_kind(value)}")
    return str(value)


def _per_file(value: object) -> tuple[tuple[str, tuple[str, ...]], ...]:
    if not isinstance(value, dict):
        raise ValueError(f"must be a table of path patterns and lists of codes, not {_kind(value)}")
    for pattern, codes in value.items():
        if not _is_strings(codes):
            raise ValueError(f'must have a list of codes at "{pattern}", not {_kind(codes)}')
    return tuple((pattern, tuple(codes)) for pattern, codes in value.items())


KEYS: Mapping[str, Callable[[object], object]] = {
    "select": _strings,
    "ignore": _strings,
    "extend-ignore": _strings,
    "pedantic": _flag,
    "target-keras": target_keras,
    "per-file-ignores": _per_file,
    "exclude": _strings,
    "extend-exclude": _strings,
    "force-exclude": _flag,
    "respect-gitignore": _flag,
    "output-format": _output_format,
    "jobs": _jobs,
}
"""Every key of the table, and what turns its value into ours or raises ``ValueError``."""


def _kind(value: object) -> str:
    """A wrong value in the user's words."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (str, int, float)):
        return repr(value)
    if isinstance(value, list):
        return "a list of other things" if value else "an empty list"
    return "a table" if isinstance(value, dict) else f"a {type(value).__name__}"
