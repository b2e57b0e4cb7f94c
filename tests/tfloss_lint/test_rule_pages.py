"""Docstrings are read as pages, a docstring that is no page is an error, and rules/README.md is up to date."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tfloss_lint.generation import BOTH, Generation
from tfloss_lint.registry import all_rules
from tfloss_lint.rule import Rule
from tfloss_lint.rule_pages import HEADINGS, PageError, built_in_rules, main, page_of, programs, readme

README = Path(__file__).resolve().parents[2] / "rules" / "README.md"


class Sample(Rule):
    """Something is wrong.

    ## What it does

    It finds `a` and
    `b`.

    ## Why it is wrong

    Because.

    ## Example

    ```python
    ## Not a heading
    a = 1  # TFL000: 1
    ```

    Or:

    ```text
    no program
    ```

    ```python
    def b():
        return 2
    ```

    ## Use instead

    ```python
    a = 2
    ```

    ## Confidence

    *certain*: always.

    ## What it deliberately does not see

    - Nothing.

    ## References

    - None.
    """

    code = "TFL000"
    name = "sample"
    since = "9.9"
    generations = frozenset({Generation.KERAS3})


def with_docstring(docstring: str | None) -> type[Rule]:
    return type("Other", (Sample,), {"__doc__": docstring})


def test_a_page_is_read_into_its_parts() -> None:
    page = page_of(Sample)
    assert (page.code, page.name, page.since, page.generations) == ("TFL000", "sample", "9.9", Sample.generations)
    assert page.summary == "Something is wrong."
    assert tuple(page.sections) == HEADINGS
    assert page.sections["What it does"] == "It finds `a` and\n`b`."
    assert page.wrong == ("## Not a heading\na = 1  # TFL000: 1\n", "def b():\n    return 2\n")
    assert page.right == ("a = 2\n",)


def test_programs_are_the_fences_with_python() -> None:
    assert programs("text\n```\nshell\n```\n```python\nx = 1\n\ny = 2\n```\nmore") == ("x = 1\n\ny = 2\n",)
    assert programs("no fence") == ()


@pytest.mark.parametrize("docstring", [None, ""])
def test_no_docstring_is_an_error(docstring: str | None) -> None:
    with pytest.raises(PageError, match="TFL000 sample: there is no docstring"):
        page_of(with_docstring(docstring))


@pytest.mark.parametrize("heading", HEADINGS)
def test_a_missing_section_is_an_error(heading: str) -> None:
    text = (Sample.__doc__ or "").replace(f"## {heading}\n", "")
    with pytest.raises(PageError, match="TFL000 sample: the sections are"):
        page_of(with_docstring(text))


def test_sections_in_another_order_are_an_error() -> None:
    text = (Sample.__doc__ or "").replace("## Confidence", "## X").replace("## References", "## Confidence")
    with pytest.raises(PageError, match="the sections are"):
        page_of(with_docstring(text.replace("## X", "## References")))


def test_an_empty_section_is_an_error() -> None:
    text = (Sample.__doc__ or "").replace("*certain*: always.", "")
    with pytest.raises(PageError, match="nothing stands under Confidence"):
        page_of(with_docstring(text))


def test_the_readme_has_a_table_and_every_page() -> None:
    text = readme([Sample])
    assert "| [TFL000](#tfl000-sample) | sample | 3 | Something is wrong. |" in text
    assert "\n## TFL000 sample\n\nSomething is wrong. (Since 9.9.)\n\n### What it does\n\nIt finds `a`" in text
    assert text.count("\n### ") == len(HEADINGS)
    assert text.endswith("- None.\n")


def test_built_in_rules_leave_rule_packs_out(monkeypatch: pytest.MonkeyPatch) -> None:
    own = all_rules()
    monkeypatch.setattr("tfloss_lint.rule_pages.all_rules", lambda: (*own, Sample))
    assert built_in_rules() == tuple(rule for rule in own if rule.__module__.startswith("tfloss_lint.rules."))
    assert Sample not in built_in_rules()


@pytest.mark.parametrize("rule", built_in_rules(), ids=lambda rule: rule.code)
def test_every_rule_has_a_page(rule: type[Rule]) -> None:
    page = page_of(rule)
    assert page.summary.endswith(".")
    assert len(page.summary) <= 120
    assert page.generations <= BOTH
    assert page.generations


def test_the_readme_of_the_rules_is_up_to_date() -> None:
    assert README.read_text(encoding="utf-8") == readme(built_in_rules()), "run `make docs`"


def test_main_prints_the_readme(capsys: pytest.CaptureFixture[str]) -> None:
    assert main() == 0
    assert capsys.readouterr().out == readme(built_in_rules())


def test_the_module_prints_utf_8_wherever_it_goes() -> None:
    result = subprocess.run(
        [sys.executable, "-m", "tfloss_lint.rule_pages"],
        capture_output=True,
        check=True,
        env={"PYTHONIOENCODING": "ascii"},
    )
    assert result.stdout.decode("utf-8") == readme(built_in_rules())
