"""The Keras generation of a file, by its imports and by what its project depends on."""

from __future__ import annotations

from pathlib import Path

import pytest

from tfloss_lint.generation import BOTH, Generation
from tfloss_lint.target import detect, from_project, generations

KERAS2, KERAS3 = frozenset({Generation.KERAS2}), frozenset({Generation.KERAS3})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("import tf_keras as keras\n", KERAS2),
        ("from tf_keras import layers\n", KERAS2),
        ('import os\nos.environ["TF_USE_LEGACY_KERAS"] = "1"\n', KERAS2),
        ('os.environ["TF_USE_LEGACY_KERAS"] = "0"\n', BOTH),
        ("import keras\nloss = keras.ops.mean(error)\n", KERAS3),
        ("from keras import layers, ops\n", KERAS3),
        ('os.environ["KERAS_BACKEND"] = "tensorflow"\n', KERAS3),
        ("import tensorflow as tf\n", BOTH),
        ("import keras\n", BOTH),
        ("import tf_keras\nfrom keras import ops\n", BOTH),
        ("# my_tf_keras_notes\nimport keras\n", BOTH),
    ],
)
def test_imports_decide(text: str, expected: frozenset[Generation], tmp_path: Path) -> None:
    assert detect(text, str(tmp_path / "train.py")) == expected


@pytest.mark.parametrize(
    ("requirements", "expected"),
    [
        (["tensorflow>=2.16"], KERAS3),
        (["tensorflow==2.10.*"], KERAS2),
        (["tensorflow-gpu==2.4.1"], KERAS2),
        (["tensorflow[and-cuda]~=2.15.0"], KERAS2),
        (["tensorflow<2.16", "numpy"], KERAS2),
        (["keras~=3.0", "tensorflow"], KERAS3),
        (["keras==2.9.0", "tensorflow>=2.4"], KERAS2),
        (["TensorFlow == 2.20.0 ; python_version >= '3.9'"], KERAS3),
        (["tensorflow"], None),
        (["tensorflow>=2.4"], None),
        (["tf_keras", "tensorflow>=2.16"], None),
        (["-r other.txt", "", "not a requirement !", "tensorflow==2.12"], KERAS2),
        ([], None),
    ],
)
def test_requirements(requirements: list[str], expected: frozenset[Generation] | None) -> None:
    assert generations(requirements) == expected


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("requirements.txt", "numpy\ntensorflow==2.8.4  # the lab's\n", KERAS2),
        ("requirements-train.txt", "tensorflow>=2.17 --hash=sha256:00\n", KERAS3),
        ("pyproject.toml", '[project]\nname = "x"\ndependencies = ["tensorflow>=2.18"]\n', KERAS3),
        ("pyproject.toml", '[project]\nname = "x"\n[project.optional-dependencies]\ntf = ["keras<3"]\n', KERAS2),
        ("pyproject.toml", '[tool.poetry.dependencies]\ntensorflow = "~2.10"\n', KERAS2),
        ("pyproject.toml", '[tool.poetry.dependencies]\nkeras = {version = "^3.1", extras = []}\n', KERAS3),
        ("pyproject.toml", '[tool.poetry.dependencies]\ntensorflow = "*"\n', None),
        ("pyproject.toml", "[project\n", None),
        ("setup.cfg", "[options]\ninstall_requires =\n    tensorflow<2.12\n", KERAS2),
        ("setup.cfg", "[options.extras_require]\ntf = keras>=3\n", KERAS3),
        ("setup.cfg", "no section\n", None),
        ("environment.yml", "dependencies:\n  - python=3.9\n  - tensorflow=2.10\n", KERAS2),
        ("environment.yml", "dependencies:\n  - pip:\n    - tensorflow==2.19.0\n", KERAS3),
        ("environment.yaml", "dependencies:\n  - conda-forge::keras=2.4.3=py38\n", KERAS2),
        ("uv.lock", '[[package]]\nname = "tensorflow"\nversion = "2.20.0"\n', KERAS3),
        ("poetry.lock", '[[package]]\nname = "keras"\nversion = "2.11.0"\n', KERAS2),
    ],
)
def test_dependency_files(name: str, content: str, expected: frozenset[Generation] | None, tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / name).write_text(content, encoding="utf-8")
    below = tmp_path / "package" / "models"
    below.mkdir(parents=True)
    assert from_project(str(below / "train.py")) == expected


def test_a_lock_file_says_more_than_a_range(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "x"\ndependencies = ["tensorflow<2.16"]\n')
    (tmp_path / "uv.lock").write_text('[[package]]\nname = "tensorflow"\nversion = "2.21.0"\n')
    assert from_project(str(tmp_path / "train.py")) == KERAS3


def test_the_nearest_file_counts_and_the_repository_is_the_end(tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_text("tensorflow==2.8\n")
    repository = tmp_path / "repository"
    (repository / ".git").mkdir(parents=True)
    (repository / "demo").mkdir()
    assert from_project(str(repository / "demo" / "train.py")) is None
    (repository / "requirements.txt").write_text("keras>=3\n")
    (repository / "sub").mkdir()
    (repository / "sub" / "requirements.txt").write_text("keras<3\n")
    assert from_project(str(repository / "sub" / "new" / "train.py")) == KERAS2
    assert from_project(str(tmp_path / "train.py")) == KERAS2
