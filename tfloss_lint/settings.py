"""What a run is asked to do, after command line, configuration file and defaults are merged."""

from __future__ import annotations

from dataclasses import dataclass, field

from tfloss_lint.generation import AUTO, Generation


@dataclass(frozen=True)
class Settings:
    """Everything that changes which findings a file yields; nothing about where files are or how output looks."""

    select: tuple[str, ...] = ("TFL",)
    """Code prefixes that are on."""
    ignore: tuple[str, ...] = ()
    """Code prefixes that are off; the longer prefix wins over ``select``, and at equal length ``ignore`` wins."""
    pedantic: bool = False
    """Whether findings of confidence ``possible`` are shown."""
    target_keras: frozenset[Generation] = AUTO
    """The generations that the code is meant for; ``AUTO`` asks each file and the project around it."""
    per_file_ignores: tuple[tuple[str, tuple[str, ...]], ...] = field(default=())
    """Pairs of a path pattern, as in .gitignore, and the code prefixes that are off in the files that match."""
    root: str = ""
    """The folder that the path patterns are relative to; empty means the working directory."""

    def wants(self, code: str) -> bool:
        """Whether findings of this code are on."""
        longest_on = max((len(prefix) for prefix in self.select if code.startswith(prefix)), default=-1)
        longest_off = max((len(prefix) for prefix in self.ignore if code.startswith(prefix)), default=-1)
        return longest_on > longest_off

    def off_in(self, path: str) -> tuple[str, ...]:
        """The code prefixes that ``per_file_ignores`` switches off in this file, whatever ``select`` says."""
        if not self.per_file_ignores:
            return ()
        from tfloss_lint.path_patterns import PathPatterns

        return tuple(
            prefix
            for pattern, prefixes in self.per_file_ignores
            if PathPatterns(self.root, (pattern,)).cover(path)
            for prefix in prefixes
        )
