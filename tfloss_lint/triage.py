"""Which files, and which of their statements, are worth reading.

A file without a training word costs a substring test. Of a file that remains, those top-level statements are read
that a training word stands in, with what they use and what uses them; of a test case, only the tests that train.
"""

from __future__ import annotations

import ast
import copy
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

TRAINING = {
    "GradientTape": re.compile(r"GradientTape"),
    "_step": re.compile(r"(?:train|test)_step\b"),
    "update_state": re.compile(r"update_state\b"),
    "y_true": re.compile(r"y_true\b"),
    "y_pred": re.compile(r"y_pred\b"),
    "minimize": re.compile(r"minimize\b"),
    "losses.": re.compile(r"losses\.(?:MSE|MAE|KLD|mse|mae|mean_[a-z_]+|[a-z_]*crossentropy|huber|kl_divergence)\("),
}
"""Most training code says one of these; the rest hands its own function to ``compile`` or calls a metric object.

Each expression begins with fixed text, by which it is found many times as fast as it would be without.
"""
OLD_API = {
    "reset_": re.compile(r"reset_(?:states\(|metrics=)"),
    "add_metric": re.compile(r"add_metric\("),
    "_generator": re.compile(r"_generator\((?<=fit_generator\(|ate_generator\(|ict_generator\()"),
    "scaled_": re.compile(r"scaled_(?:loss|gradients)\("),
    "compute_gradients": re.compile(r"\.compute_gradients\("),
    ".lr": re.compile(r"\.lr\b"),
    "lr=": re.compile(r"lr=(?<=[^\w.]lr=)"),
    "decay=": re.compile(r"decay=(?<=\Wdecay=)"),
    "workers=": re.compile(r"workers=(?<=\Wworkers=)"),
    "max_queue_size=": re.compile(r"max_queue_size="),
}
"""What one of the Keras generations has not, or has in vain, in any code."""
SIGNS = (*TRAINING.items(), *OLD_API.items())
FRAMEWORKS = ("keras", "tensorflow", "tf.", "GradientTape")

# Expressions that begin with fixed text are searched many times faster than others.
COMPILE = re.compile(r"compile\(")
LONGEST_COMPILE = 1_000
BRACKET = re.compile(r"[()]")
NO_VALUE = re.compile(r""""[^"]*"|'[^']*'|\w+[ \t]*=(?!=)""")
"""Strings and the names of arguments."""
DEFINITIONS = (re.compile(r"def[ \t]+(\w+)"), re.compile(r"class[ \t]+(\w+)"))
LAMBDA = re.compile(r"=[ \t]*lambda\b")
OBJECT = re.compile(
    r"=[ \t]*(?:\w+\.)*((?:metrics|losses)\.[A-Z]\w*|\w*(?:Accuracy|AUC|Precision|Recall|IoU|Error|[Ee]ntropy))\("
)
ANNOTATED = re.compile(r"[ \t]*(?:\w+\.)*(\w+)[ \t]*:")
CLASSIFYING = ("rossentropy", "ccuracy")
"""In the names of losses and metrics that take labels, logits or probabilities of a certain kind."""
LOSS_IMPORT = re.compile(r"losses[ \t]+import[ \t]+(\([\w\s,]*|[\w ,\t]*)")
CHANGE = re.compile(
    r"\.(?:compile|fit|evaluate|train_on_batch|test_on_batch|add|append|extend|update|pop|reset_states?)\("
)
"""An object that is used further up or down is changed, or trained: ``history = model.fit(...)``."""
POLICY = re.compile(r"set_(?:(?:global_|dtype_)?policy|learning_phase)\(")
"""Sets the data types of all layers, or whether they train, of those in other units too."""
GATHER = re.compile(r"(?<![.\w])(\w+)\.(?:update_state|append|extend)\(")
"""A metric or list is made somewhere, gathers values somewhere else, and is read in a third place."""
COMMENT = re.compile(r"\n[ \t]*#.*")
WALRUS = re.compile(r"\((\w+)[ \t]*:=")
MARK = "\0"
"""Stands between pieces of code that are searched together; no program has it."""
NO_LETTERS = {code: " " for code in range(1, 128) if not (chr(code).isalnum() or chr(code) == "_")}
STAR = "*"
BLOCKS: dict[type[ast.AST], tuple[str, ...]] = {
    **dict.fromkeys((ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.With, ast.AsyncWith), ("body",)),
    **dict.fromkeys((ast.If, ast.For, ast.AsyncFor, ast.While), ("body", "orelse")),
    **dict.fromkeys((ast.Try, getattr(ast, "TryStar", ast.Try)), ("body", "handlers", "orelse", "finalbody")),
    ast.Match: ("cases",),
}
"""Where ``ast`` keeps the statements inside a statement, in order of the source."""


def concerns(text: str) -> bool:
    """Whether the text can hold training code at all."""
    if not any(name in text for name in FRAMEWORKS):
        return False
    return _says_training(text) or bool(_compiled_names(text)) or bool(_called_names(text))


def _says_training(text: str) -> bool:
    return any(word in text and pattern.search(text) for word, pattern in SIGNS)


def _words(code: str) -> frozenset[str]:
    return frozenset(code.translate(NO_LETTERS).split())


def _word_before(text: str, end: int) -> str:
    """The name that ends before this place, if one does."""
    start = end
    while start and (text[start - 1].isalnum() or text[start - 1] == "_"):
        start -= 1
    return text[start:end]


def _name_before(text: str, equals: int) -> str:
    """The name that is assigned to at this ``=``, be it annotated or not."""
    before = text[text.rfind("\n", 0, equals) + 1 : equals].rstrip(" \t")
    annotated = ANNOTATED.match(before)
    return annotated[1] if annotated else _word_before(before, len(before))


def _compiled_names(text: str) -> set[str]:
    """What the file's calls of ``compile`` mention: its own functions and classes, cross-entropies and accuracies.

    ``lambda`` stands for functions without a name, the words of ``CLASSIFYING`` for losses and metrics by name.
    """
    mentioned: set[str] = set()
    said: set[str] = set()
    for call in COMPILE.finditer(text):
        if not text.startswith("def ", call.start() - 4):
            arguments = _until_closed(text[call.end() : call.end() + LONGEST_COMPILE])
            mentioned |= _words(NO_VALUE.sub(" ", arguments))
            said |= {word for word in CLASSIFYING if word in arguments}
    if not mentioned:
        return said
    defined = {"lambda", *(name for pattern in DEFINITIONS for name in pattern.findall(text))}
    defined |= {_name_before(text, match.start()) for match in LAMBDA.finditer(text)}
    for word in CLASSIFYING:
        if word in text:
            defined |= _made_objects(text, word)
    return (mentioned & defined) | said


def _until_closed(text: str) -> str:
    """The text up to the bracket that closes what was open before it."""
    depth = 1
    for match in BRACKET.finditer(text):
        depth += 1 if match[0] == "(" else -1
        if depth == 0:
            return text[: match.start()]
    return text


def _called_names(text: str) -> set[str]:
    """The metric and loss objects that the file makes and calls, and the losses that it imports by name and calls."""
    found: set[str] = set()
    if "metrics" not in text and "losses" not in text:
        return found
    for names in LOSS_IMPORT.findall(text):
        bound = [alias.split()[-1] for alias in names.strip("(").split(",") if alias.split()]
        found |= {name for name in bound if name.islower() or name.isupper()}
    found |= _made_objects(text)
    return {name for name in found if f"{name}(" in text}


def _made_objects(text: str, kind: str = "") -> set[str]:
    """The names that metric and loss objects are given; with ``kind`` those whose class has a name that ends so."""
    return {_name_before(text, made.start()) for made in OBJECT.finditer(text) if made[1].endswith(kind)} - {""}


@dataclass(frozen=True, slots=True)
class Excerpt:
    """The statements of a file that are read: their text, and the same statements as ``ast`` has them."""

    text: str
    statements: tuple[ast.stmt, ...]


def split_lines(text: str) -> list[str]:
    """The lines as Python counts them, with their ends (``str.splitlines`` also cuts at form feeds)."""
    return io.StringIO(text).readlines()


@dataclass(slots=True)
class _Unit:
    """What is read or left out as a whole: the statements of some lines, or a test of a test case."""

    first: int
    """The 0-based index of its first line."""
    last: int
    """The index behind its last line."""
    statements: list[ast.stmt]
    case: _Unit | None = None
    """The test case that a test belongs to."""
    tests: list[_Unit] = field(default_factory=list)
    text: str = ""
    """Its code without docstrings, and without the tests."""
    wanted: bool = False
    words: frozenset[str] = frozenset()
    binds: frozenset[str] = frozenset()
    """The names that it defines or changes."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Top-level statements of a file that are read together: those that share lines."""

    text: str
    statements: tuple[ast.stmt, ...]
    words: frozenset[str]
    binds: frozenset[str]
    """The names that it defines or stores into."""
    changes: frozenset[str]
    """The objects whose methods it calls to change them."""
    imports: bool
    """Whether it does nothing but import."""


def pieces(tree: ast.Module, lines: Sequence[str]) -> list[Piece]:
    """A whole file, piece by piece."""
    units = _units(tree.body, lines, 0)
    _index(units, _code(units))
    return [
        Piece(
            "".join(lines[unit.first : unit.last]),
            tuple(unit.statements),
            unit.words,
            unit.binds,
            frozenset(_changed(unit)),
            _imports(unit),
        )
        for unit in units
    ]


def excerpt(tree: ast.Module, lines: Sequence[str]) -> Excerpt | None:
    """What is worth reading of a file, if anything is. Comments and empty lines between statements are not."""
    units = _units(tree.body, lines, 0)
    _choose(units)
    statements = tuple(statement for unit in units if unit.wanted for statement in _shortened(unit))
    if not statements:
        return None
    first, last = _first(statements[0], lines, 0), _last(statements[-1], lines)
    return Excerpt(_text(lines, first, last, _gaps(statements, lines)), statements)


def _shortened(unit: _Unit) -> list[ast.stmt]:
    """The unit's statements without the tests that are left out."""
    left_out = {id(statement) for test in unit.tests if not test.wanted for statement in test.statements}
    if not left_out:
        return unit.statements
    case = unit.statements[0]
    assert isinstance(case, ast.ClassDef)
    shorter = copy.copy(case)
    shorter.body = [member for member in case.body if id(member) not in left_out]
    shorter.end_lineno = shorter.body[-1].end_lineno
    return [shorter]


def _gaps(body: Sequence[ast.stmt], lines: Sequence[str]) -> Iterator[tuple[int, int]]:
    """The lines between the statements of a block, and of the blocks inside it."""
    last = None
    for statement in body:
        if last is not None and statement.lineno - 1 > last:
            yield last, _first(statement, lines, last)
        if type(statement) in BLOCKS:
            for block in _blocks(statement):
                yield from _gaps(block, lines)
        last = _last(statement, lines)


def _blocks(statement: ast.stmt) -> Iterator[Sequence[ast.stmt]]:
    """The blocks of statements inside a statement."""
    for name in BLOCKS.get(type(statement), ()):
        inner = getattr(statement, name)
        if name in ("handlers", "cases"):
            yield from (part.body for part in inner)
        else:
            yield inner


def statements_inside(statement: ast.stmt) -> Iterator[ast.stmt]:
    """The statements in the blocks of a statement, but not those in their blocks."""
    for block in _blocks(statement):
        yield from block


# Cutting a file into units


def _units(body: Sequence[ast.stmt], lines: Sequence[str], line: int) -> list[_Unit]:
    """The units of a block; ``line`` is the index of the first line that may belong to it."""
    units: list[_Unit] = []
    for statement in body:
        first = _first(statement, lines, line)
        line = _last(statement, lines)
        if units and first < units[-1].last:
            units[-1].statements.append(statement)
            units[-1].last = line
        else:
            units.append(_Unit(first, line, [statement]))
    for unit in units:
        case = unit.statements[0]
        if isinstance(case, ast.ClassDef) and len(unit.statements) == 1 and _is_test_case(case):
            unit.tests = _tests(case, unit, lines)
        left_out = [*_docstrings(unit, lines), *((test.first, test.last) for test in unit.tests)]
        unit.text = _text(lines, unit.first, unit.last, sorted(left_out))
    return units


def _first(statement: ast.stmt, lines: Sequence[str], bound: int) -> int:
    """The index of the line where the statement begins, with its decorators and with what a backslash puts before."""
    first = statement.lineno - 1
    decorators: Sequence[ast.expr] = getattr(statement, "decorator_list", ())
    if decorators:
        first = min(first, decorators[0].lineno - 1)
        while first > bound and not lines[first].lstrip().startswith("@"):
            first -= 1
    while first > bound and lines[first - 1].endswith("\\\n"):
        first -= 1
    return first


def _last(statement: ast.stmt, lines: Sequence[str]) -> int:
    last = statement.end_lineno or statement.lineno
    while last < len(lines) and lines[last - 1].endswith("\\\n"):
        last += 1
    return last


def _is_test_case(statement: ast.ClassDef) -> bool:
    """By the customs of unittest and pytest."""
    bases = [getattr(base, "attr", getattr(base, "id", "")) for base in statement.bases]
    return any(name.endswith(("Test", "Tests", "TestCase")) for name in (statement.name, *bases)) or (
        statement.name.startswith("Test")
    )


def _tests(case: ast.ClassDef, unit: _Unit, lines: Sequence[str]) -> list[_Unit]:
    """The tests of a test case. No other code calls them, so each is read for its own sake alone."""
    members = _units(case.body, lines, unit.first + 1)
    tests = [
        member
        for member in members
        if all(isinstance(s, ast.FunctionDef) and s.name.startswith("test") for s in member.statements)
    ]
    for test in tests:
        test.case = unit
    # The first member always stays: the class needs one, and no line may be missing behind its header.
    return tests[1:] if tests and tests[0] is members[0] else tests


def _docstrings(unit: _Unit, lines: Sequence[str]) -> Iterator[tuple[int, int]]:
    """The lines of the docstrings in a function, a class and its methods."""
    for statement in unit.statements:
        if isinstance(statement, (ast.FunctionDef, ast.ClassDef)):
            yield from _docstring(statement.body, lines)
            if isinstance(statement, ast.ClassDef):
                tests = {id(s) for test in unit.tests for s in test.statements}
                for member in statement.body:
                    if isinstance(member, ast.FunctionDef) and id(member) not in tests:
                        yield from _docstring(member.body, lines)
        elif isinstance(statement, ast.Expr):
            yield from _docstring([statement], lines)


def _docstring(body: Sequence[ast.stmt], lines: Sequence[str]) -> Iterator[tuple[int, int]]:
    docstring = body[0]
    if isinstance(docstring, ast.Expr) and isinstance(docstring.value, ast.Constant):
        first, last = docstring.lineno - 1, docstring.end_lineno or 0
        # ``ast`` counts bytes; what stands behind the string on its last line is another statement, or a comment.
        after = lines[last - 1].encode("utf-8", "surrogatepass")[docstring.end_col_offset :].strip()
        shares_a_line = bool(after) or bool(lines[first][: docstring.col_offset].strip())
        if not shares_a_line:
            yield first, last


def _text(lines: Sequence[str], first: int, last: int, left_out: Iterable[tuple[int, int]]) -> str:
    """The lines from ``first`` to before ``last``, without some regions, which come in order."""
    pieces: list[str] = []
    for start, end in left_out:
        pieces += lines[first:start]
        first = max(first, end)
    pieces += lines[first:last]
    return "".join(pieces)


# Choosing units


def _choose(units: Sequence[_Unit]) -> None:
    """Mark the units with a training word, what they use, and what uses the names that these define."""
    every = [each for unit in units for each in (unit, *unit.tests)]
    code = _code(every)
    if not _mark_training(every, code):
        return
    if POLICY.search(code):
        for unit in every:
            unit.wanted |= POLICY.search(unit.text) is not None
    _index(every, code)
    _mark_users(every)
    _mark_used(every)


def _code(units: Sequence[_Unit]) -> str:
    """The text of all units without comments, which each of them has from now on."""
    # Searching and cutting all texts at once is several times as fast as one by one.
    code = COMMENT.sub("", f"\n{MARK}\n".join(unit.text for unit in units))
    for unit, text in zip(units, code.split(MARK)):
        unit.text = text
    return code


def _index(units: Sequence[_Unit], code: str) -> None:
    """Note which names each unit mentions, and which it defines or changes."""
    for unit, letters in zip(units, code.translate(NO_LETTERS).split(MARK)):
        unit.words = frozenset(letters.split())
        unit.binds = frozenset(_bound(unit.statements))
        if ":=" in unit.text:
            unit.binds |= frozenset(WALRUS.findall(unit.text))


def _mark_training(units: Sequence[_Unit], code: str) -> bool:
    """Mark what trains, and what makes or calls a function or object that trains; whether there is any."""
    names = _compiled_names(code) | _called_names(code)
    patterns = [(word, pattern) for word, pattern in SIGNS if word in code]
    for unit in units:
        text = unit.text
        unit.wanted = any(word in text and pattern.search(text) for word, pattern in patterns) or any(
            name in text and _makes_or_calls(name, text) for name in names
        )
    return any(unit.wanted for unit in units)


def _mark_users(units: Sequence[_Unit]) -> None:
    """Mark what follows and mentions what is marked: a class with a train_step is compiled and fitted further down."""
    defined = {name for unit in units if unit.wanted and not _imports(unit) for name in _offered(unit)}
    defined |= {name for unit in units if unit.wanted for name in GATHER.findall(unit.text)}
    for unit in units:
        if not unit.wanted and not unit.words.isdisjoint(defined):
            unit.wanted = True
            if not _imports(unit):
                defined |= unit.binds


def _mark_used(units: Sequence[_Unit]) -> None:
    """Mark what defines or changes what is used, until nothing else does."""
    imported = {name for unit in units if _imports(unit) for name in unit.binds}
    makers = {id(unit): unit.binds | (_changed(unit) - imported) for unit in units if not unit.wanted}
    uses = {STAR}
    new = [unit for unit in units if unit.wanted]
    while new:
        for unit in new:
            unit.wanted = True
            uses |= unit.words
            if unit.case is not None:
                unit.case.wanted = True
                uses |= unit.case.words
        new = [unit for unit in units if not unit.wanted and not makers[id(unit)].isdisjoint(uses)]


def _makes_or_calls(name: str, code: str) -> bool:
    if name == "lambda" or name in CLASSIFYING:
        return name in code and COMPILE.search(code) is not None
    at = code.find(name)
    while at >= 0:
        if _word_before(code, at + len(name)) == name and (
            code.startswith(("(", " = ", "="), at + len(name)) or code.startswith("class ", at - 6)
        ):
            return True
        at = code.find(name, at + 1)
    return False


def _imports(unit: _Unit) -> bool:
    return all(isinstance(statement, (ast.Import, ast.ImportFrom)) for statement in unit.statements)


def _offered(unit: _Unit) -> Iterable[str]:
    """The names by which other code may use a unit that trains: its own, and a test case's helpers that train."""
    if not unit.tests:
        return unit.binds
    case = unit.statements[0]
    assert isinstance(case, ast.ClassDef)
    helpers = [
        member.name
        for member in case.body
        if isinstance(member, ast.FunctionDef)
        and not member.name.startswith("test")
        and _says_training(ast.unparse(member))
    ]
    return {*unit.binds, *helpers}


def _bound(statements: Iterable[ast.stmt]) -> Iterator[str]:
    """The names that statements bind, and those of the objects that they store into."""
    for statement in statements:
        if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield statement.name
            continue
        if isinstance(statement, (ast.Import, ast.ImportFrom)):
            for alias in statement.names:
                yield (alias.asname or alias.name).split(".", 1)[0]
        elif isinstance(statement, ast.Assign):
            for target in statement.targets:
                yield from _stored(target)
        elif isinstance(statement, (ast.AnnAssign, ast.AugAssign, ast.For, ast.AsyncFor)):
            yield from _stored(statement.target)
        elif isinstance(statement, (ast.With, ast.AsyncWith)):
            for item in statement.items:
                if item.optional_vars is not None:
                    yield from _stored(item.optional_vars)
        elif isinstance(statement, ast.Match):
            patterns = (node for case in statement.cases for node in ast.walk(case.pattern))
            yield from (name for node in patterns if (name := getattr(node, "name", getattr(node, "rest", None))))
        if type(statement) in BLOCKS:
            for block in _blocks(statement):
                yield from _bound(block)


def _stored(target: ast.expr) -> Iterator[str]:
    if isinstance(target, ast.Name):
        yield target.id
    elif isinstance(target, (ast.Attribute, ast.Subscript, ast.Starred)):
        yield from _stored(target.value)
    elif isinstance(target, (ast.Tuple, ast.List)):
        for element in target.elts:
            yield from _stored(element)


def _changed(unit: _Unit) -> set[str]:
    """The objects that the unit changes by calling their methods, and that it has not made itself."""
    text = unit.text
    changed = {_word_before(text, match.start()) for match in CHANGE.finditer(text)}
    if isinstance(unit.statements[0], (ast.FunctionDef, ast.ClassDef)):
        return {name for name in changed if f" {name} = " not in text}
    return changed
