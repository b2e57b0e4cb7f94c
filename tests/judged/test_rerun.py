"""The table of judged findings, and the command that compares it with what is found today."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

from tfloss_lint.registry import all_rules

RERUN = Path(__file__).with_name("rerun.py")
HEADER = "repository,commit,path,line,code,judgement,reason"
WRONG = """\
import tensorflow as tf
from tensorflow import keras

model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3)])
model.compile("sgd", keras.losses.SparseCategoricalCrossentropy())
"""
NOTEBOOK = json.dumps(
    {
        "nbformat": 4,
        "cells": [{"cell_type": "markdown", "source": ["#"]}, {"cell_type": "code", "source": [WRONG]}],
    }
)


def git(folder: Path, *arguments: str) -> str:
    identity = ["-c", "user.name=a", "-c", "user.email=a@b"]
    done = subprocess.run(["git", *identity, *arguments], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.fixture
def commit(tmp_path: Path) -> str:
    """A checkout of one commit, ``repositories/owner/name``."""
    checkout = tmp_path / "repositories" / "owner" / "name"
    (checkout / "src").mkdir(parents=True)
    (checkout / "src" / "train.py").write_text(WRONG)
    (checkout / "a b.ipynb").write_text(NOTEBOOK)
    git(checkout, "init", "--quiet")
    git(checkout, "add", ".")
    git(checkout, "commit", "--quiet", "--message", "one")
    return git(checkout, "rev-parse", "HEAD")


def rerun(folder: Path, rows: Iterable[str]) -> tuple[int, list[str]]:
    table = folder / "judged.csv"
    table.write_text("\n".join([HEADER, *rows]) + "\n")
    command = [sys.executable, RERUN, "--repositories", folder / "repositories", "--judged", table]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert not done.stderr, done.stderr
    return done.returncode, done.stdout.splitlines()


def test_what_agrees(tmp_path: Path, commit: str) -> None:
    status, lines = rerun(
        tmp_path,
        [
            f"owner/name,{commit},src/train.py,5,TFL401,true,logits",
            f"owner/name,{commit},src/train.py,1,TFL900,false,it parses",
            f"owner/name,{commit},src/train.py,4,TFL401,debatable,never mind",
            f"owner/name,{commit},a b.ipynb,2:5,TFL401,true,logits",
        ],
    )
    assert lines == [
        "4 judged findings compared, 0 not at hand as of their commits",
        "0 true ones lost, 0 false ones found",
    ]
    assert status == 0


def test_what_differs(tmp_path: Path, commit: str) -> None:
    status, lines = rerun(
        tmp_path,
        [
            f"owner/name,{commit},src/train.py,5,TFL401,false,as if",
            f"owner/name,{commit},src/train.py,4,TFL401,true,as if",
            f"owner/name,{commit},a b.ipynb,5,TFL401,true,no cell",
        ],
    )
    assert lines == [
        "lost: owner/name a b.ipynb:5 TFL401 (no cell)",
        "lost: owner/name src/train.py:4 TFL401 (as if)",
        "false alarm: owner/name src/train.py:5 TFL401 (as if)",
        "3 judged findings compared, 0 not at hand as of their commits",
        "2 true ones lost, 1 false ones found",
    ]
    assert status == 1


def test_files_that_are_not_as_of_the_commit_are_left_out(tmp_path: Path, commit: str) -> None:
    (tmp_path / "repositories" / "owner" / "name" / "src" / "train.py").write_text("# changed\n" + WRONG)
    status, lines = rerun(
        tmp_path,
        [
            f"owner/name,{commit},src/train.py,1,TFL401,true,the file has changed",
            f"owner/name,{commit},src/other.py,1,TFL401,true,no such file",
            f"owner/name,{'0' * 40},a b.ipynb,1:1,TFL401,true,no such commit",
            f"owner/other,{commit},a.py,1,TFL401,true,no such repository",
        ],
    )
    assert lines[0] == "0 judged findings compared, 4 not at hand as of their commits"
    assert status == 2


def test_the_table_is_in_order() -> None:
    text = RERUN.with_name("findings.csv").read_text(encoding="utf-8")
    header, *lines = text.splitlines()
    assert header == HEADER
    assert lines == sorted(set(lines))
    codes = {rule.code for rule in all_rules()}
    for line in lines:
        match = re.fullmatch(r"[\w.-]+/[\w.-]+,[0-9a-f]{40},.+,(?:\d+:)?\d+,(TFL\d{3}),(\w+),\S.*", line)
        assert match is not None, line
        assert match[1] in codes
        assert match[2] in {"true", "false", "debatable"}
