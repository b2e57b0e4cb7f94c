"""Expressions by their places."""

from __future__ import annotations

import ast

from verifying import rewritten
from verifying import site_of as site

from tfloss_lint.claim import PlacedClaim
from tfloss_lint.span import Span
from tfloss_lint.verify.rewriting import PROBE
from tfloss_lint.verify.site import Site


def test_an_expression_that_cannot_be_found_has_no_carrier() -> None:
    text = "loss = y - p\n"
    claim = PlacedClaim("broadcast", Span(1, 1, 1, 4), (("label", Span(1, 10, 1, 11)),))
    found = rewritten(text, Site(0, "TFL201", claim))
    assert found.carriers == {0: []}
    assert found.text == text


def test_places_count_characters_and_not_bytes() -> None:
    text = "größe = 'ÄÖÜ', ((ÿ) - p)\n"
    found = rewritten(text, site(text, "(ÿ) - p", label="ÿ", prediction="p"))
    assert f"{PROBE}.tap(0, 'label', (ÿ))" in found.text
    ast.parse(found.text)
