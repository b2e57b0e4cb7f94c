"""Which files a run looks at."""

# A search handles thousands of paths, as the strings that the system gives.
# ruff: noqa: PTH100, PTH109, PTH110, PTH112, PTH118, PTH120, PTH123

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from tfloss_lint.path_patterns import PathPatterns
from tfloss_lint.source import UnreadableSource

ENDINGS = (".py", ".ipynb")
DEFAULT_EXCLUDES = (
    ".bzr",
    ".direnv",
    ".eggs",
    ".git",
    ".git-rewrite",
    ".hg",
    ".ipynb_checkpoints",
    ".mypy_cache",
    ".nox",
    ".pants.d",
    ".pyenv",
    ".pytest_cache",
    ".pytype",
    ".ruff_cache",
    ".svn",
    ".tox",
    ".venv",
    ".vscode",
    "__pycache__",
    "__pypackages__",
    "_build",
    "buck-out",
    "build",
    "dist",
    "node_modules",
    "venv",
)


class MissingPathError(Exception):
    """A path that was asked for by name does not exist."""


@dataclass(frozen=True)
class Selection:
    """What is left out of a search. A file that is named is looked at all the same, unless ``force_exclude``."""

    excludes: tuple[PathPatterns, ...] = ()
    respect_gitignore: bool = True
    force_exclude: bool = False

    def leaves_out(self, path: str) -> bool:
        """Whether ``force_exclude`` holds for a path that is named."""
        return self.force_exclude and any(
            patterns.cover(path, is_directory=os.path.isdir(path)) for patterns in self.excludes
        )


@dataclass
class Found:
    """The files of a run, by their shown paths, in order; and the folders that could not be searched."""

    files: list[str] = field(default_factory=list)
    unreadable: list[UnreadableSource] = field(default_factory=list)


def discover(paths: Sequence[str], selection: Selection) -> Found:
    """The files below ``paths``, each once. Raises ``MissingPathError``."""
    found = Found()
    seen: set[str] = set()
    for path in paths:
        if not _exists(path):
            raise MissingPathError(path)
        if selection.leaves_out(path):
            continue
        for file in _search(path, selection, found) if os.path.isdir(path) else (path,):
            absolute = os.path.abspath(file)
            if absolute not in seen:
                seen.add(absolute)
                found.files.append(shown(file))
    found.files.sort()
    return found


def shown(path: str) -> str:
    """The path relative to the working directory when it is below that, else as given."""
    here = os.path.join(os.getcwd(), "")
    absolute = os.path.abspath(path)
    return absolute[len(here) :] if absolute.startswith(here) else path


def _exists(path: str) -> bool:
    """Whether there is such an entry, be it a link to nowhere or a file that nobody may read."""
    try:
        os.lstat(path)
    except PermissionError:
        return True
    except (OSError, ValueError):
        return False
    return True


def _search(start: str, selection: Selection, found: Found) -> Iterator[str]:
    """The files below a directory; links to directories are not followed, so no loop can arise."""
    excludes = [
        # A folder that is named is searched even if it is excluded itself; the patterns then count from there.
        patterns.moved_to(start) if patterns.cover(start, is_directory=True) else patterns
        for patterns in selection.excludes
    ]
    inherited = _above(start) if selection.respect_gitignore else ()
    waiting: list[tuple[str, tuple[PathPatterns, ...]]] = [(start, inherited)]
    while waiting:
        directory, ignores = waiting.pop()
        try:
            entries = sorted(os.scandir(directory), key=lambda entry: entry.name)
        except OSError as error:
            reason = "no permission to list it" if isinstance(error, PermissionError) else str(error.strerror).lower()
            message = f"the directory cannot be searched: {reason}"
            found.unreadable.append(UnreadableSource(shown(directory), message))
            continue
        if selection.respect_gitignore and any(entry.name == ".gitignore" for entry in entries):
            ignores = (*ignores, *_ignore_file(directory))
        for entry in entries:
            is_directory = entry.is_dir(follow_symlinks=False)
            if not is_directory and not (entry.name.endswith(ENDINGS) and _is_file(entry)):
                continue
            if any(patterns.cover(entry.path, is_directory=is_directory) for patterns in excludes):
                continue
            if _ignored(entry.path, is_directory, ignores):
                continue
            if is_directory:
                waiting.append((entry.path, ignores))
            else:
                yield entry.path


def _is_file(entry: os.DirEntry[str]) -> bool:
    """Whether the entry is to be read: a file, or a link that ought to lead to one; no pipe and no device."""
    try:
        return entry.is_file() or (entry.is_symlink() and not entry.is_dir() and not os.path.exists(entry.path))
    except OSError:  # A loop of links; reading it tells the user.
        return True


def _ignored(path: str, is_directory: bool, ignores: Sequence[PathPatterns]) -> bool:
    """Git's rule: the innermost ``.gitignore`` that says anything about a path decides."""
    for patterns in reversed(ignores):
        verdict = patterns.verdict(path, is_directory=is_directory)
        if verdict is not None:
            return verdict
    return False


def _above(start: str) -> tuple[PathPatterns, ...]:
    """The ``.gitignore`` files above a directory, outermost first, from the root of its git repository on."""
    upwards = [os.path.abspath(start)]
    while not os.path.lexists(os.path.join(upwards[-1], ".git")):
        parent = os.path.dirname(upwards[-1])
        if parent == upwards[-1]:
            return ()
        upwards.append(parent)
    ignores = _patterns_of(os.path.join(upwards[-1], ".git", "info", "exclude"), upwards[-1])
    for directory in reversed(upwards[1:]):
        ignores += _ignore_file(directory)
    # A folder that is named is searched even if git ignores it.
    return () if _ignored(start, True, ignores) else tuple(ignores)


def _ignore_file(directory: str) -> list[PathPatterns]:
    return _patterns_of(os.path.join(directory, ".gitignore"), directory)


def _patterns_of(file: str, root: str) -> list[PathPatterns]:
    try:
        with open(file, encoding="utf-8", errors="surrogateescape") as stream:
            lines = stream.read().splitlines()
    except OSError:
        return []
    try:
        return [PathPatterns(root, lines)]
    except ValueError:
        # Git passes over what is no pattern.
        return [PathPatterns(root, filter(_is_pattern, lines))]


def _is_pattern(line: str) -> bool:
    try:
        PathPatterns("", (line,))
    except ValueError:
        return False
    return True
