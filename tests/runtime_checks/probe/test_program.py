"""What of the runner can be tested without a process; how programs end is tested with the child that they end in."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tfloss_lint.runtime_checks.probe import program
from tfloss_lint.runtime_checks.probe.program import Rewritten, compile_rewritten


def file(text: str) -> dict[str, object]:
    return {"text": text, "lines": list(range(1, text.count("\n") + 2))}


class TestCompile:
    def test_lines_are_those_of_the_user(self) -> None:
        text = "added = 1\ndef f():\n    more = 2\n    return 1 / 0\n"
        values: dict[str, object] = {}
        exec(compile_rewritten(text, [1, 1, 2, 2, 3], "a.py"), values)
        with pytest.raises(ZeroDivisionError) as caught:
            values["f"]()  # type: ignore[operator]
        last = caught.traceback[-1]
        assert (str(last.path), last.lineno + 1) == ("a.py", 2)

    def test_expressions_over_several_lines(self) -> None:
        text = "x = tap((\n    1 +\n    2))\n"
        code = compile_rewritten(text, [5, 6, 7, 8], "a.py")
        assert {line for *_, line in code.co_lines() if line} <= {5, 6, 7}

    def test_nothing_of_this_file_is_inherited(self) -> None:
        values: dict[str, object] = {}
        exec(compile_rewritten("def f(x: int): ...\n", [1, 2], "a.py"), values)
        assert values["f"].__annotations__ == {"x": int}  # type: ignore[attr-defined]


class TestRewritten:
    @pytest.fixture
    def folder(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
        monkeypatch.syspath_prepend(str(tmp_path))
        monkeypatch.setattr(sys, "meta_path", list(sys.meta_path))
        monkeypatch.setattr(sys, "dont_write_bytecode", False)
        yield tmp_path
        for name in [name for name in sys.modules if name.startswith("rewritten_")]:
            del sys.modules[name]

    def test_modules_packages_and_links(self, folder: Path) -> None:
        (folder / "rewritten_package").mkdir()
        originals = [folder / "rewritten_module.py", folder / "rewritten_package" / "__init__.py"]
        for path in originals:
            path.write_text("x = 'original'\n")
        (folder / "rewritten_link.py").symlink_to(originals[0])
        sys.meta_path.insert(0, Rewritten({str(path.resolve()): file("x = 'new'\n") for path in originals}))
        assert importlib.import_module("rewritten_module").x == "new"
        assert importlib.import_module("rewritten_package").x == "new"
        assert importlib.import_module("rewritten_package").__path__ == [str(folder / "rewritten_package")]
        assert list(folder.rglob("*.pyc")) == []

    def test_others_of_the_same_name_stay(self, folder: Path) -> None:
        (folder / "rewritten_other.py").write_text("x = 'original'\n")
        sys.meta_path.insert(0, Rewritten({"/elsewhere/rewritten_other.py": file("x = 'new'\n")}))
        assert importlib.import_module("rewritten_other").x == "original"

    def test_what_python_has_compiled_before_does_not_count(self, folder: Path) -> None:
        path = folder / "rewritten_cached.py"
        path.write_text("x = 'original'\n")
        importlib.import_module("rewritten_cached")
        assert len(list(folder.rglob("*.pyc"))) == 1
        del sys.modules["rewritten_cached"]
        sys.meta_path.insert(0, Rewritten({str(path.resolve()): file("x = 'new'\n")}))
        assert importlib.import_module("rewritten_cached").x == "new"


class TestStatus:
    @pytest.mark.parametrize(
        ("code", "status"), [(None, 0), (0, 0), (True, 1), (5, 5), (-1, 255), (256, 0), ("words", 1), (1.0, 1)]
    )
    def test_as_the_system_sees_it(self, code: object, status: int, capsys: pytest.CaptureFixture[str]) -> None:
        assert program._status(SystemExit(code)) == status
        printed = "" if code is None or isinstance(code, int) else f"{code}\n"
        assert capsys.readouterr().err == printed
