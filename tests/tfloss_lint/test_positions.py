"""Every expression's place, against LibCST's own provider, which writes out the whole module to find it."""

from __future__ import annotations

import ast
from pathlib import Path

import libcst as cst
import pytest
from libcst.metadata import CodeRange, MetadataWrapper, PositionProvider

from tfloss_lint.positions import Positions, Span
from tfloss_lint.source import split_lines

ROOT = Path(__file__).parent.parent.parent
PROGRAMS = (*sorted((ROOT / "tests" / "rules" / "programs").glob("*/bad_*.py")), *sorted((ROOT / "tfloss_lint").glob("*.py")))  # fmt: skip

STRANGE = '''\
if größe := "é" * 3: pass; b = f(größe, 学習率)
elif (größe
      == 2): c = [
  1, größe]
else:
\tx = 1; y = f("""
  日本""", größe) + \\
\t\tgröße
\tfor i, (j, k) in g(größe)[1:, ...]:
\t\twith open(größe) as d, e(größe): return_ = lambda a=größe, *b: a if b else größe
\twhile h(größe): continue

class C(B(größe), metaclass=größe):
    @decorate(größe)
    # a comment

    async def f(self, a: int = größe, /, *, b: str = "é") -> größe:
        try: await größe(a)
        except (A, größe) as error: raise größe from error
        else:
            assert größe, b
        finally: del größe[a]
        match größe:
            case {"é": [größe.b, *_]} if größe(a): yield größe
            case _:
                async with größe(b) as a: pass
\x0c
print(größe); assert größe , größe
'''


class Collector(cst.CSTVisitor):
    """Every expression with the innermost statement around it."""

    def __init__(self) -> None:
        self.found: list[tuple[cst.CSTNode, cst.CSTNode]] = []
        self.statements: list[cst.CSTNode] = []
        self.decorators = 0

    def on_visit(self, node: cst.CSTNode) -> bool:
        if isinstance(node, (cst.BaseSmallStatement, cst.BaseCompoundStatement)):
            self.statements.append(node)
        self.decorators += isinstance(node, cst.Decorator)
        # Patterns, decorators and the pieces of handlers are nothing that a rule points at.
        if isinstance(node, cst.BaseExpression) and not self.decorators:
            self.found.append((node, self.statements[-1]))
        return not isinstance(node, (cst.MatchPattern, cst.FormattedString))

    def on_leave(self, original_node: cst.CSTNode) -> None:
        if isinstance(original_node, (cst.BaseSmallStatement, cst.BaseCompoundStatement)):
            self.statements.pop()
        self.decorators -= isinstance(original_node, cst.Decorator)


def compare(text: str) -> int:
    wrapper = MetadataWrapper(cst.parse_module(text), unsafe_skip_copy=True)
    places = wrapper.resolve(PositionProvider)
    collector = Collector()
    wrapper.module.visit(collector)
    positions = Positions([(wrapper.module, ast.parse(text).body)], split_lines(text))
    handlers = (cst.Try, cst.TryStar, cst.Match)
    wanted = [(node, statement) for node, statement in collector.found if not isinstance(statement, handlers)]
    for node, statement in wanted:
        place = places[node]
        assert isinstance(place, CodeRange)
        expected = Span(place.start.line, place.start.column + 1, place.end.line, place.end.column + 1)
        assert positions.span(node, statement) == expected, cst.Module([]).code_for_node(node)
    return len(wanted)


def test_strange_layout() -> None:
    assert compare(STRANGE) > 60


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_programs(path: Path) -> None:
    assert compare(path.read_text(encoding="utf-8")) > 10


def test_a_node_of_another_statement_is_refused() -> None:
    module = cst.parse_module("a = b\nc = d\n")
    positions = Positions([(module, ast.parse("a = b\nc = d\n").body)], ["a = b\n", "c = d\n"])
    first, second = (line.body[0] for line in module.body if isinstance(line, cst.SimpleStatementLine))
    assert isinstance(first, cst.Assign)
    assert isinstance(second, cst.Assign)
    assert positions.span(second.value, second) == Span(2, 5, 2, 6)
    with pytest.raises(LookupError):
        positions.span(first.value, second)


def test_statements_of_other_files_have_no_place() -> None:
    text = "x = 1\n"
    own, other = cst.parse_module(text), cst.parse_module(text)
    positions = Positions([(own, ast.parse(text).body)], split_lines(text))
    [[mine], [theirs]] = [line.body for line in (*own.body, *other.body) if isinstance(line, cst.SimpleStatementLine)]
    assert mine in positions
    assert theirs not in positions
