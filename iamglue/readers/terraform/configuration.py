"""Policies in Terraform configurations: .tf and .tf.json."""

from __future__ import annotations

from collections.abc import Iterable

from iamglue.errors import IamglueError, MultipleErrors
from iamglue.findings import NotEvaluated, NotEvaluatedKind, Subject
from iamglue.model.parsed_file import ParsedFile
from iamglue.policy.parsed_policy import ParameterValues
from iamglue.policy.source.json_reader import JsonReader
from iamglue.policy.source.nodes import NodeKind
from iamglue.policy.source.source_text import SourceText, Syntax
from iamglue.readers.terraform.arguments import add_argument_policies
from iamglue.readers.terraform.blocks import HclBlock, TerraformBlock, add_json_locals, hcl_blocks, json_blocks
from iamglue.readers.terraform.hcl_tree import parse_hcl
from iamglue.readers.terraform.policy_attributes import POLICY_RESOURCES
from iamglue.readers.terraform.policy_collector import TerraformPolicyCollector, guess_policy_use, propagate_uses
from iamglue.readers.terraform.policy_data_source import policy_document
from iamglue.readers.terraform.scope import TerraformScope

_DOCUMENT = "aws_iam_policy_document"
_Blocks = dict[str, TerraformBlock]


def read_configuration(path: str, text: str, settings: ParameterValues) -> ParsedFile:
    """The policies of a .tf or .tf.json file. One that is malformed says why; nothing is raised for its content.

    Raises IamglueError when python-hcl2 is not installed.
    """
    text = text.removeprefix("\ufeff")
    scope = TerraformScope(settings)
    try:
        blocks = () if path.endswith(".json") else _hcl(path, text, scope)
        resources, documents = _from_json(path, text, scope) if path.endswith(".json") else _from_hcl(blocks)
        found = TerraformPolicyCollector(scope, settings, frozenset(documents))
        _take(found, resources, documents)
        add_argument_policies(found, blocks)
    except IamglueError as error:
        if isinstance(error.__cause__, ImportError):
            raise
        return ParsedFile(path, text, syntax_error=error)
    return build_file(path, text, found)


def build_file(path: str, text: str, found: TerraformPolicyCollector) -> ParsedFile:
    """What was found in a file."""
    first, others = next(iter(found.malformed), None), found.malformed[1:]
    gaps = [
        NotEvaluated(NotEvaluatedKind.FAILED, Subject("policy", path), f"the text at {e.location}", e.message)
        for e in others
        if e
    ]
    return ParsedFile(
        path,
        text,
        policies=tuple(sorted(found.policies, key=lambda policy: policy.node.source.file_offset(policy.node.start))),
        attachments=tuple(found.attachments),
        syntax_error=first,
        duplicate_keys=tuple(MultipleErrors([*found.duplicates, *found.scope.problems]).problems),
        not_evaluated=(*found.not_evaluated, *gaps, *found.scope.budget.not_evaluated(path)),
    )


def _take(found: TerraformPolicyCollector, resources: _Blocks, documents: _Blocks) -> None:
    found.add_owners(resources)
    for address, block in resources.items():
        found.add_resource(block.labels[0], address, block)
    propagate_uses(found, documents)
    for name, block in documents.items():
        node = policy_document(block)
        if node.get("Statement") is not None or node.kind is not NodeKind.MAP:
            found.add_policy(f"data.{_DOCUMENT}.{name}", node, found.uses.get(name) or guess_policy_use(node))


def _hcl(path: str, text: str, scope: TerraformScope) -> tuple[HclBlock, ...]:
    origin = SourceText(path, text, Syntax.HCL)
    return hcl_blocks(parse_hcl(origin), origin, scope)


def _from_hcl(blocks: Iterable[HclBlock]) -> tuple[_Blocks, _Blocks]:
    named = [each for each in blocks if len(each.labels) == 2]
    resources, data = ([each for each in named if each.kind == kind] for kind in ("resource", "data"))
    return _by_address(resources), _by_name(data)


def _from_json(path: str, text: str, scope: TerraformScope) -> tuple[_Blocks, _Blocks]:
    origin = SourceText(path, text)
    origin.is_template = True
    root = JsonReader(origin).read().documents[0]
    add_json_locals(root, scope)
    return _by_address(json_blocks(root, "resource", 2, scope)), _by_name(json_blocks(root, "data", 2, scope))


def _by_address(blocks: Iterable[TerraformBlock]) -> _Blocks:
    return {".".join(each.labels): each for each in blocks if each.labels[0] in POLICY_RESOURCES}


def _by_name(blocks: Iterable[TerraformBlock]) -> _Blocks:
    return {each.labels[1]: each for each in blocks if each.labels[0] == _DOCUMENT}
