"""Reads the policies in Terraform configurations, .tf and .tf.json."""

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

_DATA_SOURCE = "aws_iam_policy_document"
_Blocks = dict[str, TerraformBlock]


def read_configuration(path: str, text: str, settings: ParameterValues) -> ParsedFile:
    """The policies of a .tf or .tf.json file; for a malformed file, `syntax_error` of the result is set.

    Raises IamglueError when python-hcl2 is not installed.
    """
    text = text.removeprefix("\ufeff")
    scope = TerraformScope(settings)
    try:
        blocks = () if path.endswith(".json") else _parse_hcl_blocks(path, text, scope)
        resources, documents = (
            _parse_json_blocks(path, text, scope) if path.endswith(".json") else _split_hcl_blocks(blocks)
        )
        collector = TerraformPolicyCollector(scope, settings, frozenset(documents))
        _add_policies(collector, resources, documents)
        add_argument_policies(collector, blocks)
    except IamglueError as error:
        if isinstance(error.__cause__, ImportError):
            raise
        return ParsedFile(path, text, syntax_error=error)
    return build_file(path, text, collector)


def build_file(path: str, text: str, collector: TerraformPolicyCollector) -> ParsedFile:
    """The parsed file with the collected policies, in the order of their locations."""
    first_error, other_errors = next(iter(collector.malformed), None), collector.malformed[1:]
    failures = [
        NotEvaluated(NotEvaluatedKind.FAILED, Subject("policy", path), f"the text at {error.location}", error.message)
        for error in other_errors
        if error
    ]
    return ParsedFile(
        path,
        text,
        policies=tuple(
            sorted(collector.policies, key=lambda policy: policy.node.source.file_offset(policy.node.start))
        ),
        attachments=tuple(collector.attachments),
        syntax_error=first_error,
        duplicate_keys=tuple(MultipleErrors([*collector.duplicates, *collector.scope.problems]).problems),
        not_evaluated=(*collector.not_evaluated, *failures, *collector.scope.budget.not_evaluated(path)),
    )


def _add_policies(collector: TerraformPolicyCollector, resources: _Blocks, documents: _Blocks) -> None:
    """Add the policies of resources, then the data sources, whose use depends on the resources."""
    collector.add_owners(resources)
    for address, block in resources.items():
        collector.add_resource(block.labels[0], address, block)
    propagate_uses(collector, documents)
    for name, block in documents.items():
        node = policy_document(block)
        if node.get("Statement") is not None or node.kind is not NodeKind.MAP:
            collector.add_policy(
                f"data.{_DATA_SOURCE}.{name}", node, collector.uses.get(name) or guess_policy_use(node)
            )


def _parse_hcl_blocks(path: str, text: str, scope: TerraformScope) -> tuple[HclBlock, ...]:
    source = SourceText(path, text, Syntax.HCL)
    return hcl_blocks(parse_hcl(source), source, scope)


def _split_hcl_blocks(blocks: Iterable[HclBlock]) -> tuple[_Blocks, _Blocks]:
    labelled_blocks = [block for block in blocks if len(block.labels) == 2]
    resources, data = ([block for block in labelled_blocks if block.kind == kind] for kind in ("resource", "data"))
    return _blocks_by_address(resources), _blocks_by_name(data)


def _parse_json_blocks(path: str, text: str, scope: TerraformScope) -> tuple[_Blocks, _Blocks]:
    source = SourceText(path, text)
    source.is_template = True
    root = JsonReader(source).read().documents[0]
    add_json_locals(root, scope)
    return _blocks_by_address(json_blocks(root, "resource", 2, scope)), _blocks_by_name(
        json_blocks(root, "data", 2, scope)
    )


def _blocks_by_address(blocks: Iterable[TerraformBlock]) -> _Blocks:
    return {".".join(block.labels): block for block in blocks if block.labels[0] in POLICY_RESOURCES}


def _blocks_by_name(blocks: Iterable[TerraformBlock]) -> _Blocks:
    return {block.labels[1]: block for block in blocks if block.labels[0] == _DATA_SOURCE}
