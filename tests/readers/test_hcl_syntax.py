"""HCL is accepted and refused as Terraform does it, and means what other parsers read."""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import subprocess
from pathlib import Path

import hcl2
import pytest
from architecture.source_tree import ROOT
from hypothesis import given
from hypothesis import strategies as st
from lark import Tree
from lark.exceptions import LarkError
from lint.test_terraform_fixes import blocks
from readers.hcl_expressions import ExpressionWriter
from readers.hcl_texts import ACCEPTED, REFUSED
from support.budget import share
from support.floors import counts, floor
from support.rows import check_every, every_row

from iamglue.errors import IamglueError
from iamglue.policy.parsed_policy import ParameterValues
from iamglue.policy.source.nodes import Node
from iamglue.policy.source.source_text import SourceText, Syntax
from iamglue.readers.terraform import hcl_scanner
from iamglue.readers.terraform import hcl_syntax as hcl
from iamglue.readers.terraform.blocks import hcl_blocks
from iamglue.readers.terraform.hcl_parser import MAX_FILE_LENGTH, parse_expression, parse_hcl
from iamglue.readers.terraform.scope import TerraformScope
from iamglue.readers.terraform.values import is_undecided, json_text

needs_terraform = pytest.mark.skipif(shutil.which("terraform") is None, reason="terraform is not installed")
CORPUS = [path.read_text(encoding="utf-8") for path in sorted((ROOT / "tests" / "corpus").rglob("*.tf"))]
CORPUS_BLOCKS = [block for text in CORPUS for block in re.findall(r"^\w[^\n]*\{\n(?:.*\n)*?\}\n", text, re.MULTILINE)]
PIECES = [
    *(
        '"',
        "${",
        "%{",
        "}",
        "{",
        "(",
        ")",
        "[",
        "]",
        "=",
        ":",
        "?",
        ".",
        "*",
        "...",
        "\n",
        "\r\n",
        "#",
        "//",
        "/*",
        "*/",
    ),
    *(
        "<<EOF\n",
        "EOF\n",
        "EOF",
        "\\",
        "$",
        "%",
        "$${",
        "~",
        "for ",
        "in ",
        "if ",
        "%{ if x }",
        "%{ endif }",
        "=>",
        "&&",
    ),
    *("!", "-", "1", "1.5", ".0", "[*]", ".*", ",", "é", "\t", "null", '"a"', "x", "==", "<", "::", "f(", " "),
]
_TOKEN = re.compile(r"\s+|[A-Za-z_][\w-]*|\d+|.", re.DOTALL)


def parse(text: str) -> hcl.HclBody:
    return parse_hcl(SourceText("main.tf", text, Syntax.HCL))


def is_accepted(text: str) -> bool:
    try:
        parse(text.removeprefix("\ufeff"))
    except IamglueError:
        return False
    return True


# What Terraform accepts


@every_row("text", ACCEPTED)
def test_a_text_that_terraform_accepts_is_read(text):
    parse(text.removeprefix("\ufeff"))


@every_row("text", REFUSED)
def test_a_text_that_terraform_refuses_is_an_error_at_its_place(text):
    with pytest.raises(IamglueError, match="malformed HCL") as caught:
        parse(text)
    assert (caught.value.location.line, caught.value.location.column) == REFUSED[text]


def refused_by_terraform(texts: list[str], folder: Path) -> list[str]:
    """The texts that `terraform fmt` calls malformed, in one run."""
    for number, text in enumerate(texts):
        (folder / f"f{number:05}.tf").write_bytes(text.encode())
    command = ["terraform", "fmt", "-no-color", "-write=false", "-list=false", str(folder)]
    environment = {**os.environ, "CHECKPOINT_DISABLE": "1"}
    run = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    return [
        texts[number] for number in sorted({int(name) for name in re.findall(r"on .*?f(\d{5})\.tf line", run.stderr)})
    ]


@needs_terraform
def test_terraform_itself_accepts_and_refuses_these_texts(tmp_path):
    assert refused_by_terraform([*ACCEPTED, *REFUSED], tmp_path) == list(REFUSED)


def mutated(choose: random.Random) -> str:
    """A block of a configuration of the corpus, with tokens cut out, doubled or put in."""
    tokens = _TOKEN.findall(choose.choice(CORPUS_BLOCKS))
    for _ in range(choose.randint(1, 2)):
        at = choose.randrange(len(tokens) + 1)
        tokens[at : at + choose.randint(0, 1)] = choose.choice(
            [[], [choose.choice(PIECES)], [choose.choice(tokens or PIECES)]]
        )
    return "".join(tokens)


@needs_terraform
def test_terraform_and_the_reader_agree_about_mutated_configurations(tmp_path):
    choose = random.Random(7)
    texts = [mutated(choose) for _ in range(500)]
    refused = refused_by_terraform(texts, tmp_path)
    assert 50 < len(refused) < 450
    assert [text for text in texts if not is_accepted(text)] == refused


# What python-hcl2 reads


def plain(node) -> object:  # noqa: PLR0911 - one for each kind of node
    """An expression or body as lists, tuples and texts, with the span of each; operations without their nesting."""
    match node:
        case hcl.HclBody(attributes=attributes, blocks=inner):
            assignments = [(attribute.start, name, plain(attribute.value)) for name, attribute in attributes.items()]
            nested = [(block.start, block.end, block.kind, block.labels, plain(block.body)) for block in inner]
            return assignments, nested
        case hcl.HclParentheses(inner=inner):
            return "(", plain(inner)
        case hcl.HclOperation(operator=operator, operands=operands):
            return _operands(operator, [plain(operand) for operand in operands])
        case hcl.HclLiteral(text=text) | hcl.HclName(name=text):
            return node.start, node.end, text
        case hcl.HclString() | hcl.HclHeredoc():
            return node.start, node.end
        case hcl.HclTuple(items=items):
            return node.start, node.end, "[", [plain(item) for item in items]
        case hcl.HclObject(pairs=pairs):
            return node.start, node.end, "{", [(plain(key), plain(value)) for key, value in pairs]
        case hcl.HclConditional():
            return "?", plain(node.condition), plain(node.if_true), plain(node.if_false)
        case hcl.HclCall():
            return node.start, node.end, node.name, [plain(argument) for argument in node.arguments], node.is_expanded
        case hcl.HclFor():
            values = [plain(part) for part in (node.key, node.value, node.condition) if part is not None]
            return node.start, node.end, node.names, plain(node.collection), values, node.is_grouped
        case hcl.HclMember():
            return ".", plain(node.base), plain(node.key)
        case hcl.HclSplat():
            return "[*]", plain(node.base), _steps(node.item)
    raise AssertionError(node)


def _operands(operator, operands):
    flat = [operator] if len(operands) == 1 else []
    for number, operand in enumerate(operands):
        flat += [operator] * bool(number)
        flat += operand[1:] if operand[0] == "operation" else [operand]
    return ("operation", *flat)


def _steps(item):
    steps = []
    while not isinstance(item, hcl.HclName):
        steps.insert(0, plain(item.key))
        item = item.base
    return steps


def lark_plain(tree) -> object:  # noqa: PLR0911, PLR0912 - one for each rule of the grammar
    """The same of a tree of python-hcl2."""
    trees = [child for child in tree.children if isinstance(child, Tree) and child.data != "new_line_or_comment"]
    tokens = [str(child).strip() for child in tree.children if child is not None and not isinstance(child, Tree)]
    span = (tree.meta.start_pos, tree.meta.end_pos) if not tree.meta.empty else ()
    match tree.data:
        case "start":
            return lark_plain(trees[0])
        case "body":
            attributes = [child for child in trees if child.data == "attribute"]
            inner = [child for child in trees if child.data == "block"]
            return [_lark_attribute(child) for child in attributes], [_lark_block(child) for child in inner]
        case "expr_term" | "object_elem_key":
            return ("(", lark_plain(trees[0])) if tokens[:1] == ["("] else lark_plain(trees[0])
        case "identifier" | "int_lit" | "float_lit" | "literal_value" | "keyword":
            return (*span, "".join(tokens))
        case "string":
            return span
        case "heredoc_template" | "heredoc_template_trim":
            return span[0], span[0] + len(tokens[0])
        case "tuple":
            return (*span, "[", [lark_plain(child) for child in trees])
        case "object":
            return (*span, "{", [tuple(map(lark_plain, _lark_trees(child))) for child in trees])
        case "conditional":
            return ("?", *map(lark_plain, trees))
        case "function_call":
            names = [child for child in trees if child.data == "identifier"]
            arguments = [child for child in trees if child.data == "arguments"]
            inner = [lark_plain(child) for group in arguments for child in _lark_trees(group)]
            is_expanded = any(str(child) == "..." for group in arguments for child in group.children)
            return (*span, "::".join(lark_plain(name)[2] for name in names), inner, is_expanded)
        case "for_tuple_expr" | "for_object_expr":
            *names, collection = _lark_trees(trees[0])
            values = [lark_plain(_lark_trees(child)[0] if child.data == "for_cond" else child) for child in trees[1:]]
            return (
                *span,
                tuple(lark_plain(name)[2] for name in names),
                lark_plain(collection),
                values,
                "..." in tokens,
            )
        case "unary_op":
            return _operands(tokens[0], [lark_plain(trees[0])])
        case "binary_op":
            left, (operator, right) = trees[0], _lark_trees(trees[1])
            return _operands(str(operator.children[0]).strip(), [lark_plain(left), lark_plain(right)])
        case "get_attr_expr_term" | "index_expr_term":
            return ".", lark_plain(trees[0]), _lark_key(trees[1])
        case "attr_splat_expr_term" | "full_splat_expr_term":
            return "[*]", lark_plain(trees[0]), [_lark_key(child) for child in _lark_trees(trees[1])]
    raise AssertionError(tree.data)


def _lark_trees(tree):
    return [child for child in tree.children if isinstance(child, Tree) and child.data != "new_line_or_comment"]


def _lark_key(tree):
    if tree.data == "short_index":
        start, end = tree.meta.start_pos, tree.meta.end_pos
        return start + 1, end, str(tree.children[-1])
    return lark_plain(_lark_trees(tree)[0])


def _lark_attribute(tree):
    name, value = _lark_trees(tree)
    return tree.meta.start_pos, lark_plain(name)[2], lark_plain(value)


def _lark_block(tree):
    kind, *labels, body = _lark_trees(tree)
    texts = tuple(
        "".join(str(token) for part in label.children[1:-1] for token in part.children)
        if label.data == "string"
        else lark_plain(label)[2]
        for label in labels
    )
    return tree.meta.start_pos, tree.meta.end_pos, lark_plain(kind)[2], texts, lark_plain(body)


def other_reading(text: str) -> object:
    """What python-hcl2 reads; None if it refuses the text."""
    try:
        return lark_plain(hcl2.parses_to_tree(text))
    except LarkError:
        return None


DIFFERENT = {
    # Python-hcl2 takes `[0]` behind `NAMES.*.attribute` for an index of each item; HCL takes it for one of the list.
    *("a = x.*.y[0]\n", "a = b.*[0]\n", "a = b.*.c[0].d\n"),
    # It takes the second `[*]` for one of the whole list, not of each item.
    *("a = b[*].c[*].d\n", "a = x[*][*]\n"),
    # It takes a minus for a part of the number, and `1.e5` for an attribute.
    *("a = 1.5\nb = 1e5\nc = -1.2E-3\nd = 0\n", "a = 1.e5\n"),
}


def test_python_hcl2_reads_the_same():
    texts = [text.removeprefix("\ufeff") for text in (*CORPUS, *(text for text in ACCEPTED if text not in DIFFERENT))]
    readings = [(text, expected) for text in texts if (expected := other_reading(text)) is not None]
    assert len(readings) > 0.8 * len(texts)  # the others are refused by python-hcl2

    def check(row):
        text, expected = row
        assert plain(parse(text)) == expected

    check_every(readings, check)


def joined(texts):
    """The texts, without the blanks behind the word of a heredoc, which python-hcl2 does not accept."""
    return "".join(texts).replace("EOT  \n", "EOT\n")


@floor(0.2)
@share(0.25)  # python-hcl2 takes 50 ms for each text
@given(st.one_of(st.lists(blocks(), min_size=1, max_size=3).map(joined), st.integers().map(random.Random).map(mutated)))
def test_python_hcl2_reads_generated_and_mutated_configurations_as_the_reader_does(text):
    expected = other_reading(text) if is_accepted(text) else None
    if counts(expected is not None):
        assert plain(parse(text)) == expected


# What expressions are worth

# Expressions and what Terraform 1.11 says they are.
VALUES = {
    "1 - 2 - 3": -4,
    "2 * 3 % 4": 2,
    "7 - 2 * 2 - 1": 2,
    "-1 + 2": 1,
    "-(1 + 2)": -3,
    "!true || true": True,
    "true || true && false": True,
    "1 < 2 == true": True,
    "1 == 1 == true": True,
    "true ? 1 : false ? 2 : 3": 1,
    "false ? 1 : false ? 2 : 3": 3,
    '[{ a = ["x", "y"] }].*.a[0]': ["x", "y"],
    '[{ a = ["x", "y"] }].*.a.0': ["x"],
    '[{ a = ["x", "y"] }][*].a[0]': ["x"],
    '[{ a = ["x", "y"] }].*.a[*]': [["x", "y"]],
    "[{ c = [{ d = 1 }, { d = 2 }] }, { c = [{ d = 3 }] }][*].c[*].d": [[1, 2], [3]],
    "[[1, 2], [3]][*][*]": [[1, 2], [3]],
    '"a".*': ["a"],
    "[[1, 2], [3]].0[1]": 2,
    '{ a = 1, "${"b"}" = 2, (true ? "c" : "d") = 3, null = 4 }': {"a": 1, "b": 2, "c": 3, "null": 4},
    "{ a = { b = [1, { c = 2 }] } }.a.b[1].c": 2,
    '[for k, v in { a = 1, b = 2 } : "${k}${v}" if v > 1]': ["b2"],
    '{ for x in ["a", "b", "a"] : x => x... }': {"a": ["a", "a"], "b": ["b"]},
    "[for k, v in { b = 1, a = 2 } : k]": ["a", "b"],
    '[for x in toset(["b", "a"]) : x]': ["a", "b"],
    '"%{ for k, v in { b = 1, a = 2 } }${k}${v}%{ endfor }"': "a2b1",
    'concat([["a"], ["b"]]...)': ["a", "b"],
    '"${~ "a" ~}"': "a",
    '"%{ if 1 > 2 }a%{ else }b%{ endif }"': "b",
    '"%{ for x in ["a", "b"] }${x},%{ endfor }"': "a,b,",
    r'"\u00e9\U0001F511\t\"\\"': 'é\U0001f511\t"\\',
    "(<<E\na\n E \n)": "a\n",
    # What `~` strips, and the indentation that `<<-` takes out.
    '"a ${~ "b" ~} c"': "abc",
    '"${"a"}${~ " b " ~}   ${"c"}  $$ ${~ "d" ~}  $${x}"': "a b c  $$d${x}",
    r'"x %{ if true ~}  \n  a \n %{~ endif ~} $${y}"': "x a${y}",
    '"a %{~ if false }b%{ else ~} c%{ endif }"': "ac",
    "(<<E\n%{ if true ~}\n  a\n%{ endif ~}\nE\n)": "  a\n",
    '(<<E\nx %{ if true ~}\n\n\n  a   \n%{~ endif }  \n   ${~"b"~}\n\n   c\nE\n)': "x \n\n  a  \nb\n   c\n",
    '(<<-E\n    a\n      b ${"x"}\n\n    ${[\n1][0]}\n    E\n)': "a\n  b x\n\n1\n",
    "(<<-E\n     %{ if true ~}\n\n       a\n     %{ endif ~}\n       b\n  E\n)": "\n  a\n       b\n",
    "(<<-E\n    a\n   $${x}\n\tc\n  E\n)": "   a\n  ${x}\nc\n",
    '(<<-E\n  ${"a"}\n${"b"}\n    c\n  E\n)': "  a\nb\n    c\n",
    "(<<-E\n\n    \n  E\n)": "\n    \n",
    # Braces and quotes in comments and heredocs of an expression.
    '"a ${ /* } " */ "b" } c"': "a b c",
    '(<<E\na ${ # } "\n"b" // }\n} c\nE\n)': "a b c\n",
    '(<<E\na ${ join("-", [<<F\n}"\nF\n, "b"]) } c\nE\n)': 'a }"\n-b c\n',
    "(<<E\n${[for x in [1] :\nx + 1][0]}E\n$${x}\nE\n)": "2E\n${x}\n",
}


def node_of(expression: str) -> Node:
    """What the reader takes an expression for."""
    source = SourceText("main.tf", f"locals {{\n  x = {expression}\n}}\n", Syntax.HCL)
    (block,) = hcl_blocks(parse_hcl(source), source, TerraformScope(ParameterValues()))
    return block.evaluate("x")


def value_of(expression: str) -> object:
    return json.loads(f"[{json_text(node_of(expression))}]")[0]


def outputs_of_terraform(values: list[str], folder: Path) -> list[object]:
    """What Terraform says that these expressions are."""
    outputs = [f'output "o{number}" {{\n  value = {value}\n}}\n' for number, value in enumerate(values)]
    (folder / "main.tf").write_text("".join(outputs), encoding="utf-8")
    run = {"cwd": folder, "capture_output": True}
    subprocess.run(["terraform", "apply", "-auto-approve", "-input=false"], check=True, **run)
    read = json.loads(subprocess.run(["terraform", "output", "-json"], check=True, **run).stdout)
    return [read[f"o{number}"]["value"] for number in range(len(values))]


@every_row("expression", VALUES)
def test_an_expression_has_the_value_that_terraform_gives_it(expression):
    assert value_of(expression) == VALUES[expression]


@needs_terraform
def test_terraform_itself_gives_these_values(tmp_path):
    assert outputs_of_terraform(list(VALUES), tmp_path) == list(VALUES.values())


@needs_terraform
def test_random_expressions_have_the_values_that_terraform_gives_them(tmp_path):
    choose = random.Random(3)
    writer = ExpressionWriter(choose)
    written = [writer.any(choose.randint(1, 4)) for _ in range(250)]
    texts = [
        text for text in written if is_accepted(f"x = {text}\n") and not any(map(is_undecided, node_of(text).walk()))
    ]
    refused = "Terraform refuses it"
    expected = outputs_of_terraform([f'try(jsonencode({text}), "{refused}")' for text in texts], tmp_path)
    pairs = [(text, json.loads(value)) for text, value in zip(texts, expected, strict=True) if value != refused]
    assert len(pairs) > 150
    assert [(text, as_texts(value_of(text))) for text, _ in pairs] == [(text, as_texts(value)) for text, value in pairs]


def as_texts(value):
    """A value whose numbers and truths are texts: the reader writes both as they are in JSON."""
    if isinstance(value, list):
        return [as_texts(item) for item in value]
    if isinstance(value, dict):
        return {key: as_texts(item) for key, item in value.items()}
    return value if isinstance(value, str) else json.dumps(value)


# What is too much


@every_row(
    "text",
    [
        "a = " + "[" * 5000,
        "a = " + "{a=" * 5000,
        "a = " + "(" * 5000,
        "a = " + "f(" * 5000,
        "a = " + "-" * 5000,
        "a = " + '"${' * 5000,
        "a = " + "x[" * 5000,
        "a = x" + "[*]" * 5000 + "\n",
        "a = " + "x ? y : " * 5000,
        "a = " + "[for x in " * 5000,
        "a {\n" * 5000,
        "a = <<E\n${" + "[" * 5000 + "\nE\n",
    ],
)
def test_deep_nesting_is_an_error_and_not_the_end_of_the_stack(text):
    with pytest.raises(IamglueError, match="levels deep"):
        parse(text)


def test_long_files_and_files_of_many_values_are_refused(monkeypatch):
    with pytest.raises(IamglueError, match="the limit is"):
        parse(" " * (MAX_FILE_LENGTH + 1))
    monkeypatch.setattr(hcl_scanner, "MAX_FILE_VALUES", 1000)
    parse("a = [" + "1," * 900 + "]\n")
    with pytest.raises(IamglueError, match="more than 1,000 values"):
        parse("a = [" + "1," * 1001 + "]\n")


@pytest.mark.parametrize("text", ["a +", "a b", "", "a)", '"', "${a}", "a\x00"])
def test_a_malformed_expression_is_none(text):
    assert parse_expression(text) is None
