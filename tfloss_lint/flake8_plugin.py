"""The flake8 plugin: the same findings at the same places, with flake8's own way to select and to hide them.

This module is imported on every run of flake8, so it imports nothing that takes time: the linter itself is imported
for the first file that names TensorFlow or Keras.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from tfloss_lint.framework import names_framework

if TYPE_CHECKING:
    import ast

    from tfloss_lint.settings import Settings


class Plugin:
    """What flake8 makes for every file that Python can parse."""

    name = "tfloss-lint"
    pedantic: ClassVar[bool] = False
    target_keras: ClassVar[str] = "auto"

    def __init__(self, tree: ast.Module, filename: str, lines: Sequence[str]) -> None:
        """Flake8 fills the arguments in by their names."""
        self._tree = tree
        self._filename = filename
        self._lines = lines

    @staticmethod
    def add_options(manager: Any) -> None:
        """Declare the options, which work in flake8's configuration files too."""
        manager.add_option(
            "--tfloss-pedantic",
            action="store_true",
            default=False,
            parse_from_config=True,
            help="Also report what depends on facts that the file does not show.",
        )
        manager.add_option(
            "--tfloss-target-keras",
            default="auto",
            metavar="{2,3,both,auto}",
            parse_from_config=True,
            help="The Keras generation of the code. (Default: auto, by its imports and its project's requirements)",
        )

    @classmethod
    def parse_options(cls, options: Any) -> None:
        """Keep what the user set."""
        cls.pedantic, cls.target_keras = options.tfloss_pedantic, options.tfloss_target_keras
        if cls.target_keras != "auto":
            try:
                cls.settings()
            except ValueError as error:
                from flake8.exceptions import ExecutionError

                raise ExecutionError(f"tfloss-target-keras {error}") from error

    @classmethod
    def settings(cls) -> Settings:
        """What the options stand for. Raises ``ValueError`` for a generation that is none."""
        return _settings(cls.pedantic, cls.target_keras)

    def run(self) -> Iterator[tuple[int, int, str, type]]:
        """Yield line, 0-based column and text of each finding; flake8 hides what its ``# noqa`` covers."""
        text = "".join(self._lines)
        is_latin1 = not text.isascii() and _is_read_as_latin1(self._filename, text)
        if not is_latin1 and not names_framework(text):
            return
        from tfloss_lint.lint import lint_source, unreadable
        from tfloss_lint.source import Source, UnreadableSource, decode, normal_line_ends

        try:
            if is_latin1:
                # Python refuses the file, or it has a coding cookie that says so.
                decode(self._filename, Path(self._filename).read_bytes())
            source = Source(self._filename, normal_line_ends(text))
            findings = lint_source(source, self.settings(), self._tree, suppress=False)
        except UnreadableSource as error:
            findings = [unreadable(error)]
        for finding in findings:
            message = " ".join(f"{finding.code} {finding.message} ({finding.help})".split())
            yield finding.line, finding.column - 1, message, type(self)


@functools.cache
def _settings(pedantic: bool, target: str) -> Settings:
    from tfloss_lint.settings import Settings

    if target == "auto":
        return Settings(pedantic=pedantic)
    from tfloss_lint.configuration import target_keras

    return Settings(pedantic=pedantic, target_keras=target_keras(target))


def _is_read_as_latin1(filename: str, text: str) -> bool:
    """Whether flake8 took the file for Latin-1, as it does with all that is not UTF-8."""
    try:
        text.encode("latin-1")
        data = Path(filename).read_bytes()
    except (UnicodeEncodeError, OSError, ValueError):
        return False  # Wider letters, or the text came by standard input under a name of its own.
    return data.decode("latin-1").replace("\r", "") == text.replace("\r", "")
