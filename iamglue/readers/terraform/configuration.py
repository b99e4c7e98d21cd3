"""Policies in Terraform configurations: .tf and .tf.json."""

from __future__ import annotations

from collections.abc import Iterable

from iamglue.errors import IamglueError, Problems
from iamglue.findings import Gap, NotEvaluated, Subject
from iamglue.model.parsed_file import WrittenFile
from iamglue.policy.parsed_policy import Settings
from iamglue.policy.source.json_text import JsonReader
from iamglue.policy.source.nodes import Shape
from iamglue.policy.source.source_text import Origin, Syntax
from iamglue.readers.terraform.arguments import take_arguments
from iamglue.readers.terraform.blocks import Block, HclBlock, hcl_blocks, json_blocks, json_locals
from iamglue.readers.terraform.documents import policy_document
from iamglue.readers.terraform.hcl_text import parsed
from iamglue.readers.terraform.policies import Found, guessed, spread_uses
from iamglue.readers.terraform.scope import Scope
from iamglue.readers.terraform.table import RESOURCES

_DOCUMENT = "aws_iam_policy_document"
_Blocks = dict[str, Block]


def read_hcl(path: str, text: str, settings: Settings) -> WrittenFile:
    """The policies of a .tf or .tf.json file. One that is malformed says why; nothing is raised for its content.

    Raises IamglueError when python-hcl2 is not installed.
    """
    text = text.removeprefix("\ufeff")
    scope = Scope(settings)
    try:
        blocks = () if path.endswith(".json") else _hcl(path, text, scope)
        resources, documents = _from_json(path, text, scope) if path.endswith(".json") else _from_hcl(blocks)
        found = Found(scope, settings, frozenset(documents))
        _take(found, resources, documents)
        take_arguments(found, blocks)
    except IamglueError as error:
        if isinstance(error.__cause__, ImportError):
            raise
        return WrittenFile(path, text, malformed=error)
    return written_file(path, text, found)


def written_file(path: str, text: str, found: Found) -> WrittenFile:
    """What was found in a file."""
    first, others = next(iter(found.malformed), None), found.malformed[1:]
    gaps = [
        NotEvaluated(Gap.FAILED, Subject("policy", path), f"the text at {e.location}", e.message) for e in others if e
    ]
    return WrittenFile(
        path,
        text,
        policies=tuple(sorted(found.policies, key=lambda policy: policy.node.origin.in_file(policy.node.start))),
        attachments=tuple(found.attachments),
        malformed=first,
        duplicates=tuple(Problems([*found.duplicates, *found.scope.problems]).problems),
        not_evaluated=(*found.gaps, *gaps, *found.scope.budget.gaps(path)),
    )


def _take(found: Found, resources: _Blocks, documents: _Blocks) -> None:
    found.owners(resources)
    for address, block in resources.items():
        found.take(block.labels[0], address, block)
    spread_uses(found, documents)
    for name, block in documents.items():
        node = policy_document(block)
        if node.get("Statement") is not None or node.shape is not Shape.MAP:
            found.add(f"data.{_DOCUMENT}.{name}", node, found.uses.get(name) or guessed(node))


def _hcl(path: str, text: str, scope: Scope) -> tuple[HclBlock, ...]:
    origin = Origin(path, text, Syntax.HCL)
    return hcl_blocks(parsed(origin), origin, scope)


def _from_hcl(blocks: Iterable[HclBlock]) -> tuple[_Blocks, _Blocks]:
    named = [each for each in blocks if len(each.labels) == 2]
    resources, data = ([each for each in named if each.kind == kind] for kind in ("resource", "data"))
    return _by_address(resources), _by_name(data)


def _from_json(path: str, text: str, scope: Scope) -> tuple[_Blocks, _Blocks]:
    origin = Origin(path, text)
    origin.is_template = True
    root = JsonReader(origin).read().documents[0]
    json_locals(root, scope)
    return _by_address(json_blocks(root, "resource", 2, scope)), _by_name(json_blocks(root, "data", 2, scope))


def _by_address(blocks: Iterable[Block]) -> _Blocks:
    return {".".join(each.labels): each for each in blocks if each.labels[0] in RESOURCES}


def _by_name(blocks: Iterable[Block]) -> _Blocks:
    return {each.labels[1]: each for each in blocks if each.labels[0] == _DOCUMENT}
