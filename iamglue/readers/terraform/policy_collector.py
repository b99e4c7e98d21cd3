"""Collector for the policies and attachments of Terraform resources."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from iamglue.errors import IamglueError
from iamglue.findings import NotEvaluated, NotEvaluatedKind, Subject
from iamglue.model.parsed_file import Attachment
from iamglue.policy.model import VERSION_2012
from iamglue.policy.parsed_policy import ParameterValues, ParsedPolicy, PolicyType
from iamglue.policy.parsed_values import items
from iamglue.policy.source.nodes import Node, NodeKind, ParsedDocuments
from iamglue.readers.embedded_documents import is_document_text
from iamglue.readers.policy_documents import guess_policy_type
from iamglue.readers.templates.cloudformation_iam import ORGANIZATION_POLICY_TYPES
from iamglue.readers.terraform import policy_attributes as table
from iamglue.readers.terraform.blocks import TerraformBlock, attribute_value
from iamglue.readers.terraform.json_document import parse_json_document
from iamglue.readers.terraform.lambda_permission import (
    FUNCTION_RESOURCE_TYPE,
    LAYER_RESOURCE_TYPE,
    layer_permission_policy,
    permission_policy,
)
from iamglue.readers.terraform.list_references import settle
from iamglue.readers.terraform.null_members import without_nulls
from iamglue.readers.terraform.policy_attributes import PolicyUse
from iamglue.readers.terraform.policy_data_source import (
    MERGED_DOCUMENT_ARGUMENTS,
    StatementsOfDocument,
    policy_document,
)
from iamglue.readers.terraform.scope import TerraformScope
from iamglue.readers.terraform.string_templates import expression_text, unresolved_parameter
from iamglue.readers.terraform.unread_files import unknown_policy
from iamglue.readers.terraform.values import ValueFactory, alternatives

_DATA_SOURCE = re.compile(
    r"((?:module\.[\w-]+(?:\[[^\]]*\])?\.)*data\.aws_iam_policy_document\.[\w-]+(?:\[[^\]]*\])?)\.(?:minified_)?json"
)
_INDEX = re.compile(r"\[[^\]]*\]")
_OWNER_RESOURCES = ("aws_iam_role", "aws_iam_user", "aws_iam_group")


class TerraformPolicyCollector:
    """Collects the policies of a configuration or plan. `uses` is how data sources are used, by their addresses."""

    def __init__(
        self, scope: TerraformScope, settings: ParameterValues, documents: Mapping[str, TerraformBlock] | None = None
    ) -> None:
        self.scope = scope
        self.settings = settings
        self.documents = documents or {}
        self.uses: dict[str, PolicyUse] = {}
        self.policies: list[ParsedPolicy] = []
        self.attachments: list[Attachment] = []
        self.duplicates: list[IamglueError] = []
        self.malformed: list[tuple[str, IamglueError]] = []  # with the path of the file
        self.locations: dict[str, Node] = {}  # of the blocks of resources and data sources, by address
        self.not_evaluated: list[tuple[str, NotEvaluated]] = []  # with the path of the file
        self.undecided_conditions: list[tuple[str, Node]] = []  # values with several possible policies
        self._owners: dict[str, str] = {}

    def add_owners(self, resources: Mapping[str, TerraformBlock]) -> None:
        """Register the names and references of roles, users and groups; the keys of `resources` are addresses."""
        for address, block in resources.items():
            if block.labels and block.labels[0] in _OWNER_RESOURCES:
                for attribute in ("name", "id", "arn"):
                    self._owners[unresolved_parameter(f"{address}.{attribute}")] = address
                    reference = self.scope.resolve(f"{address}.{attribute}")
                    if reference is not None and reference.kind is NodeKind.SCALAR:
                        self._owners.setdefault(reference.text, address)
                name = attribute_value(block, "name")
                if name is not None and name.kind is NodeKind.SCALAR:
                    self._owners[f"{block.labels[0]} {name.text}"] = address

    def add_resource(self, kind: str, address: str, block: TerraformBlock) -> None:
        """Add the policies and attachments of one resource; values that cannot be evaluated are malformed."""
        self.locations[address] = block.location_node
        try:
            self._add_resource(kind, address, block)
        except IamglueError as error:
            self.malformed.append((block.location_node.path, error))

    def _add_resource(self, kind: str, address: str, block: TerraformBlock) -> None:
        """Add what the table of attributes, and the kinds of resources that it does not fit, say of a resource."""
        for attribute, use in table.POLICY_ATTRIBUTES.get(kind, ()):
            self._add_attribute(address, block, attribute, use)
        if kind in table.INLINE_POLICY_RESOURCES:
            attribute, owner_kind = table.INLINE_POLICY_RESOURCES[kind]
            owner = self._find_owner(attribute_value(block, attribute), owner_kind)
            self._add_attribute(address, block, "policy", PolicyUse(PolicyType.IDENTITY, None, owner, owner_kind))
        elif kind == "aws_iam_role":
            self._add_role(address, block)
        elif kind in table.ATTACHMENT_RESOURCES:
            self._add_attachments(kind, block)
        elif kind in table.EXCLUSIVE_ATTACHMENTS:
            self._add_exclusive_attachments(kind, block)
        elif kind == "aws_organizations_policy":
            self._add_organization_policy(address, block)
        elif kind == table.LAMBDA_PERMISSION:
            self.add_policy(address, permission_policy(block), PolicyUse(PolicyType.RESOURCE, FUNCTION_RESOURCE_TYPE))
        elif kind == table.LAYER_PERMISSION:
            self.add_policy(
                address, layer_permission_policy(block), PolicyUse(PolicyType.RESOURCE, LAYER_RESOURCE_TYPE)
            )

    def add_policy(self, name: str, node: Node, use: PolicyUse) -> None:
        """Add one policy."""
        self.policies.append(
            ParsedPolicy(
                node,
                use.type,
                name,
                use.resource_type,
                owner=use.owner,
                owner_kind=use.owner_kind,
                managed=use.managed,
                parameter_values=self.settings,
            )
        )

    def _add_role(self, address: str, block: TerraformBlock) -> None:
        """Add the inline and managed policies of a role; record those that are known only at deployment."""
        use = PolicyUse(PolicyType.IDENTITY, None, address, "role")
        for inline_policy in block.blocks("inline_policy"):
            self._add_attribute(address, inline_policy, "policy", use)
        if block.has_dynamic_blocks("inline_policy"):
            self._record(address, f"inline policies of `{address}`", 'the `for_each` of dynamic "inline_policy"')
        arns = attribute_value(block, "managed_policy_arns")
        for arn in () if arns is None else items(arns):
            if arn.kind is NodeKind.SCALAR:
                self.attachments.append(Attachment(arn, address))
            else:
                self._record(address, f"managed policies of `{address}`", f"`{expression_text(arn.text)}`")

    def _record(self, address: str, what: str, cause: str) -> None:
        """Record policies of which nothing is known."""
        reason, subject = f"{cause} is not known before deployment", Subject("policy", address)
        entry = NotEvaluated(NotEvaluatedKind.UNDECIDABLE, subject, what, reason, policies_unknown=True)
        self.not_evaluated.append((self._path(address, ""), entry))

    def _add_exclusive_attachments(self, kind: str, block: TerraformBlock) -> None:
        """Add the managed policies that a resource attaches to an identity, whose only ones they are."""
        owner_attribute, owner_kind = table.EXCLUSIVE_ATTACHMENTS[kind]
        owner = self._find_owner(attribute_value(block, owner_attribute), owner_kind)
        arns = attribute_value(block, "policy_arns")
        if owner is not None and arns is not None:
            self.attachments += (Attachment(_arn_text(arn), owner) for arn in items(arns))

    def _add_attachments(self, kind: str, block: TerraformBlock) -> None:
        """Add the attachments of a managed policy to identities."""
        value = block.evaluate("policy_arn")
        arns = [] if value is None or value.is_null else [settle(arn) for arn in alternatives(value)]
        for attribute in table.ATTACHMENT_RESOURCES[kind]:
            owner_nodes = attribute_value(block, attribute) if arns else None
            if owner_nodes is None:
                continue
            for owner_node in items(owner_nodes):
                owner = self._find_owner(owner_node, attribute.removesuffix("s"))
                if owner is not None:
                    self.attachments += (Attachment(_arn_text(arn), owner) for arn in arns)

    def _find_owner(self, node: Node | None, kind: str) -> str | None:
        """The address of the identity that a value names; if it is not in the file, the name or expression."""
        if node is None or node.kind not in (NodeKind.SCALAR, NodeKind.UNKNOWN):
            return None
        if node.kind is NodeKind.UNKNOWN:
            return self._owners.get(unresolved_parameter(_INDEX.sub("", node.text)), node.text)
        name = node.text[2:-1] if node.text.startswith("${") and node.text.endswith("}") else node.text
        return self._owners.get(node.text) or self._owners.get(f"aws_iam_{kind} {node.text}", name)

    def _add_organization_policy(self, address: str, block: TerraformBlock) -> None:
        """Add an SCP or RCP; record a policy whose type is not known."""
        kind = attribute_value(block, "type")
        name = "SERVICE_CONTROL_POLICY" if kind is None else kind.text
        if kind is not None and (kind.kind is not NodeKind.SCALAR or kind.unresolved):
            self.record_not_evaluated(address, kind)
        elif name in ORGANIZATION_POLICY_TYPES:  # other types, such as tag policies, use other languages
            self._add_attribute(address, block, "content", PolicyUse(ORGANIZATION_POLICY_TYPES[name]))

    def _add_attribute(self, address: str, block: TerraformBlock, attribute: str, use: PolicyUse) -> None:
        """Add the policies that an attribute can have; for a reference to a data source, record its use."""
        value = block.evaluate(attribute)
        nodes = [] if value is None else list(alternatives(value))
        if value is not None and len(nodes) > 1:
            self.undecided_conditions.append((address, value))
        for node in nodes:
            self._add_document(address, settle(without_nulls(node)), use)

    def _add_document(self, address: str, node: Node, use: PolicyUse) -> None:
        """Add one policy; for a reference to a data source, record its use. Null and an empty text are no policy."""
        if node.is_null or (node.kind is NodeKind.SCALAR and not node.text.strip()):
            return
        document = self.find_document(node)
        if document is not None:
            self.uses.setdefault(document, use)
            return
        if node.kind is NodeKind.SCALAR and not node.plain:
            reading = self._parse_document(address, node)
            if reading is None:
                return
            node = reading.documents[0]
        if node.kind is NodeKind.UNKNOWN:
            self.record_not_evaluated(address, node, is_trust=use.type is PolicyType.TRUST)
        else:
            self.add_policy(address, node, use)

    def read_document(
        self, address: str, block: TerraformBlock, statements_of: StatementsOfDocument | None = None
    ) -> Node | None:
        """The policy of a data source; None if its values cannot be evaluated, which is recorded."""
        self.locations[address] = block.location_node
        try:
            return policy_document(block, statements_of)
        except IamglueError as error:
            self.malformed.append((block.location_node.path, error))
            return None

    def add_merged_text(self, address: str, node: Node) -> None:
        """Add a policy that is written in the argument of a data source, which merges it into one with a version."""
        reading = self._parse_document(address, node) if node.kind is NodeKind.SCALAR else None
        policy = settle(node if reading is None else reading.documents[0])
        if policy.kind is NodeKind.MAP:
            factory = ValueFactory(policy.source, (policy.start, policy.end))
            if policy.get("Version") is None:
                policy = replace(policy, pairs=((factory.text("Version"), factory.text(VERSION_2012)), *policy.pairs))
            self.add_policy(address, policy, self.uses.get(address) or guess_policy_use(policy))

    def find_document(self, node: Node) -> str | None:
        """The address of the data source that a value refers to; None for other values."""
        reference = _DATA_SOURCE.fullmatch(node.text) if node.kind is NodeKind.UNKNOWN else None
        return reference[1] if reference and reference[1] in self.documents else None

    def _parse_document(self, address: str, node: Node) -> ParsedDocuments | None:
        """The parsed JSON text; None if it is malformed, which is recorded."""
        try:
            reading = parse_json_document(node)
        except IamglueError as error:
            if node.unresolved:  # an interpolated value may be more than text
                self.record_not_evaluated(address, replace(node, text=""))
            else:
                self.malformed.append((self._path(address, node.path), error))
            return None
        self.duplicates += reading.problems
        return reading

    def record_not_evaluated(self, address: str, node: Node, *, is_trust: bool = False) -> None:
        """Record a policy that is not known before deployment; a trust policy grants the role no access."""
        is_data_source = _DATA_SOURCE.fullmatch(node.text) is not None
        entry = unknown_policy(address, node, is_in_other_file=is_data_source, is_trust=is_trust)
        self.not_evaluated.append((self._path(address, node.path), entry))

    def _path(self, address: str, default: str) -> str:
        """The file that declares a resource or data source."""
        return self.locations[address].path if address in self.locations else default


def _arn_text(node: Node) -> Node:
    """The ARN of an attachment; one that is not known is a parameter."""
    if node.kind is not NodeKind.UNKNOWN:
        return node
    return replace(node, kind=NodeKind.SCALAR, text=unresolved_parameter(node.text), unresolved=True)


def guess_policy_use(node: Node) -> PolicyUse:
    """The use of a policy that nothing in its file refers to, guessed from its principals."""
    return PolicyUse(guess_policy_type(node) or PolicyType.IDENTITY)


def add_merged_texts(collector: TerraformPolicyCollector) -> None:
    """Add the policies that are written in the arguments of data sources which merge them."""
    for address, block in collector.documents.items():
        for node in _merged_documents(block):
            if collector.find_document(node) is None and (node.kind is NodeKind.MAP or is_document_text(node)):
                collector.add_merged_text(address, node)


def propagate_uses(collector: TerraformPolicyCollector) -> None:
    """Give each merged data source the use of the data source that it is merged into."""
    pending = [address for address in collector.documents if address in collector.uses]
    while pending:
        address = pending.pop()
        for node in _merged_documents(collector.documents[address]):
            used = collector.find_document(node)
            if used is not None and used not in collector.uses:
                collector.uses[used] = collector.uses[address]
                pending.append(used)


def _merged_documents(block: TerraformBlock) -> Iterator[Node]:
    """The documents that a data source merges."""
    for attribute in MERGED_DOCUMENT_ARGUMENTS:
        documents = block.evaluate(attribute)
        if documents is not None:
            yield from items(documents)
