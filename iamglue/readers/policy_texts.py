"""What a JSON or YAML text is, and the policies written in it: a document, a template, what the AWS CLI prints."""

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

if TYPE_CHECKING:
    from iamglue.readers.policy_collector import PolicyCollector

# An account's whole authorization details.
MAX_JSON_SIZE = 64 * 1024 * 1024
_PLAN_KEYS = ("planned_values", "resource_changes", "prior_state")
_ENCODED = ("%7B", "%7b")
_TELLING = re.compile(
    r"Statement|Effect|Polic|AWS::(Lambda|Events|Serverless)|lambda_permission|%7B|planned_values|2012-10-17|2008-10-17",
    re.IGNORECASE,
)

_SPEC = re.compile(r"^[\"']?iamglue[\"']?\s*:", re.MULTILINE)


def is_spec(text: str) -> bool:
    """Whether a text is a spec of ours: it says which format it is in."""
    return "iamglue" in text and _SPEC.search(text) is not None


def may_contain_policies(text: str) -> bool:
    """Whether a text can hold a policy at all: other files of a folder need not be parsed."""
    return _TELLING.search(text) is not None


def read_policies(path: str, text: str, type: PolicyType | None, settings: ParameterValues) -> ParsedFile:
    """The policies that a file's text holds; none where it is something else.

    What a policy is for comes from what stands around it, else from `type`, else from its statements. A text that
    cannot be read gives a file whose `malformed` says why; so does a document in a string that is no JSON, beside the
    other policies of the file. This never raises for what a text holds.
    """
    if path.endswith((".tf", ".tf.json")):
        from iamglue.readers.terraform.configuration import read_configuration  # noqa: PLC0415 - startup: needs python-hcl2

        return read_configuration(path, text, settings)
    try:
        reading = _reading(text, path)
    except IamglueError as error:
        return ParsedFile(path, text, syntax_error=error)
    if len(reading.documents) == 1 and _is_bare(reading.documents[0]):
        policy = _bare(reading.documents[0], "", type, settings)
        return ParsedFile(path, text, (policy,), duplicate_keys=reading.problems)
    return _read_others(path, text, reading, type, settings)


def _reading(text: str, path: str) -> ParsedDocuments:
    if text.startswith(_ENCODED):  # a document as the IAM API gives it; neither JSON nor YAML begins so
        from iamglue.policy.source.source_text import SourceText  # noqa: PLC0415 - startup: hardly ever

        return ParsedDocuments((Node(NodeKind.SCALAR, SourceText(path, text), 0, len(text), text),), ())
    if is_json(text, path):
        return read_json(text, path, MAX_JSON_SIZE)
    from iamglue.policy.source.merge_keys import read_yaml_with_merge_keys  # noqa: PLC0415 - startup: only for YAML

    reading = read_yaml_with_merge_keys(text, path)
    if not reading.documents:
        raise IamglueError("the file is empty", location=Location(path, 1, 1))
    return reading


def _is_bare(node: Node) -> bool:
    """Whether a document is one policy: a map, or a bare list of its statements."""
    if node.kind is NodeKind.LIST:
        return is_statement_list(node) and not any(map(has_statements, node.items))
    return is_policy(node) and node.get("Resources") is None and node.get("iamglue") is None


def _bare(node: Node, name: str, type: PolicyType | None, settings: ParameterValues) -> ParsedPolicy:
    return ParsedPolicy(node, type or guess_policy_type(node) or PolicyType.IDENTITY, name, parameter_values=settings)


def _read_others(
    path: str, text: str, reading: ParsedDocuments, type: PolicyType | None, settings: ParameterValues
) -> ParsedFile:
    from iamglue.readers.policy_collector import PolicyCollector  # noqa: PLC0415 - startup: a bare policy needs none of it

    root = reading.documents[0]
    if root.get("terraform_version") is not None and any(root.get(key) is not None for key in _PLAN_KEYS):
        from iamglue.readers.terraform.plan import read_plan  # noqa: PLC0415 - startup: only for plans

        return read_plan(path, root, text, settings)
    found = PolicyCollector(settings)
    documents: list[Node] = []
    for node in reading.documents:
        documents += _taken(node, found)
    for number, node in enumerate(documents, start=1):
        name = f"document {number}" if len(documents) > 1 else ""
        found.policies.append(_bare(node, name, type, settings))
    return found.build_file(path, text, reading.problems)


def _taken(node: Node, found: PolicyCollector) -> list[Node]:
    """Takes in what a document of a file holds; the bare policies are left to the caller, who numbers them."""
    from iamglue.readers.cli_output import read_cli_output  # noqa: PLC0415 - startup: see above
    from iamglue.readers.embedded_documents import is_document_text  # noqa: PLC0415
    from iamglue.readers.templates.cloudformation import is_template, read_template  # noqa: PLC0415
    from iamglue.readers.templates.intrinsics import IntrinsicResolver  # noqa: PLC0415
    from iamglue.readers.templates.serverless import is_serverless, read_serverless  # noqa: PLC0415

    if node.get("iamglue") is not None:
        return []  # a spec, which `readers.spec.reader` reads: the policy that it gives is generated, not written
    if is_serverless(node):
        read_serverless(node, found)
    elif is_template(node):
        read_template(node, found)
    elif _is_bare(node):
        return [node]
    elif is_document_text(node):
        return list(found.resolve_documents(node, IntrinsicResolver()))
    elif node.kind is NodeKind.LIST and any(map(_is_bare, node.items)):
        return [each for item in node.items for each in _taken(item, found)]
    else:
        read_cli_output(node, found)
    return []
