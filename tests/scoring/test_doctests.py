"""The examples in the docstrings of every scoring module say what the code does, and every public function has one."""

import ast
import doctest
import importlib
import pkgutil
from pathlib import Path

import pytest

import scoring

MODULES = sorted(found.name for found in pkgutil.walk_packages(scoring.__path__, "scoring."))


@pytest.mark.parametrize("name", MODULES)
def test_examples_say_what_the_code_does(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name)).failed == 0


@pytest.mark.parametrize("name", [name for name in MODULES if name not in ("scoring.checks", "scoring.errors")])
def test_every_public_function_has_an_example(name: str) -> None:
    tree = ast.parse(Path(importlib.import_module(name).__file__ or "").read_text(encoding="utf-8"))
    public = [node for node in tree.body if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")]
    assert [node.name for node in public if ">>>" not in (ast.get_docstring(node) or "")] == []
