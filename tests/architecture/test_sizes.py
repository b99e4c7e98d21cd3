"""Small files, short functions, telling names."""

from __future__ import annotations

import ast

from architecture.source_tree import ROOT, sources

VAGUE = {"utils", "util", "common", "helpers", "helper", "core", "base", "manager", "misc"}


def test_a_file_past_300_lines_says_why():
    long = [
        source.module
        for source in sources().values()
        if source.lines > 300 and "long because" not in (ast.get_docstring(source.tree) or "")
    ]
    assert long == []


def test_no_function_is_longer_than_50_lines():
    long = [
        f"{source.module}.{node.name}: {node.end_lineno - node.lineno + 1}"
        for source in sources().values()
        for node in source.nodes
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        if node.end_lineno - node.lineno + 1 > 50
    ]
    assert long == []


def test_modules_are_not_named_for_nothing():
    assert [module for module in sources() if VAGUE & set(module.split("."))] == []


def test_init_files_are_empty():
    public = ROOT / "iamglue" / "__init__.py"  # the Python API
    filled = [path for path in (ROOT / "iamglue").rglob("__init__.py") if path.stat().st_size and path != public]
    assert filled == []


def test_every_module_says_what_it_is():
    modules = [source for source in sources().values() if source.path.name != "__init__.py"]
    assert [source.module for source in modules if not ast.get_docstring(source.tree)] == []


def test_the_judge_of_the_examples_is_small_and_knows_nothing_of_iamglue():
    text = (ROOT / "tests" / "support" / "judge.py").read_text(encoding="utf-8")
    names = {node.name for tree in [ast.parse(text)] for node in ast.walk(tree) if isinstance(node, ast.alias)}
    modules = {node.module for node in ast.walk(ast.parse(text)) if isinstance(node, ast.ImportFrom)}
    assert len(text.splitlines()) <= 150
    assert [name for name in names | modules if name and name.startswith("iamglue")] == []
