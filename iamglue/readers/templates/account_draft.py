"""An account as a template will make it: roles, functions and policies by the names that the template has for them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from iamglue.catalog.managed_policies import find_managed_policy, managed_policy_paths
from iamglue.findings import NotEvaluated, NotEvaluatedKind, Subject
from iamglue.model.account import (
    Account,
    AttachedPolicy,
    DeployedFunction,
    EventSourceMapping,
    FunctionResourcePolicy,
    FunctionUrl,
    Pairs,
    Role,
)
from iamglue.policy.model import VERSION_2012
from iamglue.policy.patterns.variables import (
    ACCOUNT_PARAMETER,
    PARTITION_PARAMETER,
    REGION_PARAMETER,
    substitute_parameters,
    tokenize,
)
from iamglue.policy.plain_data import policy_from_data
from iamglue.readers.text_budget import TextBudget

_RESOURCE_POLICY = "resource-based policy"
# Names stand for ARNs, and those hold names: so often at most.
_ROUNDS = 4
LAMBDA_PRINCIPAL = "lambda.amazonaws.com"


@dataclass(slots=True)
class RoleDraft:
    """A role: inline policies before attached ones, as elsewhere."""

    name: str
    arn: str
    path: str = "/"
    trust: AttachedPolicy | None = None
    inline: list[AttachedPolicy] = field(default_factory=list)
    attached: list[AttachedPolicy] = field(default_factory=list)
    boundary: AttachedPolicy | None = None
    tags: Pairs = ()


@dataclass(slots=True)
class FunctionDraft:
    """A function, what polls for it and who may invoke it."""

    function: DeployedFunction
    event_sources: list[EventSourceMapping] = field(default_factory=list)
    statements: list[Any] = field(default_factory=list)
    urls: list[FunctionUrl] = field(default_factory=list)


class AccountDraft:
    """Collects what a template says; `names` are what its references stand for, as far as that is known.

    `owners` has the key of the role that a function of SAM's is given, by the function's.
    """

    def __init__(self, names: dict[str, str]) -> None:
        self.roles: dict[str, RoleDraft] = {}
        self.functions: dict[str, FunctionDraft] = {}
        self.sam_role_keys: dict[str, str] = {}
        self.managed_policies: dict[str, AttachedPolicy] = {}
        self.not_evaluated: list[NotEvaluated] = []
        self.reference_values = names
        self._budget = TextBudget()

    def fill_references(self, text: str) -> str:
        """A text with what its references stand for."""
        for _ in range(_ROUNDS):
            put = [self.reference_values.get(token.name, "") for token in tokenize(text)] if "${" in text else ()
            length = sum(map(len, put))
            if not length or not (self._budget.fits(length) and self._budget.consume(length)):
                break
            text = substitute_parameters(text, self.reference_values)
        return text

    def build_policy(self, name: str, data: Any, arn: str | None = None) -> AttachedPolicy:
        """A policy by the data of its document, which is filled; `policy` is None where it is malformed."""
        document = self._filled(data)
        return AttachedPolicy(name, json.dumps(document, ensure_ascii=False), policy_from_data(document), arn)

    def find_aws_managed_policy(self, arn: str) -> AttachedPolicy | None:
        """A policy of AWS's by its ARN or, as SAM takes it, its name."""
        name = arn.rpartition("/")[2]
        found = find_managed_policy(name) if ":aws:policy/" in arn or arn in managed_policy_paths() else None
        return None if found is None else self.build_policy(name, found.document, found.arn)

    def attach_policy(self, role: str, text: str, *, boundary: bool = False) -> None:
        """Attach a managed policy: of the template, of AWS's, or one that is not known, which is a gap."""
        arn = self.fill_references(text)
        found = self.managed_policies.get(arn) or self.find_aws_managed_policy(arn)
        if found is None:
            self.record_not_evaluated(
                role, f"what `{arn}` allows", "neither the template nor the snapshot of AWS's policies holds it"
            )
            return
        drafted = self.roles[role]
        if boundary:
            drafted.boundary = found
        elif found not in drafted.attached:
            drafted.attached.append(found)

    def record_not_evaluated(
        self, role: str, what: str, reason: str, kind: NotEvaluatedKind = NotEvaluatedKind.UNDECIDABLE
    ) -> None:
        """Something of a role that the template does not tell."""
        self.not_evaluated.append(NotEvaluated(kind, self.role_subject(role), what, reason))

    def role_subject(self, role: str) -> Subject:
        """The role with this key, or whatever else it names."""
        drafted = self.roles.get(role)
        return Subject("role", drafted.name, drafted.arn) if drafted else Subject("role", role)

    def build_account(self, path: str) -> Account:
        """The account with all that was collected."""
        place = {
            name: self.fill_references(text)
            for name, text in (("id", ACCOUNT_PARAMETER), ("partition", PARTITION_PARAMETER))
        }
        return Account(
            place["id"],
            tuple(map(self._function, self.functions.values())),
            tuple(map(self._role, self.roles.values())),
            partition=place["partition"],
            source=path,
            planned=True,
            gaps=tuple(dict.fromkeys((*self.not_evaluated, *self._budget.not_evaluated(path)))),
        )

    def _role(self, drafted: RoleDraft) -> Role:
        trust = drafted.trust or self.build_policy("trust policy", trust_document())
        policies = (*drafted.inline, *drafted.attached)
        return Role(
            drafted.name,
            self.fill_references(drafted.arn),
            replace(trust, name="trust policy"),
            policies,
            drafted.boundary,
            drafted.path,
            drafted.tags,
        )

    def _function(self, drafted: FunctionDraft) -> DeployedFunction:
        permissions: tuple[FunctionResourcePolicy, ...] = ()
        if drafted.statements:
            document = {"Version": VERSION_2012, "Statement": drafted.statements}
            permissions = (FunctionResourcePolicy(self.build_policy(_RESOURCE_POLICY, document)),)
        return replace(
            drafted.function,
            event_sources=tuple(drafted.event_sources),
            permissions=permissions,
            urls=tuple(drafted.urls),
        )

    def _filled(self, data: Any) -> Any:
        if isinstance(data, str):
            return self.fill_references(data)
        if isinstance(data, list):
            return [self._filled(each) for each in data]
        return (
            {self.fill_references(key): self._filled(of) for key, of in data.items()}
            if isinstance(data, dict)
            else data
        )


def trust_document(services: Iterable[str] = (LAMBDA_PRINCIPAL,)) -> dict[str, Any]:
    """The document of a trust policy for services."""
    who = {"Service": list(services)}
    return {
        "Version": VERSION_2012,
        "Statement": [{"Effect": "Allow", "Principal": who, "Action": "sts:AssumeRole"}],
    }


def deployment_arn(service: str, resource: str, *, regional: bool = True) -> str:
    """The ARN of what a deployment makes, where account and Region are not known yet."""
    return f"arn:{PARTITION_PARAMETER}:{service}:{REGION_PARAMETER if regional else ''}:{ACCOUNT_PARAMETER}:{resource}"
