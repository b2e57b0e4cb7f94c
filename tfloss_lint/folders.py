"""Where the modules of a project stand: looked up on disk as Python would, without importing anything.

Files may come and go while a program runs that lints; which folders make up a project is found out once.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Iterable, Iterator, Sequence

MOST_SIBLINGS = 200
"""A folder with more files than that is not searched for users."""
MOST_SEARCHED = 400
"""Files searched for users in all folders together."""
MOST_FOLDERS = 6
"""Folders from the file's own upwards that imports are looked up in."""
PROJECT_FILES = frozenset({".git", "pyproject.toml", "setup.py", "setup.cfg"})
INSTALLED = frozenset({"site-packages", "dist-packages"})
"""Folders whose packages are each a project of its own."""
TEST_FOLDERS = frozenset({"test", "tests"})


def is_package(path: str) -> bool:
    """Whether the file is that of a package."""
    return os.path.basename(path) == "__init__.py"


def package(folder: str) -> str | None:
    """The file of a package, or its folder where it has none."""
    initializer = os.path.join(folder, "__init__.py")
    if os.path.isfile(initializer):
        return initializer
    return folder if os.path.isdir(folder) else None


def below(folder: str, parts: Sequence[str]) -> str | None:
    """The file or folder of the module ``parts`` below a folder. A package wins over a module, as in Python."""
    base = os.path.join(folder, *parts)
    initializer = os.path.join(base, "__init__.py")
    if os.path.isfile(initializer):
        return initializer
    if os.path.isfile(base + ".py"):
        return base + ".py"
    return base if os.path.isdir(base) else None


def _is_of_project(folder: str) -> bool:
    return not PROJECT_FILES.isdisjoint(_names_in(folder))


def is_test(path: str, top: str) -> bool:
    """Whether the file is a test, by its place below ``top``: what it does with a model says nothing of training."""
    *folders, name = path[len(top) :].replace("\\", "/").split("/")
    is_named_so = name.startswith("test_") or name == "conftest.py" or name.endswith("_test.py")
    return is_named_so or not TEST_FOLDERS.isdisjoint(folders)


def folders_of(path: str) -> Sequence[str]:
    """The folders from the file's own up to that of its project; of loose files just their own and its packages'."""
    return _folders_from(os.path.dirname(path))


@functools.lru_cache(maxsize=1024)
def _folders_from(folder: str) -> Sequence[str]:
    folders: list[str] = []
    for _ in range(MOST_FOLDERS):
        folders.append(folder)
        if _is_of_project(folder):
            return tuple(folders)
        above = os.path.dirname(folder)
        if above == folder:
            break
        folder = above
    count = 1
    while count < len(folders) and os.path.isfile(os.path.join(folders[count - 1], "__init__.py")):
        count += 1
    return tuple(folders[:count])


@functools.lru_cache(maxsize=1024)
def roots_of(folders: Sequence[str]) -> Sequence[str]:
    """Where absolute imports are looked up: above the file's packages, beside it, then further up."""
    top = 0
    while top + 1 < len(folders) and os.path.isfile(os.path.join(folders[top], "__init__.py")):
        top += 1
    roots = [folders[top], *folders[:top], *folders[top + 1 :]]
    return (*roots, os.path.join(folders[-1], "src"))


def module_in(roots: Iterable[str], parts: Sequence[str], importer: str) -> str | None:
    """The file or folder of the module ``parts``, as the file ``importer`` imports it absolutely."""
    for root in roots:
        is_elsewhere = os.path.basename(root) in INSTALLED and not importer.startswith(os.path.join(root, parts[0], ""))
        found = None if is_elsewhere else below(root, parts)
        if found is not None:
            return found
    return None


def around(folders: Sequence[str]) -> Sequence[str]:
    """The modules in a file's folders, from its own upwards, and in those of the project's folder, without tests."""
    top = folders[-1]
    found: list[str] = []
    for folder in dict.fromkeys([*folders, *_subfolders(top)]):
        modules = _modules_among(folder, _names_in(folder), top)
        if len(modules) <= MOST_SIBLINGS:
            found += modules
    return tuple(found[:MOST_SEARCHED])


@functools.lru_cache(maxsize=1024)
def _modules_among(folder: str, names: Sequence[str], top: str) -> Sequence[str]:
    """The modules of a folder that are no tests."""
    paths = (os.path.join(folder, name) for name in names if name.endswith(".py"))
    return tuple(path for path in paths if not is_test(path, top))


def _subfolders(folder: str) -> Iterator[str]:
    """Where scripts often are: ``scripts/train.py`` beside ``pkg/model.py``."""
    if _is_of_project(folder):
        paths = (os.path.join(folder, name) for name in _names_in(folder) if not name.startswith("."))
        yield from (path for path in paths if os.path.isdir(path))


def _names_in(folder: str) -> Sequence[str]:
    """The names in a folder, sorted; none where it cannot be read."""
    try:
        return _listed(folder, os.stat(folder).st_mtime_ns)
    except OSError:
        return ()


@functools.lru_cache(maxsize=1024)
def _listed(folder: str, _changed: int) -> Sequence[str]:
    """The names in a folder as it was when it was last changed: all of its files ask for them."""
    return tuple(sorted(os.listdir(folder)))
