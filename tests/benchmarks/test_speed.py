"""What linting costs, as ratios within one run: against ``ast.parse``, LibCST's parser, flake8 alone and TorchFix.

Run it with ``make bench``. Seconds are CPU seconds of this machine at this moment; only their ratios mean something.
"""

from __future__ import annotations

import ast
import gc
import resource
import shutil
import statistics
import subprocess
import sys
import sysconfig
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from operator import truediv
from pathlib import Path

import libcst
import pytest

from tfloss_lint.lint import lint_source
from tfloss_lint.settings import Settings
from tfloss_lint.source import Source, UnreadableSource, read_source
from tfloss_lint.triage import concerns

pytestmark = pytest.mark.bench

ROOT = Path(__file__).parent.parent.parent
SITE_PACKAGES = Path(sysconfig.get_path("purelib"))
ROUNDS = 3
SETTINGS = Settings()

WITHOUT_PLUGIN = """
import sys
from flake8.plugins import finder
every = finder.find_plugins
def find(*arguments, **options):
    return [plugin for plugin in every(*arguments, **options) if plugin.package != "tfloss-lint"]
finder.find_plugins = find
from flake8.main.cli import main
sys.exit(main(sys.argv[1:]))
"""


@contextmanager
def frozen_memory() -> Iterator[None]:
    """What the garbage collector does with the objects of other tests is no cost of what is measured now."""
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def seconds(work: Callable[[], object]) -> float:
    """The CPU seconds that something takes once."""
    start = time.process_time()
    work()
    return time.process_time() - start


def cpu(work: Callable[[], object]) -> float:
    """The least CPU seconds of a few rounds: what else the machine does only adds."""
    with frozen_memory():
        return min(seconds(work) for _ in range(ROUNDS))


def process_cpu(command: Sequence[str]) -> float:
    """CPU seconds of a whole process with its children."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False, cwd=ROOT)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def sources(folder: Path) -> list[Source]:
    found = []
    for path in sorted(folder.rglob("*.py")):
        try:
            source = read_source(str(path))
            ast.parse(source.text)
        except (UnreadableSource, SyntaxError):
            continue
        found.append(source)
    return found


@pytest.fixture(scope="module")
def keras_tree() -> list[Source]:
    folder = SITE_PACKAGES / "keras"
    if not folder.is_dir():
        pytest.skip("no Keras beside this Python")
    return sources(folder)


def lint(source: Source) -> object:
    return lint_source(source, SETTINGS)


def test_the_whole_of_keras(keras_tree: list[Source]) -> None:
    """The worst tree there is, all losses and metrics: at most 2.5 times the parsing of all its files."""
    lines = sum(source.text.count("\n") for source in keras_tree)
    parsing = cpu(lambda: [ast.parse(source.text) for source in keras_tree])
    linting = cpu(lambda: [lint(source) for source in keras_tree])
    read = sum(concerns(source.text) for source in keras_tree)
    print(
        f"\nKeras's tree, {len(keras_tree)} files, {lines} lines, {read} of them read: "
        f"ast.parse {parsing:.2f} s, tfloss-lint {linting:.2f} s, ratio {linting / parsing:.2f} (at most 2.5)"
    )
    assert linting <= 2.5 * parsing


def test_files_that_do_not_concern_us(keras_tree: list[Source]) -> None:
    """A substring test: less than a tenth of ``ast.parse`` of the file."""
    inert = [source for source in keras_tree if not concerns(source.text) and len(source.text) > 2000]
    parsing = cpu(lambda: [ast.parse(source.text) for source in inert])
    linting = cpu(lambda: [lint(source) for source in inert])
    print(f"\n{len(inert)} files that do not concern us: ratio to ast.parse {linting / parsing:.4f} (below 0.1)")
    assert linting < 0.1 * parsing


def ratios_to_parsing(files: Sequence[Source], rounds: int = 5) -> tuple[float, list[float]]:
    """Linting against LibCST's parsing of the whole file: of all files together, and of each, sorted.

    File by file and in turns, so that a slow moment of the machine meets both; and no tree outlives its file, as the
    parser would pay for the memory that a thousand of them take.
    """
    parsing, linting = [float("inf")] * len(files), [float("inf")] * len(files)
    with frozen_memory():
        for _ in range(rounds):
            for at, source in enumerate(files):
                parsing[at] = min(parsing[at], seconds(lambda source=source: libcst.parse_module(source.text)))  # type: ignore[misc]
                linting[at] = min(linting[at], seconds(lambda source=source: lint(source)))  # type: ignore[misc]
    return sum(linting) / sum(parsing), sorted(map(truediv, linting, parsing))


def test_files_that_do(keras_tree: list[Source]) -> None:
    """Files as people write them cost at most 1.3 times LibCST's parsing of the whole file."""
    total, each = ratios_to_parsing([source for source in keras_tree if concerns(source.text)], 3)
    print(
        f"\n{len(each)} files of Keras that are read: ratio to libcst.parse_module of them {total:.2f} (at most 1.3), "
        f"median {statistics.median(each):.2f}, worst {each[-1]:.2f}"
    )
    assert total <= 1.3
    assert statistics.median(each) <= 1.3


def test_files_that_are_nothing_but_training() -> None:
    """Forty dense lines, of which each is read, most with a finding: the same bound; 0.7 are the parser's own."""
    total, each = ratios_to_parsing([*sources(ROOT / "tests" / "rules" / "programs"), *sources(ROOT / "examples")])
    print(
        f"\n{len(each)} training programs: ratio to libcst.parse_module of them {total:.2f} (at most 1.3), "
        f"median {statistics.median(each):.2f}, worst {each[-1]:.2f}"
    )
    assert total <= 1.3


@pytest.mark.parametrize(("package", "most"), [("keras", 1.10), ("flake8", 1.01)])
def test_flake8_with_the_plugin(package: str, most: float) -> None:
    """At most 10 % more on Keras's tree, and 1 % on one without training code."""
    folder = SITE_PACKAGES / package
    if not folder.is_dir():
        pytest.skip(f"no {package} beside this Python")
    arguments = ["--isolated", "--jobs=1", "--extend-ignore=E,W,F,C", str(folder)]
    commands = [sys.executable, "-c", WITHOUT_PLUGIN, *arguments], [sys.executable, "-m", "flake8", *arguments]
    # A small tree is over in a second, in which the start of Python weighs more than the plugin: more rounds. And in
    # turns, so that a slow moment of the machine meets both.
    rounds = 2 if package == "keras" else 7
    times = [[process_cpu(command) for command in commands] for _ in range(rounds)]
    without, with_it = map(min, zip(*times))
    print(f"\nflake8 on {package}: {without:.2f} s alone, {with_it:.2f} s with the plugin, {with_it / without:.3f}")
    assert with_it <= most * without + 0.05


def test_torchfix(keras_tree: list[Source]) -> None:
    """The nearest peer, for scale: it is no bound."""
    torchfix = shutil.which("torchfix")
    if torchfix is None:
        pytest.skip("no torchfix on PATH")
    theirs = process_cpu([torchfix, "--select", "ALL", str(SITE_PACKAGES / "keras")])
    ours = cpu(lambda: [lint(source) for source in keras_tree])
    print(f"\ntorchfix on Keras's tree {theirs:.1f} s, tfloss-lint {ours:.2f} s: {theirs / ours:.0f} times")
