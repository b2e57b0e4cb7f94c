"""Path patterns with the meaning they have in ``.gitignore``: for excludes and per-file ignores too."""

from __future__ import annotations

import os
from collections.abc import Iterable

from pathspec import GitIgnoreSpec


class PathPatterns:
    """Patterns that are relative to one folder."""

    def __init__(self, root: str, patterns: Iterable[str]) -> None:
        """Raises ``ValueError`` for what is no pattern."""
        self.root = os.path.abspath(root)  # noqa: PTH100
        self.patterns = tuple(patterns)
        self._spec = GitIgnoreSpec.from_lines(self.patterns)

    def verdict(self, path: str, *, is_directory: bool = False) -> bool | None:
        """Whether the last pattern that matches the path, or a folder above it, takes it in; ``None`` without one."""
        relative = os.path.relpath(path, self.root).replace(os.sep, "/")
        return self._spec.check_file(relative + "/" if is_directory else relative).include

    def cover(self, path: str, *, is_directory: bool = False) -> bool:
        """Whether the patterns take the path in."""
        return self.verdict(path, is_directory=is_directory) is True

    def moved_to(self, root: str) -> PathPatterns:
        """The same patterns, relative to another folder."""
        return PathPatterns(root, self.patterns)
