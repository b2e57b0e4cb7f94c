# `make demo` and `make test` do all set-up by themselves, also on a fresh machine.
#
#   PYTHON    the Python of the development environment, 3.10 to 3.13    (default: python3)
#   PYTHON38  a Python 3.8, for the tests on TensorFlow 2.8              (default: what is found)
#   TFLOSS_REQUIRE_STACKS=1 turns a missing Python 3.8 from a notice into an error.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
KERAS2 := .venv-keras2
PIP_INSTALL := -m pip install --quiet --disable-pip-version-check --no-input

# $(call find-python,3.8): the first interpreter of that version which starts, from pyenv or from PATH; else nothing.
find-python = $(shell for python in "$${PYENV_ROOT:-$$HOME/.pyenv}"/versions/$(1)*/bin/python $$(command -v python$(1)); do \
	"$$python" -c 'import sys; sys.exit("%d.%d" % sys.version_info[:2] != "$(1)")' >/dev/null 2>&1 && echo "$$python" && break; done)

ifeq ($(origin PYTHON38), undefined)
PYTHON38 := $(call find-python,3.8)
endif

# Folders are sources too: their times change when a file in them goes.
SOURCES := pyproject.toml setup.py $(shell find tfloss_lint rules runtime_checks -name __pycache__ -prune -o -print)
WHEEL := build/wheel/.done
VERSIONS := 3.10 3.11 3.12 3.13

.PHONY: help demo test lint format typecheck test-pythons bench docs clean keras2
.DELETE_ON_ERROR:

help:
	@echo "make demo          lint examples/: the wrong programs and their right twins"
	@echo "make test          all checks: lint, tests on every TensorFlow stack, tests on every Python"
	@echo "make lint          ruff and mypy"
	@echo "make test-pythons  the tests that need no TensorFlow, on each of Python $(VERSIONS) that is there"
	@echo "make bench         speed, as ratios"
	@echo "make docs          write rules/README.md anew from the rules' own documentation"
	@echo "make format        ruff format and safe fixes"
	@echo "make clean         remove environments, caches and builds"

# --- the main job

# $(call demonstrate,BIN,EXAMPLES,REDIRECTION): findings in the wrong programs, none in the right ones; else it fails.
demonstrate = \
	{ status=0; $(1)/tfloss-lint $(2)/*/wrong.py $(3) || status=$$?; [ $$status -eq 1 ] || \
		{ echo "expected findings in $(2)/*/wrong.py: exit status 1, not $$status" >&2; exit 1; }; \
	echo; echo "== Their right twins:"; \
	$(1)/tfloss-lint $(2)/*/right.py || { echo "expected no findings in $(2)/*/right.py" >&2; exit 1; }; }

demo: $(VENV)/.linter
	@echo "== The wrong programs:"
	@$(call demonstrate,$(BIN),examples)

# --- checks

test: $(VENV)/.dev keras2 lint
	@echo "== tests"
	TFLOSS_STACK_KERAS3=$${TFLOSS_STACK_KERAS3:-$(CURDIR)/$(BIN)/python} $(BIN)/pytest --cov --cov-report=
	$(BIN)/coverage report --include='rules/*' --fail-under=100
	@$(MAKE) --no-print-directory test-pythons

lint: $(VENV)/.dev typecheck
	@echo "== ruff"
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check

# mypy does not see through the editable install's mapping of folders, so it reads what users get: the built package.
typecheck: $(VENV)/.dev build/typed/.done
	@echo "== mypy --strict on the installed package"
	@cd build/typed && ../../$(BIN)/mypy --config-file ../../pyproject.toml --cache-dir ../../.mypy_cache -p tfloss_lint

# Without TensorFlow, which linting does not need: first the wheel, as users get it, far from this repository's folders;
# then the tests. They call `python -m tfloss_lint` here, where the editable install completes the folder tfloss_lint/.
test-pythons: $(WHEEL)
	@set -e; $(foreach version,$(VERSIONS),python='$(call find-python,$(version))'; \
		if [ -z "$$python" ]; then echo "== Python $(version): not found, skipped"; else \
		echo "== Python $(version)"; \
		bin=$(CURDIR)/.venv-$(version)/bin; \
		[ -x $$bin/python ] || "$$python" -m venv .venv-$(version); \
		$$bin/python $(PIP_INSTALL) "$$(echo build/wheel/*.whl)[test]"; \
		$$bin/python $(PIP_INSTALL) --force-reinstall --no-deps build/wheel/*.whl; \
		$$bin/python -c 'from importlib.util import find_spec as f; assert not f("tensorflow")'; \
		cd build && $(call demonstrate,$$bin,../examples,> demo.txt) && cd ..; \
		$$bin/python $(PIP_INSTALL) --no-deps --editable .; \
		$$bin/pytest -q -m 'not tensorflow and not slow and not bench'; fi;)

bench: $(VENV)/.dev
	$(BIN)/pytest -s -m bench tests/benchmarks

# --- written by the project's own code

docs: $(VENV)/.linter
	@mkdir -p build
	$(BIN)/python -m tfloss_lint.rule_pages > build/rules.md
	mv build/rules.md rules/README.md

format: $(VENV)/.dev
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

# --- set-up; each stamp is made anew when what it was made from changes

$(VENV)/.linter: pyproject.toml setup.py
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 10) <= sys.version_info[:2] <= (3, 13))' || \
		{ echo "$(PYTHON) is not a Python from 3.10 to 3.13; name one: make PYTHON=/path/to/python3.12" >&2; exit 1; }
	@[ -x $(BIN)/python ] || $(PYTHON) -m venv $(VENV)
	@echo "== installing the linter into $(VENV)"
	@$(BIN)/python $(PIP_INSTALL) --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.linter tests/requirements-keras3.txt
	@echo "== installing the development tools and a current TensorFlow into $(VENV); this takes some minutes"
	@$(BIN)/python $(PIP_INSTALL) --editable '.[dev]' -r tests/requirements-keras3.txt
	@touch $@

keras2:
ifneq ($(PYTHON38),)
	@$(MAKE) --no-print-directory $(KERAS2)/.done
else
	@echo "== no Python 3.8 found: the tests on TensorFlow 2.8 are skipped (name one: make PYTHON38=/path/to/python3.8)" >&2
	@[ "$${TFLOSS_REQUIRE_STACKS:-}" != 1 ]
endif

$(KERAS2)/.done: tests/requirements-keras2.txt
	@echo "== installing TensorFlow 2.8 into $(KERAS2); this takes some minutes"
	@[ -x $(KERAS2)/bin/python ] || $(PYTHON38) -m venv $(KERAS2)
	@$(KERAS2)/bin/python $(PIP_INSTALL) -r tests/requirements-keras2.txt
	@touch $@

$(WHEEL): $(SOURCES) | $(VENV)/.linter
	@rm -rf build/lib build/wheel
	@$(BIN)/python -m pip wheel --quiet --disable-pip-version-check --no-input --no-deps --wheel-dir build/wheel .
	@touch $@

build/typed/.done: $(WHEEL)
	@rm -rf build/typed
	@$(BIN)/python $(PIP_INSTALL) --no-deps --target build/typed build/wheel/*.whl
	@touch $@

clean:
	rm -rf $(VENV) $(KERAS2) $(addprefix .venv-,$(VERSIONS)) build dist *.egg-info .coverage htmlcov
	rm -rf .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -prune -exec rm -rf {} +
