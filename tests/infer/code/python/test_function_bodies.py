"""Bodies of functions that are left out of the trees of a large program, and parsed again."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from infer.code.python.test_corpus import PROGRAMS, read

import iamglue
from iamglue.infer.code.python import program as programs
from iamglue.infer.code.python.function_bodies import all_nodes, function_body, leave_out_bodies
from iamglue.infer.code.python.name_uses import NameUses, outermost_functions

ODD = {
    "windows": "class A:\r\n    def f(self):\r\n        '''é\r\nb'''\r\n        return 1\r\n",
    "tabs": "class A:\n\tasync def f(self):\n\t\tawait g()\n\t\treturn '€', x\n",
    "joined": "class A:\n    x = 1\n    \\\ndef f(self):\n        return 1\n",
    "one-line": "@d\ndef f(): return 1; # end",
    "page": "x = 1\n\f\ndef f():\n    y = '''\n\f'''\n    return y\n",
    "text": "class A:\n    def f(self):\n        return '''\nno indentation\n'''\n\n    def g(self): return 2\n",
    "branch": "if a:\n  def f(): return 1\nelse:\n  def f():\n    def g(): return 2\n    return g\n",
}


def assert_bodies_come_back(text: str):
    tree = ast.parse(text)
    leave_out_bodies(tree, NameUses().add("a.py", tree))
    functions = list(outermost_functions(tree))
    for function in functions:
        function.body = function_body(function, text)
    assert ast.dump(tree, include_attributes=True) == ast.dump(ast.parse(text), include_attributes=True)
    return functions


@pytest.mark.parametrize("text", ODD.values(), ids=ODD)
def test_a_body_that_is_parsed_again_is_the_same_with_its_places(text):
    assert assert_bodies_come_back(text)


def test_every_body_of_real_files_comes_back_the_same():
    files = sorted(Path(iamglue.__file__).parent.joinpath("infer").rglob("*.py"))[::3]
    assert sum(len(assert_bodies_come_back(path.read_text(encoding="utf-8"))) for path in files) > 100


def test_the_nodes_of_a_file_are_all_there_when_bodies_are_left_out():
    text = ODD["branch"]
    tree = ast.parse(text)
    leave_out_bodies(tree, NameUses().add("a.py", tree))
    assert sorted(map(ast.dump, all_nodes(tree, text))) != sorted(map(ast.dump, ast.walk(tree)))
    assert len(list(all_nodes(tree, text))) == len(list(ast.walk(ast.parse(text))))


@pytest.mark.parametrize("program", PROGRAMS, ids=[path.name for path in PROGRAMS])
def test_a_program_makes_the_same_calls_if_it_is_taken_for_a_large_one(program, monkeypatch):
    _, whole = read(program)
    monkeypatch.setattr(programs, "MANY_CHARACTERS", -1)
    assert read(program)[1] == whole
