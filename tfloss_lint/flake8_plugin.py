"""The flake8 plugin: the same findings at the same places, with flake8's own way to select and to hide them.

This module is imported on every run of flake8, so it imports nothing that takes time. Of a file that does not
concern us only its text is searched.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from tfloss_lint.settings import Settings

if TYPE_CHECKING:
    import ast


class Plugin:
    """What flake8 makes for every file that Python can parse."""

    name = "tfloss-lint"
    settings: ClassVar[Settings] = Settings()

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
        pedantic, target = options.tfloss_pedantic, options.tfloss_target_keras
        if not pedantic and target == "auto":
            cls.settings = Settings()
            return
        from tfloss_lint.configuration import target_keras

        try:
            cls.settings = Settings(pedantic=pedantic, target_keras=target_keras(target))
        except ValueError as error:
            from flake8.exceptions import ExecutionError

            raise ExecutionError(f"tfloss-target-keras {error}") from error

    def run(self) -> Iterator[tuple[int, int, str, type]]:
        """Yield line, 0-based column and text of each finding; flake8 hides what its ``# noqa`` covers."""
        from tfloss_lint.lint import lint_source, unreadable
        from tfloss_lint.source import Source, UnreadableSource, normal_line_ends

        text = "".join(self._lines)
        try:
            _check_encoding(self._filename, text)
            source = Source(self._filename, normal_line_ends(text))
            findings = lint_source(source, self.settings, self._tree, suppress=False)
        except UnreadableSource as error:
            findings = [unreadable(error)]
        for finding in findings:
            message = " ".join(f"{finding.code} {finding.message} ({finding.help})".split())
            yield finding.line, finding.column - 1, message, type(self)


def _check_encoding(filename: str, text: str) -> None:
    """Refuse what flake8 only reads because it takes a file that is not UTF-8 for Latin-1; Python would not run it."""
    if text.isascii():
        return
    from tfloss_lint.source import decode, normal_line_ends

    try:
        text.encode("latin-1")
        data = Path(filename).read_bytes()
    except (UnicodeEncodeError, OSError, ValueError):
        return  # Wider letters, or the text came by standard input under a name of its own.
    if normal_line_ends(data.decode("latin-1")) == text:
        decode(filename, data)
