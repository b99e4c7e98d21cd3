"""Reads the policies in a JSON or YAML text: a policy document, a template, or output of the AWS CLI."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from iamglue.errors import IamglueError, Location
from iamglue.model.parsed_file import ParsedFile
from iamglue.policy.document import is_json
from iamglue.policy.parsed_policy import ParameterValues, ParsedPolicy, PolicyType
from iamglue.policy.source.json_reader import read_json
from iamglue.policy.source.nodes import Node, NodeKind, ParsedDocuments
from iamglue.readers.policy_documents import guess_policy_type, has_statements, is_policy, is_statement_list
from iamglue.readers.terraform.file_names import is_configuration_path

if TYPE_CHECKING:
    from iamglue.readers.policy_collector import PolicyCollector

# In characters; enough for the authorization details of a whole account.
MAX_JSON_SIZE = 64 * 1024 * 1024
_ENCODED_BRACES = ("%7B", "%7b")
_POLICY_WORDS = re.compile(
    r"Statement|Effect|Polic|AWS::(Lambda|Events|Serverless)|lambda_permission|version_permission|%7B|planned_values|2012-10-17|2008-10-17"
    r"|\\(?:u00|x)[4-7][0-9a-f]",  # an escaped letter, which may be one of these words
    re.IGNORECASE,
)

_SPEC_KEY = re.compile(r"^[\"']?iamglue[\"']?\s*:", re.MULTILINE)
# Other ways to write the key: in braces, indented, with a tag or an escape. A comment that suppresses a rule is none.
_UNUSUAL_SPEC_KEY = re.compile(
    r"""(?:^|[{,])[^\S\n]*(?:[&!]\S*[^\S\n]+)*["']?iamglue["']?\s*:|^[^\S\n]*\?[^\n]*iamglue|\\(?:u00|x)[67][0-9a-f]""",
    re.MULTILINE | re.IGNORECASE,
)


def is_spec(text: str) -> bool:
    """Whether a text is a spec of iamglue: it has the key `iamglue`, the version of the format."""
    if "iamglue" in text and _SPEC_KEY.search(text) is not None:
        return True
    if ("iamglue" not in text and "\\" not in text) or _UNUSUAL_SPEC_KEY.search(text) is None:
        return False
    names = ("spec.json", "spec.yaml") if text.lstrip("\ufeff \t\r\n").startswith("{") else ("spec.yaml",)
    return any(_has_spec_key(name, text) for name in names)


def _has_spec_key(path: str, text: str) -> bool:
    """Whether the first document of a text has the key `iamglue`; False for malformed text."""
    try:
        return _parse_documents(text, path).documents[0].get("iamglue") is not None
    except IamglueError:
        return False


def may_contain_policies(text: str) -> bool:
    """Whether a text can contain a policy; a file for which this is False need not be parsed."""
    return _POLICY_WORDS.search(text) is not None


def read_policies(path: str, text: str, type: PolicyType | None, settings: ParameterValues) -> ParsedFile:
    """The policies in a file's text; none if the text is something else.

    The type of a policy comes from its surroundings, else from `type`, else from its statements. If the text, or a
    document inside a string, is malformed, `syntax_error` of the result is set. Never raises for the content of a
    text.
    """
    if is_configuration_path(path):
        from iamglue.readers.terraform.configuration import read_configuration  # noqa: PLC0415 - startup: rare

        return read_configuration(path, text, settings)
    try:
        reading = _parse_documents(text, path)
    except IamglueError as error:
        return ParsedFile(path, text, syntax_error=error)
    if len(reading.documents) == 1 and _is_bare_policy(reading.documents[0]):
        policy = _bare_policy(_included_document(reading.documents[0], path), "", type, settings)
        return ParsedFile(path, text, (policy,), duplicate_keys=reading.problems)
    return _read_container(path, text, reading, type, settings)


def _parse_documents(text: str, path: str) -> ParsedDocuments:
    """The documents of a text in JSON, YAML or percent-encoded JSON. Raises IamglueError for malformed text."""
    if text.startswith(
        _ENCODED_BRACES
    ):  # a percent-encoded document of the IAM API; JSON and YAML do not begin like this
        from iamglue.policy.source.source_text import SourceText  # noqa: PLC0415 - startup: rarely needed

        return ParsedDocuments((Node(NodeKind.SCALAR, SourceText(path, text), 0, len(text), text),), ())
    if is_json(text, path):
        return read_json(text, path, MAX_JSON_SIZE)
    from iamglue.policy.source.merge_keys import read_yaml_with_merge_keys  # noqa: PLC0415 - startup: only for YAML

    reading = read_yaml_with_merge_keys(text, path)
    if not reading.documents:
        raise IamglueError("the file is empty", location=Location(path, 1, 1))
    return reading


def _is_bare_policy(node: Node) -> bool:
    """Whether a document is one policy: a map, or a list of statements without the map around it."""
    if node.kind is NodeKind.LIST:
        return is_statement_list(node) and not any(map(has_statements, node.items))
    return is_policy(node) and node.get("Resources") is None and node.get("iamglue") is None


def _included_document(node: Node, path: str) -> Node:
    """The policy of a list of statements that a serverless.yml includes in a role; any other node unchanged."""
    if node.kind is not NodeKind.LIST:
        return node
    from iamglue.readers.templates.serverless_includes import is_included  # noqa: PLC0415 - startup: rarely needed

    if not is_included(path):
        return node
    from iamglue.readers.templates.node_factory import NodeFactory  # noqa: PLC0415 - startup: likewise

    return NodeFactory(node).document(node)


def _bare_policy(node: Node, name: str, type: PolicyType | None, settings: ParameterValues) -> ParsedPolicy:
    return ParsedPolicy(node, type or guess_policy_type(node) or PolicyType.IDENTITY, name, parameter_values=settings)


def _read_container(
    path: str, text: str, reading: ParsedDocuments, type: PolicyType | None, settings: ParameterValues
) -> ParsedFile:
    """The policies of a text that is not one bare policy."""
    from iamglue.readers.policy_collector import PolicyCollector  # noqa: PLC0415 - startup: a bare policy needs none of it
    from iamglue.readers.terraform.plan_format import is_plan  # noqa: PLC0415 - startup: likewise

    root = reading.documents[0]
    if is_plan(root):
        from iamglue.readers.terraform.plan import read_plan  # noqa: PLC0415 - startup: only for plans

        return read_plan(path, root, text, settings)
    collector = PolicyCollector(settings)
    documents: list[Node] = []
    for node in reading.documents:
        documents += _collect_document(node, collector)
    for number, node in enumerate(documents, start=1):
        name = f"document {number}" if len(documents) > 1 else ""
        collector.policies.append(_bare_policy(node, name, type, settings))
    return collector.build_file(path, text, reading.problems)


def _collect_document(node: Node, collector: PolicyCollector) -> list[Node]:
    """Add the policies of one document of a file to the collector; returns bare policies, which the caller numbers."""
    from iamglue.readers.cli_output import read_cli_output  # noqa: PLC0415 - startup: see above
    from iamglue.readers.embedded_documents import is_document_text  # noqa: PLC0415
    from iamglue.readers.templates.cloudformation import is_template, read_template  # noqa: PLC0415
    from iamglue.readers.templates.intrinsics import IntrinsicResolver  # noqa: PLC0415
    from iamglue.readers.templates.serverless_format import is_serverless  # noqa: PLC0415

    if node.get("iamglue") is not None:
        return []  # a spec, which `readers.spec.reader` reads: its policy is generated and not part of the text
    if is_serverless(node):
        from iamglue.readers.templates.serverless import read_serverless  # noqa: PLC0415 - startup: rarely needed

        read_serverless(node, collector)
    elif is_template(node):
        read_template(node, collector)
    elif _is_bare_policy(node):
        return [node]
    elif is_document_text(node):
        return list(collector.resolve_documents(node, IntrinsicResolver()))
    elif node.kind is NodeKind.LIST and any(map(_is_bare_policy, node.items)):
        return [document for item in node.items for document in _collect_document(item, collector)]
    else:
        read_cli_output(node, collector)
    return []
