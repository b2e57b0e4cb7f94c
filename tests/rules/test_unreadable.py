"""TFL900: its page, and the files that it stands for. The engine reports them itself."""

from __future__ import annotations

import pytest
from rule_programs import rule_of

from tfloss_lint.finding import Confidence
from tfloss_lint.lint import lint_source
from tfloss_lint.rule_pages import EXAMPLE, page_of
from tfloss_lint.settings import Settings
from tfloss_lint.source import Source

PAGE = page_of(rule_of("unreadable"))
ON_THE_PAGE = PAGE.sections[EXAMPLE].partition("```text\n")[2].partition("```")[0]
TRAINING = "import tensorflow as tf\n\ntape = tf.GradientTape()\n"
BROKEN = {
    "the page's example": (ON_THE_PAGE, 3),
    "an open bracket": (TRAINING + "loss = tf.reduce_mean(\n", 4),
    "indentation": (TRAINING + "  model = tf.keras.Sequential()\n", 4),
    "Python 2": (TRAINING + "print tf.__version__\n", 4),
    "a NUL byte": (TRAINING + "loss = '\0'\n", None),
}


def test_page() -> None:
    assert (PAGE.code, PAGE.name) == ("TFL900", "unreadable")
    assert ON_THE_PAGE
    assert not PAGE.wrong


@pytest.mark.parametrize(("text", "line"), BROKEN.values(), ids=BROKEN)
def test_what_cannot_be_parsed_is_one_finding(text: str, line: int | None) -> None:
    (finding,) = lint_source(Source("broken.py", text), Settings())
    assert (finding.code, finding.name, finding.confidence) == ("TFL900", "unreadable", Confidence.CERTAIN)
    assert finding.message
    if line is not None:
        assert finding.line == line


def test_a_file_without_training_code_is_not_parsed() -> None:
    assert lint_source(Source("broken.py", "import tensorflow as tf\nprint tf.__version__\n"), Settings()) == []


def test_it_can_be_ignored() -> None:
    assert lint_source(Source("broken.py", ON_THE_PAGE), Settings(ignore=("TFL9",))) == []
