"""Terraform's functions that read files beside the configuration, and those for JSON.

https://developer.hashicorp.com/terraform/language/functions/templatefile
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePosixPath

from iamglue.errors import IamglueError
from iamglue.files.text_files import read_text
from iamglue.policy.source.json_reader import JsonReader
from iamglue.policy.source.nodes import Node, NodeKind
from iamglue.policy.source.source_text import SourceText, Syntax
from iamglue.readers.terraform.evaluator import Evaluator
from iamglue.readers.terraform.template_directives import has_directives
from iamglue.readers.terraform.template_parts import has_strip_marks
from iamglue.readers.terraform.templates import evaluate_template
from iamglue.readers.terraform.values import ValueFactory, is_resolved_text, read_only_node

FileFunction = Callable[[Evaluator, list[Node]], Node | None]
_MAX_FILE_SIZE = 1024 * 1024


def _encode_json(_: Evaluator, arguments: list[Node]) -> Node | None:
    """The value itself instead of its JSON text, so that the parts of a policy retain their locations."""
    return arguments[0] if len(arguments) == 1 else None


def _decode_json(_: Evaluator, arguments: list[Node]) -> Node | None:
    """The value of a JSON text; the argument of `jsonencode` if it is one."""
    if len(arguments) != 1:
        return None
    argument = arguments[0]
    if argument.kind in (NodeKind.MAP, NodeKind.LIST):
        return argument
    if not is_resolved_text(argument):
        return None
    try:
        value = JsonReader(SourceText(argument.path, argument.text)).read().documents[0]
    except IamglueError:
        return None
    return _at(value, ValueFactory(argument.source, (argument.start, argument.end)))


def _at(value: Node, factory: ValueFactory) -> Node:
    """The value at the location of a factory."""
    if value.kind is NodeKind.LIST:
        return factory.list(_at(item, factory) for item in value.items)
    if value.kind is NodeKind.MAP:
        return factory.map((_at(key, factory), _at(item, factory)) for key, item in value.pairs)
    return Node(value.kind, factory.source, *factory.span, value.text, plain=value.plain)


def _read_file(reader: Evaluator, arguments: list[Node]) -> tuple[str, str] | None:
    """The path and text of the file that the first argument names, relative to the configuration; None if unknown."""
    root = reader.scope.state.root
    if not arguments or not is_resolved_text(arguments[0]) or root is None or not root.directory:
        return None
    name = PurePosixPath(arguments[0].text)
    if name.is_absolute() and not arguments[0].text.startswith(f"{reader.scope.directory.rstrip('/')}/"):
        return None
    directories = [PurePosixPath(root.directory), PurePosixPath(reader.scope.directory)]
    candidates = [directory / name for directory in directories]
    if arguments[0].text.startswith(f"{reader.scope.directory}/"):
        candidates.insert(0, name)  # `${path.module}/policy.json`
    for path in dict.fromkeys(map(str, candidates)):
        try:
            return path, read_text(path, _MAX_FILE_SIZE)
        except IamglueError:
            continue
    return None


def _file(reader: Evaluator, arguments: list[Node]) -> Node | None:
    """The text of a file, located in that file."""
    result = _read_file(reader, arguments) if len(arguments) == 1 else None
    if result is None:
        return None
    source = SourceText(*result)
    return read_only_node(Node(NodeKind.SCALAR, source, 0, len(source.text), source.text))


def _template_file(reader: Evaluator, arguments: list[Node]) -> Node | None:
    """The text of a template file with the variables of the second argument."""
    result = _read_file(reader, arguments) if len(arguments) == 2 else None
    if result is None or arguments[1].kind is not NodeKind.MAP:
        return None
    source = SourceText(*result, Syntax.JSON)
    variables = {key.text: value for key, value in arguments[1].pairs}
    inner = reader.for_text(source, variables, f"[{arguments[0].text}]")
    node = evaluate_template(inner, (0, len(source.text)), source.text, quoted=False)
    if node.kind is not NodeKind.SCALAR or has_directives(source.text) or has_strip_marks(source.text):
        return node
    return read_only_node(
        Node(NodeKind.SCALAR, inner.template_source(), 0, node.end, node.text, unresolved=node.unresolved)
    )


FILE_FUNCTIONS: dict[str, FileFunction] = {
    "file": _file,
    "jsondecode": _decode_json,
    "jsonencode": _encode_json,
    "templatefile": _template_file,
}
