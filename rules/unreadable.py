"""TFL900 unreadable."""

from __future__ import annotations

from collections.abc import Iterator

from tfloss_lint.program import Program
from tfloss_lint.rule import Problem, Rule


class Unreadable(Rule):
    """The file, or a cell of a notebook, cannot be read or parsed, so nothing in it was checked.

    ## What it does

    It reports a file that is not text in the encoding that it declares, has a NUL byte, a syntax error or a nesting
    too deep for the parser, is a broken notebook, or cannot be opened. The finding stands where the parser gave up.

    ## Why it is wrong

    A linter that skips such a file says "no findings" about code that it never saw. The finding makes the run fail
    instead of passing in silence. A file without any training code in it is not parsed and so not reported.

    ## Example

    ```text
    import tensorflow as tf

    def train_step(x, y:
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(y - model(x)))
    ```

    ## Use instead

    Mend the file, or leave it out: `exclude` and `per-file-ignores` in `[tool.tfloss-lint]`, or `--exclude` on the
    command line.

    ## Confidence

    *certain*: no parser of Python 3.10 to 3.13 takes the file.

    ## What it deliberately does not see

    - IPython magics and shell lines in notebooks: they are read as what they are.
    - Python 2: its files are unreadable, in this sense too.

    ## References

    - PEP 263 on declared encodings; UTF-8 is the default.
    """

    code = "TFL900"
    name = "unreadable"
    since = "0.1"

    def check(self, program: Program) -> Iterator[Problem]:
        # The engine reports it, since there is no program to check.
        del program
        return iter(())
