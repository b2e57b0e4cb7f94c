from __future__ import annotations

import contextlib
import json
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tfloss_lint.runtime_checks.probe.channel import Channel


class Pipe:
    def __init__(self) -> None:
        self.end, descriptor = os.pipe()
        os.set_blocking(self.end, False)
        os.set_inheritable(descriptor, True)
        self.descriptor = descriptor
        self.channel = Channel(descriptor)

    def messages(self) -> list[dict[str, Any]]:
        try:
            data = os.read(self.end, 1 << 20)
        except BlockingIOError:
            return []
        assert data[-1:] in (b"\n", b"")
        return [json.loads(line) for line in data.splitlines()]


@pytest.fixture
def pipe() -> Iterator[Pipe]:
    made = Pipe()
    yield made
    for descriptor in (made.end, made.descriptor):
        with contextlib.suppress(OSError):
            os.close(descriptor)


def test_one_line_for_each_message(pipe: Pipe) -> None:
    pipe.channel.send("started")
    pipe.channel.send("verdict", site=7, text="a\nb \N{SNOWMAN}", shapes={"y_true": (2, 3)})
    assert pipe.messages() == [
        {"kind": "started"},
        {"kind": "verdict", "site": 7, "text": "a\nb \N{SNOWMAN}", "shapes": {"y_true": [2, 3]}},
    ]


def test_numbers_that_json_does_not_have(pipe: Pipe) -> None:
    pipe.channel.send("verdict", numbers=[1.0, float("nan"), {"x": float("-inf")}], whole=3)
    assert pipe.messages() == [{"kind": "verdict", "numbers": [1.0, None, {"x": None}], "whole": 3}]


def test_programs_that_are_started_do_not_get_it(pipe: Pipe) -> None:
    assert not os.get_inheritable(pipe.descriptor)


def test_a_fork_says_nothing(pipe: Pipe) -> None:
    child = os.fork()
    if child == 0:
        pipe.channel.send("fork")
        os._exit(0)
    os.waitpid(child, 0)
    assert pipe.messages() == []


def test_nobody_listens(pipe: Pipe) -> None:
    os.close(pipe.end)
    pipe.channel.send("started")


def test_a_descriptor_that_the_program_has_closed(pipe: Pipe) -> None:
    os.close(pipe.descriptor)
    pipe.channel.send("started")
    assert pipe.messages() == []


def test_a_descriptor_that_is_another_file_by_now(pipe: Pipe, tmp_path: Path) -> None:
    with (tmp_path / "own.txt").open("w") as file:
        os.dup2(file.fileno(), pipe.descriptor)
        pipe.channel.send("started")
    assert (tmp_path / "own.txt").read_text() == ""


def test_messages_of_several_threads_do_not_mix(pipe: Pipe) -> None:
    threads = [threading.Thread(target=pipe.channel.send, args=(str(number) * 1000,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(message["kind"] for message in pipe.messages()) == [str(number) * 1000 for number in range(8)]
