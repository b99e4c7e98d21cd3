"""The policies and attachments of Terraform's resources."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from iamglue.errors import IamglueError
from iamglue.findings import Gap, NotEvaluated, Subject
from iamglue.model.parsed_file import Attachment
from iamglue.policy.parsed_policy import PolicyType, Settings, WrittenPolicy
from iamglue.policy.source.nodes import Node, Reading, Shape
from iamglue.readers.policy_documents import guessed_type
from iamglue.readers.terraform import table
from iamglue.readers.terraform.blocks import Block, value
from iamglue.readers.terraform.documents import MERGED
from iamglue.readers.terraform.json import document_text
from iamglue.readers.terraform.permission import RESOURCE_TYPE, permission_policy
from iamglue.readers.terraform.scope import Scope
from iamglue.readers.terraform.table import Use
from iamglue.readers.terraform.templates import hole

_DATA = re.compile(r"data\.aws_iam_policy_document\.([\w-]+)(?:\[[^\]]*\])?\.(?:minified_)?json")
_INDEX = re.compile(r"\[[^\]]*\]")
_OWNERS = ("aws_iam_role", "aws_iam_user", "aws_iam_group")


class Found:
    """The policies of one file so far. `names`: the data sources by name, `uses` what they are used for."""

    def __init__(self, scope: Scope, settings: Settings, names: frozenset[str] = frozenset()) -> None:
        self.scope = scope
        self.settings = settings
        self.names = names
        self.uses: dict[str, Use] = {}
        self.policies: list[WrittenPolicy] = []
        self.attachments: list[Attachment] = []
        self.duplicates: list[IamglueError] = []
        self.malformed: list[IamglueError] = []
        self.gaps: list[NotEvaluated] = []
        self._owners: dict[str, str] = {}

    def owners(self, resources: Mapping[str, Block]) -> None:
        """Takes in by what names roles, users and groups are spoken of; `resources` are by address."""
        for address, block in resources.items():
            if block.labels and block.labels[0] in _OWNERS:
                for attribute in ("name", "id", "arn"):
                    self._owners[hole(f"{address}.{attribute}")] = address
                name = value(block, "name")
                if name is not None and name.shape is Shape.SCALAR:
                    self._owners.setdefault(f"{block.labels[0]} {name.text}", address)

    def take(self, kind: str, address: str, block: Block) -> None:
        """Takes in what one resource says of policies."""
        for attribute, use in table.USES.get(kind, ()):
            self._policy(address, value(block, attribute), use)
        if kind in table.INLINE:
            attribute, owner_kind = table.INLINE[kind]
            owner = self._owner(value(block, attribute), owner_kind)
            self._policy(address, value(block, "policy"), Use(PolicyType.IDENTITY, None, owner, owner_kind))
        elif kind == "aws_iam_role":
            self._role(address, block)
        elif kind in table.ATTACHMENTS:
            self._attached(kind, block)
        elif kind == "aws_organizations_policy":
            self._organization(address, block)
        elif kind == table.PERMISSION:
            use = Use(PolicyType.RESOURCE, RESOURCE_TYPE)
            self.add(address, permission_policy(block), use)

    def add(self, name: str, node: Node, use: Use) -> None:
        """Takes in one policy."""
        self.policies.append(
            WrittenPolicy(
                node,
                use.type,
                name,
                use.resource_type,
                owner=use.owner,
                owner_kind=use.owner_kind,
                managed=use.managed,
                settings=self.settings,
            )
        )

    def _role(self, address: str, block: Block) -> None:
        use = Use(PolicyType.IDENTITY, None, address, "role")
        for each in block.blocks("inline_policy"):
            self._policy(address, value(each, "policy"), use)
        arns = value(block, "managed_policy_arns")
        for arn in arns.items if arns is not None else ():
            if arn.shape is Shape.SCALAR:
                self.attachments.append(Attachment(arn, address))

    def _attached(self, kind: str, block: Block) -> None:
        arn = value(block, "policy_arn")
        if arn is None:
            return
        if arn.shape is Shape.UNKNOWN:
            arn = replace(arn, shape=Shape.SCALAR, text=hole(arn.text), holes=True)
        for attribute in table.ATTACHMENTS[kind]:
            named = value(block, attribute)
            if named is None:
                continue
            for each in named.items if named.shape is Shape.LIST else (named,):
                owner = self._owner(each, attribute.removesuffix("s"))
                if owner is not None:
                    self.attachments.append(Attachment(arn, owner))

    def _owner(self, node: Node | None, kind: str) -> str | None:
        if node is None or node.shape not in (Shape.SCALAR, Shape.UNKNOWN):
            return None
        if node.shape is Shape.UNKNOWN:
            plain = _INDEX.sub("", node.text)
            return self._owners.get(hole(plain), node.text)
        return self._owners.get(node.text) or self._owners.get(f"aws_iam_{kind} {node.text}", node.text)

    def _organization(self, address: str, block: Block) -> None:
        kind = value(block, "type")
        name = "SERVICE_CONTROL_POLICY" if kind is None else kind.text
        if kind is not None and (kind.shape is not Shape.SCALAR or kind.holes):
            self.gap(address, kind)
        elif name in table.ORGANIZATION:  # the others (tag policies and the like) are in languages of their own
            self._policy(address, value(block, "content"), Use(table.ORGANIZATION[name]))

    def _policy(self, address: str, node: Node | None, use: Use) -> None:
        if node is None or (node.shape is Shape.SCALAR and not node.text.strip()):
            return
        referred = _DATA.fullmatch(node.text) if node.shape is Shape.UNKNOWN else None
        if referred and referred[1] in self.names:
            self.uses.setdefault(referred[1], use)
            return
        if node.shape is Shape.SCALAR and not node.plain:
            reading = self._read(address, node)
            if reading is None:
                return
            node = reading.documents[0]
        if node.shape is Shape.UNKNOWN:
            self.gap(address, node)
        else:
            self.add(address, node, use)

    def _read(self, address: str, node: Node) -> Reading | None:
        try:
            reading = document_text(node, self.scope)
        except IamglueError as error:
            if node.holes:  # what is put in may be more than text
                self.gap(address, replace(node, text=""))
            else:
                self.malformed.append(error)
            return None
        self.duplicates += reading.problems
        return reading

    def gap(self, address: str, node: Node) -> None:
        """Takes in that a policy is not known before deployment."""
        reason = f"`{node.text}` is not known before deployment" if node.text else "it is not known before deployment"
        if _DATA.fullmatch(node.text):
            reason = f"`{node.text}` stands in another file"
        what = f"the value at {node.location}"
        self.gaps.append(NotEvaluated(Gap.UNDECIDABLE, Subject("policy", address), what, reason))


def guessed(node: Node) -> Use:
    """What a policy is for that nothing in its file uses: by its principals, as for a policy in a file of its own."""
    return Use(guessed_type(node) or PolicyType.IDENTITY)


def spread_uses(found: Found, documents: Mapping[str, Block]) -> None:
    """A document is for what those are for that it goes into."""
    names = {hole(f"data.aws_iam_policy_document.{name}.json"): name for name in documents}
    pending = [name for name in documents if name in found.uses]
    while pending:
        name = pending.pop()
        for node in _merged(documents[name]):
            used = names.get(hole(node.text) if node.shape is Shape.UNKNOWN else node.text)
            if used is not None and used not in found.uses:
                found.uses[used] = found.uses[name]
                pending.append(used)


def _merged(block: Block) -> Iterator[Node]:
    for attribute in MERGED:
        found = value(block, attribute)
        if found is not None:
            yield from found.items if found.shape is Shape.LIST else (found,)
