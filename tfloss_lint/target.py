"""Which Keras generation a file is written for, when nobody says so.

What the file imports decides; else what the project depends on, by the dependency file nearest to it; else both
generations stay possible.
"""

from __future__ import annotations

import functools
import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from tfloss_lint.generation import BOTH, Generation
from tfloss_lint.sign import Sign

if TYPE_CHECKING:
    from packaging.requirements import Requirement

KERAS2_SIGN = Sign(
    ("tf_keras", "TF_USE_LEGACY_KERAS"),
    re.compile(r"^\s*(?:import|from)\s+tf_keras\b|TF_USE_LEGACY_KERAS\W{1,6}(?:1|[Tt]rue)\b", re.MULTILINE),
)
"""The package of Keras 2 itself, and the switch that makes it ``tf.keras``."""
KERAS3_SIGN = Sign(
    ("keras.ops", "keras.random", "keras.tree", "keras.distribution", " ops", "KERAS_BACKEND", "keras_core"),
    re.compile(
        r"\bkeras\.(?:ops|random|tree|distribution)\b|^\s*from\s+keras\s+import\b[^\n]*\bops\b|KERAS_BACKEND\b|keras_core\b",
        re.MULTILINE,
    ),
)
"""What only Keras 3 has: its own operations, and a choice of backend."""

FIRST_OF_KERAS3 = {"tensorflow": "2.16", "keras": "3"}
RELEASES = {
    "tensorflow": tuple(f"2.{minor}.0" for minor in range(40)),
    "keras": tuple(f"{major}.{minor}.0" for major in (2, 3) for minor in range(40)),
}
"""Versions that a requirement is held against, besides those that it names itself."""
ALIASES = {
    "tensorflow-cpu": "tensorflow",
    "tensorflow-gpu": "tensorflow",
    "tensorflow-macos": "tensorflow",
    "tensorflow-intel": "tensorflow",
}


def detect(text: str, path: str) -> frozenset[Generation]:
    """The generations that a file may be meant for. Reads dependency files above ``path``, each once."""
    return _from_text(text) or from_project(path) or BOTH


def _from_text(text: str) -> frozenset[Generation] | None:
    signs = ((Generation.KERAS2, KERAS2_SIGN), (Generation.KERAS3, KERAS3_SIGN))
    return frozenset(generation for generation, sign in signs if sign.is_in(text)) or None


def from_project(path: str) -> frozenset[Generation] | None:
    """What the nearest dependency file above the file that mentions TensorFlow or Keras asks for."""
    return _above(os.path.dirname(os.path.abspath(path)))  # noqa: PTH100, PTH120 (asked for every file)


@functools.lru_cache(maxsize=4096)
def _above(folder: str) -> frozenset[Generation] | None:
    start = Path(folder)
    for folder_above in (start, *start.parents):
        found = _from_folder(folder_above)
        if found is not None:
            return found
        if (folder_above / ".git").exists():
            return None
    return None


@functools.lru_cache(maxsize=4096)
def _from_folder(folder: Path) -> frozenset[Generation] | None:
    """The first of a folder's dependency files with an opinion decides: exact versions before ranges."""
    for read in (_locked, _pyproject, _requirements, _setup_cfg, _environment):
        try:
            found = generations(read(folder))
        except (OSError, ValueError):
            # An unreadable dependency file says nothing; its own tools complain about it.
            continue
        if found is not None:
            return found
    return None


def generations(requirements: Iterable[str]) -> frozenset[Generation] | None:
    """The generations that requirements such as ``tensorflow>=2.16`` leave possible; ``None`` when they leave all."""
    from packaging.requirements import InvalidRequirement, Requirement
    from packaging.utils import canonicalize_name

    wanted: dict[str, Requirement] = {}
    for line in requirements:
        try:
            requirement = Requirement(line)
        except InvalidRequirement:
            continue
        name = str(canonicalize_name(requirement.name))
        wanted.setdefault(ALIASES.get(name, name), requirement)
    if "tf-keras" in wanted and "keras" not in wanted:
        # It stands beside a TensorFlow whose own Keras is Keras 3: which of them is used, the files say.
        found = _only(wanted.get("tensorflow"), "tensorflow")
        return found if found == frozenset({Generation.KERAS2}) else None
    for name in ("keras", "tensorflow"):
        found = _only(wanted.get(name), name)
        if found is not None:
            return found
    return None


def _only(requirement: Requirement | None, name: str) -> frozenset[Generation] | None:
    """The one generation that a requirement on TensorFlow or Keras allows."""
    if requirement is None or not requirement.specifier:
        return None
    from packaging.version import InvalidVersion, Version

    first = Version(FIRST_OF_KERAS3[name])
    named = [specifier.version.removesuffix(".*") for specifier in requirement.specifier]
    try:
        allowed = [Version(v) for v in (*RELEASES[name], *named) if requirement.specifier.contains(v, prereleases=True)]
    except InvalidVersion:
        # An address or a name for a version is compared as text: it says nothing of the generation.
        return None
    possible = {Generation.KERAS3 if version >= first else Generation.KERAS2 for version in allowed}
    return frozenset(possible) if len(possible) == 1 else None


def _toml(path: Path) -> dict[str, object]:
    import sys

    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    return tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def _locked(folder: Path) -> Iterator[str]:
    """``uv.lock``, ``poetry.lock`` and ``pdm.lock``: tables of packages with exact versions."""
    for name in ("uv.lock", "poetry.lock", "pdm.lock"):
        packages = _toml(folder / name).get("package", [])
        for package in packages if isinstance(packages, list) else []:
            if isinstance(package, dict) and "name" in package and "version" in package:
                yield f"{package['name']}=={package['version']}"


def _pyproject(folder: Path) -> Iterator[str]:
    """The ``[project]`` table's dependencies with all extras, and Poetry's."""
    data = _toml(folder / "pyproject.toml")
    project = data.get("project")
    if isinstance(project, dict):
        yield from project.get("dependencies", [])
        for extra in project.get("optional-dependencies", {}).values():
            yield from extra
    tool = data.get("tool")
    poetry = tool.get("poetry") if isinstance(tool, dict) else None
    if isinstance(poetry, dict):
        for name, wanted in poetry.get("dependencies", {}).items():
            version = wanted.get("version", "*") if isinstance(wanted, dict) else wanted
            yield f"{name}{_poetry_range(str(version))}"


def _poetry_range(version: str) -> str:
    """Poetry's ``^2.10`` and ``~2.10`` in the standard's words."""
    if version[:1] in "^~" and version[1:2].isdigit():
        base = version[1:].split(".")
        upper = str(int(base[0]) + 1) if version[0] == "^" or len(base) == 1 else f"{base[0]}.{int(base[1]) + 1}"
        return f">={version[1:]},<{upper}"
    return f"=={version}" if version[:1].isdigit() else "" if version == "*" else version


def _requirements(folder: Path) -> Iterator[str]:
    for path in sorted(folder.glob("*requirements*.txt")):
        for line in path.read_text(encoding="utf-8").splitlines():
            yield line.split("#", 1)[0].split(" --", 1)[0].strip()


def _setup_cfg(folder: Path) -> Iterator[str]:
    import configparser

    path = folder / "setup.cfg"
    if not path.is_file():
        return
    parser = configparser.ConfigParser(interpolation=None)
    try:
        parser.read_string(path.read_text(encoding="utf-8"))
    except configparser.Error as error:
        raise ValueError(str(error)) from error
    yield from parser.get("options", "install_requires", fallback="").splitlines()
    if parser.has_section("options.extras_require"):
        for _, lines in parser.items("options.extras_require"):
            yield from lines.splitlines()


CONDA_LINE = re.compile(r"^\s*-\s*(?:[\w-]+::)?([A-Za-z][\w.-]*)\s*([=<>!~][^\s#]*)?")


def _environment(folder: Path) -> Iterator[str]:
    """``environment.yml`` of conda: ``- tensorflow=2.10``, and pip's lines below it."""
    for name in ("environment.yml", "environment.yaml"):
        path = folder / name
        if not path.is_file():
            continue
        for line in path.read_text(encoding="utf-8").splitlines():
            match = CONDA_LINE.match(line)
            if match is not None:
                version = match[2] or ""
                if re.match(r"=[^=]", version):
                    # conda's single "=" is a prefix, and a second one begins the build.
                    version = "==" + version[1:].split("=", 1)[0].rstrip(".*") + ".*"
                yield f"{match[1]}{version}"
