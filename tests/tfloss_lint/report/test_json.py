from __future__ import annotations

import json

from sample_findings import finding

from tfloss_lint.finding import Confidence
from tfloss_lint.report.json import document

EXPECTED = """\
{
  "version": 1,
  "findings": [
    {
      "path": "n.ipynb",
      "line": 3,
      "column": 5,
      "end_line": 4,
      "end_column": 9,
      "cell": 2,
      "code": "TFL201",
      "name": "rank-broadcast",
      "confidence": "likely",
      "message": "gr\\u00f6\\u00dfe\\nis `\\"wrong\\"`",
      "help": "mend it",
      "fix": null,
      "verdict": null
    }
  ]
}
"""


def test_bytes() -> None:
    place = finding(
        path="n.ipynb",
        line=3,
        column=5,
        end_line=4,
        end_column=9,
        cell=2,
        confidence=Confidence.LIKELY,
        message='größe\nis `"wrong"`',
    )
    assert document([place]) == EXPECTED


def test_empty() -> None:
    assert document([]) == '{\n  "version": 1,\n  "findings": []\n}\n'


def test_any_path_survives() -> None:
    path = b"\xff\xe9\n.py".decode("utf-8", "surrogateescape")
    text = document([finding(path=path)])
    assert text.isascii()
    assert json.loads(text)["findings"][0]["path"] == path
