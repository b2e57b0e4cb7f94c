"""What the tests of the front ends share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import toy_rules

from tfloss_lint import cli
from tfloss_lint.registry import all_rules


@pytest.fixture(scope="session")
def toy_pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the toy rule pack, for ``PYTHONPATH``."""
    return toy_rules.install(tmp_path_factory.mktemp("toy-pack"))


@pytest.fixture
def with_toy_rules(toy_pack: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """This process knows the toy rules."""
    monkeypatch.syspath_prepend(str(toy_pack))
    all_rules.cache_clear()
    yield
    all_rules.cache_clear()


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working directory without colours, configuration or a git repository above it."""
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    for name in ("NO_COLOR", "FORCE_COLOR", "TFLOSS_LINT_DEBUG"):
        monkeypatch.delenv(name, raising=False)
    return folder


@pytest.fixture
def run_cli(here: Path, with_toy_rules: None, capfd: pytest.CaptureFixture[str]) -> Callable[..., cli_outcome]:
    """Call the command in this process: exit status, standard output, standard error."""

    def run(*arguments: str) -> cli_outcome:
        status = cli.main(arguments)
        out, err = capfd.readouterr()
        return status, out, err

    return run


cli_outcome = tuple[int, str, str]
