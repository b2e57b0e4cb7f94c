"""Which files are worth reading: a search for words, which costs next to nothing.

A file without a training word is not parsed at all. What is read of the others, ``excerpt`` chooses.
"""

from __future__ import annotations

import functools
import re

from tfloss_lint.framework import names_framework

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
ONE_OUTPUT = {"oftmax": re.compile(r"(?:\(\s*|units=|filters=)1\s*[,)][\s\S]{0,120}?oftmax")}
"""A softmax over one output is wrong with any loss."""
SIGNS = (*TRAINING.items(), *OLD_API.items(), *ONE_OUTPUT.items())

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
NO_LETTERS = {code: " " for code in range(1, 128) if not (chr(code).isalnum() or chr(code) == "_")}


def concerns(text: str) -> bool:
    """Whether the text can hold training code at all."""
    return names_framework(text) and (says_training(text) or bool(compiled_names(text)) or bool(called_names(text)))


def says_training(text: str) -> bool:
    """Whether a training word, or a word of the old API, stands in the text."""
    return any(word in text and pattern.search(text) for word, pattern in SIGNS)


def _words(code: str) -> frozenset[str]:
    return frozenset(code.translate(NO_LETTERS).split())


def word_before(text: str, end: int) -> str:
    """The name that ends before this place, if one does."""
    start = end
    while start and (text[start - 1].isalnum() or text[start - 1] == "_"):
        start -= 1
    return text[start:end]


def _name_before(text: str, equals: int) -> str:
    """The name that is assigned to at this ``=``, be it annotated or not."""
    before = text[text.rfind("\n", 0, equals) + 1 : equals].rstrip(" \t")
    annotated = ANNOTATED.match(before)
    return annotated[1] if annotated else word_before(before, len(before))


def compiled_names(text: str) -> set[str]:
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
    if "lambda" in text:
        defined |= {_name_before(text, match.start()) for match in LAMBDA.finditer(text)}
    if any(word in text for word in CLASSIFYING):
        defined |= {name for name, kind in _made_objects(text) if kind.endswith(CLASSIFYING)}
    return (mentioned & defined) | said


def _until_closed(text: str) -> str:
    """The text up to the bracket that closes what was open before it."""
    depth = 1
    for match in BRACKET.finditer(text):
        depth += 1 if match[0] == "(" else -1
        if depth == 0:
            return text[: match.start()]
    return text


def called_names(text: str) -> set[str]:
    """The metric and loss objects that the file makes and calls, and the losses that it imports by name and calls."""
    found: set[str] = set()
    if "metrics" not in text and "losses" not in text:
        return found
    for names in LOSS_IMPORT.findall(text):
        bound = [alias.split()[-1] for alias in names.strip("(").split(",") if alias.split()]
        found |= {name for name in bound if name.islower() or name.isupper()}
    found |= {name for name, _ in _made_objects(text)}
    return {name for name in found if f"{name}(" in text}


@functools.lru_cache(maxsize=1)
def _made_objects(text: str) -> list[tuple[str, str]]:
    """The names that metric and loss objects are given, each with that of the class."""
    named = ((_name_before(text, made.start()), made[1]) for made in OBJECT.finditer(text))
    return [(name, kind) for name, kind in named if name]
