"""Draft of the account that a template creates: roles, functions and policies by their keys in the template."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from iamglue.catalog.managed_policies import find_managed_policy, managed_policy_paths
from iamglue.findings import NotEvaluated, NotEvaluatedKind, Subject
from iamglue.model.account import (
    Account,
    AttachedPolicy,
    DeployedFunction,
    FunctionResourcePolicy,
    Pairs,
    Role,
)
from iamglue.model.origin import Origin
from iamglue.policy.model import VERSION_2012
from iamglue.policy.patterns.variables import (
    ACCOUNT_PARAMETER,
    PARTITION_PARAMETER,
    REGION_PARAMETER,
    reference_names,
    substitute_parameters,
)
from iamglue.policy.source.nodes import Node
from iamglue.readers.api_documents import parse_attached_policy
from iamglue.readers.templates.function_draft import FunctionDraft
from iamglue.readers.text_budget import TextBudget

_RESOURCE_POLICY = "resource-based policy"
# A reference resolves to an ARN, which contains references to names; the limit ends cycles.
_MAX_SUBSTITUTION_ROUNDS = 4
_MODULE_OR_INDEX = re.compile(r"^(?:module\.[\w-]+(?:\[[^\]]*\])?\.)+|\[[^\]]*\]")
LAMBDA_PRINCIPAL = "lambda.amazonaws.com"
UNKNOWN_STATEMENT = "its values are not known before deployment"
_UNKNOWN_DOCUMENT = "its document is not known before deployment"
_OUTSIDE_POLICY = "it is neither in the template nor in the snapshot of AWS managed policies"


@dataclass(slots=True)
class RoleDraft:
    """A role; inline policies come before attached ones, as in `Role.policies`."""

    name: str
    arn: str
    path: str = "/"
    trust: AttachedPolicy | None = None
    inline: list[AttachedPolicy] = field(default_factory=list)
    attached: list[AttachedPolicy] = field(default_factory=list)
    boundary: AttachedPolicy | None = None
    tags: Pairs = ()
    origin: Origin | None = None


class AccountDraft:
    """Collects the content of a template; `names` are the known values of its references.

    `roots` has the documents of the template by path; a text in HCL has none. `sam_role_keys` maps the logical ID of a
    SAM function to the key of the role that SAM creates for it. `reference_names` are those of the account.
    `outputs`, `exports`, `outside_policies` and `resource_roles` are those of the account. `unknown_statements` are the
    statements of managed policies, by the ARN of the policy, whose values are not known; `unknown_documents` are the
    ARNs of managed policies of which nothing is known.
    """

    def __init__(self, names: dict[str, str], roots: Mapping[str, Node] | None = None) -> None:
        self.roles: dict[str, RoleDraft] = {}
        self.functions: dict[str, FunctionDraft] = {}
        self.sam_role_keys: dict[str, str] = {}
        self.managed_policies: dict[str, AttachedPolicy] = {}
        self.outside_policies: list[tuple[str, AttachedPolicy]] = []
        self.outputs: Pairs = ()
        self.exports: Pairs = ()
        self.resource_roles: list[tuple[str, str]] = []
        self.unknown_statements: dict[str, list[str]] = {}
        self.unknown_documents: set[str] = set()
        self.not_evaluated: list[NotEvaluated] = []
        self.reference_values = names
        self.reference_names: Mapping[str, str] = {}
        self._roots = dict(roots or {})
        self._budget = TextBudget()
        self._role_keys: tuple[tuple[int, int], dict[str, str]] = ((0, 0), {})

    def origin(self, node: Node, statements: Iterable[Node] = (), address: str = "") -> Origin:
        """The origin of what a node declares; `address` is the Terraform address of its resource."""
        root = self._roots.get(node.path)
        return Origin(node, root, tuple(statements), json_syntax_pointer(address) if root is None else "")

    def fill_references(self, text: str) -> str:
        """The text with the known values of its references."""
        for _ in range(_MAX_SUBSTITUTION_ROUNDS):
            length = sum([len(self.reference_values.get(name, "")) for name in reference_names(text)])
            if not length or not (self._budget.fits(length) and self._budget.consume(length)):
                break
            text = substitute_parameters(text, self.reference_values)
        return text

    def build_policy(
        self, name: str, data: Any, arn: str | None = None, origin: Origin | None = None
    ) -> AttachedPolicy:
        """The policy of a document with its references filled; `policy` is None if the document is malformed."""
        policy = parse_attached_policy(name, json.dumps(self._fill_data(data), ensure_ascii=False), arn)
        return replace(policy, origin=origin)

    def find_aws_managed_policy(self, arn: str, origin: Origin | None = None) -> AttachedPolicy | None:
        """The AWS managed policy with this ARN or, as SAM allows, this name; None if there is none."""
        name = arn.rpartition("/")[2]
        managed_policy = find_managed_policy(name) if ":aws:policy/" in arn or arn in managed_policy_paths() else None
        if managed_policy is None:
            return None
        return self.build_policy(name, managed_policy.document, managed_policy.arn, origin)

    def attach_policy(self, role: str, text: str, *, boundary: bool = False, origin: Origin | None = None) -> None:
        """Attach a managed policy of the template or of AWS; record an unknown policy as not evaluated.

        `origin` is what attaches the policy, None if that is the role's own declaration.
        """
        arn = self.fill_references(text)
        policy = self.managed_policies.get(arn) or self.find_aws_managed_policy(arn, origin or self.roles[role].origin)
        if policy is None:
            is_outside = arn not in self.unknown_documents
            reason = _OUTSIDE_POLICY if is_outside else _UNKNOWN_DOCUMENT
            outside = arn if is_outside and not boundary else ""
            self.record_unknown_policy(role, f"what `{arn}` allows", reason, boundary=boundary, outside=outside)
            return
        for what in self.unknown_statements.get(arn, ()):
            self.record_unknown_policy(role, what, UNKNOWN_STATEMENT, boundary=boundary)
        role_draft = self.roles[role]
        if boundary:
            role_draft.boundary = policy
        elif policy not in role_draft.attached:
            role_draft.attached.append(policy)

    def record_not_evaluated(
        self, role: str, what: str, reason: str, kind: NotEvaluatedKind = NotEvaluatedKind.UNDECIDABLE
    ) -> None:
        """Record a property of a role that the template does not determine."""
        self.not_evaluated.append(NotEvaluated(kind, self.role_subject(role), what, reason))

    def record_unknown_policy(
        self, role: str, what: str, reason: str, *, boundary: bool = False, outside: str = ""
    ) -> None:
        """Record that a policy or the boundary of a role is not known; `outside` names a policy declared elsewhere."""
        kind, subject = NotEvaluatedKind.UNDECIDABLE, self.role_subject(role)
        self.not_evaluated.append(
            NotEvaluated(kind, subject, what, reason, policies_unknown=not boundary, outside_policy=outside)
        )

    def role_key(self, text: str) -> str | None:
        """The key of the role that a text names: by its key, name, reference or ARN; None if there is none."""
        state = len(self.roles), len(self.reference_values)
        if self._role_keys[0] != state:  # looking at every role for each function takes minutes for thousands
            keys: dict[str, str] = {}
            for key, role in self.roles.items():
                names = (key, role.name, f"${{{key}}}", f"${{{key}.Arn}}", role.arn, self.fill_references(role.arn))
                for name in names:
                    keys.setdefault(name, key)
            self._role_keys = state, keys
        return self._role_keys[1].get(text)

    def role_subject(self, role: str) -> Subject:
        """The subject for the role with this key; for any other name, a role of that name."""
        role_draft = self.roles.get(role)
        return Subject("role", role_draft.name, role_draft.arn) if role_draft else Subject("role", role)

    def build_account(self, path: str) -> Account:
        """The account of everything collected; `path` is its source."""
        location = {
            name: self.fill_references(text)
            for name, text in (("id", ACCOUNT_PARAMETER), ("partition", PARTITION_PARAMETER))
        }
        return Account(
            location["id"],
            tuple(map(self._build_function, self.functions.values())),
            tuple(map(self._build_role, self.roles.values())),
            partition=location["partition"],
            source=path,
            planned=True,
            reference_names=tuple(self.reference_names.items()),
            outputs=tuple((name, self.fill_references(value)) for name, value in self.outputs),
            exports=tuple((name, self.fill_references(value)) for name, value in self.exports),
            outside_policies=tuple(self.outside_policies),
            resource_roles=tuple((arn, self.fill_references(role)) for arn, role in self.resource_roles),
            gaps=tuple(dict.fromkeys((*self.not_evaluated, *self._function_gaps(), *self._budget.not_evaluated(path)))),
        )

    def _build_role(self, role_draft: RoleDraft) -> Role:
        """The role; one without a trust policy, as of a SAM function, is trusted by Lambda."""
        trust = role_draft.trust or self.build_policy("trust policy", trust_document(), origin=role_draft.origin)
        policies = (*role_draft.inline, *role_draft.attached)
        return Role(
            role_draft.name,
            self.fill_references(role_draft.arn),
            replace(trust, name="trust policy"),
            policies,
            role_draft.boundary,
            role_draft.path,
            role_draft.tags,
            origin=role_draft.origin,
        )

    def _function_gaps(self) -> Iterator[NotEvaluated]:
        """What is not known of the functions."""
        for draft in self.functions.values():
            yield from draft.gaps(self.fill_references)

    def _build_function(self, function_draft: FunctionDraft) -> DeployedFunction:
        """The function; the statements that resources add to it are one resource-based policy."""
        permissions: tuple[FunctionResourcePolicy, ...] = ()
        if function_draft.statements:
            document = {"Version": VERSION_2012, "Statement": [data for data, _ in function_draft.statements]}
            nodes = tuple(node for _, node in function_draft.statements)
            origin = self.origin(nodes[0], nodes)
            permissions = (FunctionResourcePolicy(self.build_policy(_RESOURCE_POLICY, document, origin=origin)),)
        return replace(
            function_draft.function,
            event_sources=tuple(function_draft.event_sources),
            permissions=permissions,
            urls=tuple(function_draft.urls),
            open_routes=tuple(function_draft.open_routes),
        )

    def _fill_data(self, data: Any) -> Any:
        """The data with the references in all its texts filled."""
        if isinstance(data, str):
            return self.fill_references(data)
        if isinstance(data, list):
            return [self._fill_data(item) for item in data]
        return (
            {self.fill_references(key): self._fill_data(value) for key, value in data.items()}
            if isinstance(data, dict)
            else data
        )


def json_syntax_pointer(address: str) -> str:
    """The pointer of a Terraform resource or data source in a configuration that is written as JSON."""
    address = _MODULE_OR_INDEX.sub("", address)  # the file has the resource of the module, not its instances
    if not address:
        return ""
    return "/" + address.replace(".", "/") if address.startswith("data.") else "/resource/" + address.replace(".", "/")


def trust_document(services: Iterable[str] = (LAMBDA_PRINCIPAL,)) -> dict[str, Any]:
    """A trust policy document for services."""
    principal = {"Service": list(services)}
    return {
        "Version": VERSION_2012,
        "Statement": [{"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}],
    }


def deployment_arn(service: str, resource: str, *, regional: bool = True) -> str:
    """The ARN of a resource before deployment: partition, Region and account are parameters."""
    return f"arn:{PARTITION_PARAMETER}:{service}:{REGION_PARAMETER if regional else ''}:{ACCOUNT_PARAMETER}:{resource}"
