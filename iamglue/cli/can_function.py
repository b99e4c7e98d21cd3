"""The policies of a deployed function's role, for `iamglue can --error --function`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from iamglue.aws.collect_request import CollectRequest
from iamglue.can import PolicySet
from iamglue.cli.audit_sources import AuditSources, read_accounts
from iamglue.cli.stderr import print_note
from iamglue.errors import IamglueError
from iamglue.explain_denial.principals import find_caller, role_name
from iamglue.model.account import Account, AttachedPolicy, DeployedFunction, Role
from iamglue.model.denial import AccessDenial, DenialPolicyType
from iamglue.model.policy_file import PolicyFile
from iamglue.policy.arns import parse_arn

_INVOKE = ("lambda:InvokeFunction", "lambda:InvokeFunctionUrl")


@dataclass(frozen=True, slots=True)
class FunctionSource:
    """Where to read a function from: AWS, or a file of `audit --save`."""

    name: str
    input: str | None
    region: str | None
    profile: str | None


@dataclass(frozen=True, slots=True)
class FunctionPolicies:
    """A function with its role and its account."""

    function: DeployedFunction
    role: Role
    account: Account

    def with_policies(self, denial: AccessDenial) -> tuple[AccessDenial, PolicySet]:
        """The denial with the role as its principal, and the policies that decide it.

        Raises IamglueError if the message is about another principal, or a document could not be read.
        """
        if denial.policy_type is DenialPolicyType.TRUST and denial.resource in (None, self.role.arn):
            trust = _policy_files((self.role.trust,), f"the trust policy of {self.role.name}")
            return replace(denial, resource=self.role.arn), PolicySet(resource=trust)
        if denial.action in _INVOKE and self._is_function(denial.resource):
            statements = _policy_files(permission.policy for permission in self.function.permissions)
            if not self._is_principal(denial):
                return denial, PolicySet(resource=statements)
            return denial, replace(self._role_policies(denial), resource=statements)
        if denial.principal is not None and not self._is_principal(denial):
            raise IamglueError(
                f"the message is about {denial.principal}, not about the role {self.role.name} of {self.function.name}",
                hint="give the function whose role the message names, or policies with --policy",
            )
        return replace(denial, principal=denial.principal or self.role.arn), self._role_policies(denial)

    def _is_function(self, resource: str | None) -> bool:
        """Whether a resource is the function, or a version or an alias of it."""
        return resource is not None and f"{resource}:".startswith(f"{self.function.arn}:")

    def _is_principal(self, denial: AccessDenial) -> bool:
        """Whether the principal of the message is the function's role or a session of it."""
        caller = find_caller(denial.principal)
        return caller is not None and role_name(caller) == (self.role.account, self.role.name)

    def _role_policies(self, denial: AccessDenial) -> PolicySet:
        """The policies that limit what the role may do; RCPs bind resources of their own account."""
        arn = parse_arn(denial.resource or "")
        has_other_owner = arn is not None and arn.account not in ("", self.account.id)
        return PolicySet(
            identity=_policy_files(self.role.policies),
            boundary=_policy_files((self.role.boundary,) if self.role.boundary else ()),
            scp_levels=tuple(map(_policy_files, self.account.scps or ())),
            rcp_levels=() if has_other_owner else tuple(map(_policy_files, self.account.rcps or ())),
        )


def read_function(source: FunctionSource) -> FunctionPolicies:
    """Read a function by its name or ARN. Raises IamglueError if it, or its role, cannot be read."""
    request = CollectRequest((source.name,), region=source.region, profile=source.profile)
    (account,) = read_accounts(AuditSources(request, (source.input,) if source.input else ()))
    functions = [function for function in account.functions if source.name in (function.name, function.arn)]
    if len(functions) != 1:
        problem = "there is no function" if not functions else "there are several functions"
        raise IamglueError(f"{problem} `{source.name}`", hint="give the name or the ARN of a function that was read")
    role = next((role for role in account.roles if role.arn == functions[0].role_arn), None)
    if role is None:
        raise IamglueError(f"the role {functions[0].role_arn} of {source.name} could not be read")
    for gap in account.gaps:
        print_note(f"not read: {gap.what}: {gap.reason}")
    return FunctionPolicies(functions[0], role, account)


def _policy_files(policies: Iterable[AttachedPolicy], name: str | None = None) -> tuple[PolicyFile, ...]:
    """The policies under the names that a report shows."""
    return tuple(_policy_file(policy, name or policy.arn or f"the inline policy {policy.name}") for policy in policies)


def _policy_file(policy: AttachedPolicy, name: str) -> PolicyFile:
    """The policy under a name. Raises IamglueError if its document could not be read: no decision is then certain."""
    if policy.policy is None:
        raise IamglueError(f"{name} {policy.parse_failure}: what the policies allow is not known")
    return PolicyFile(name, policy.policy)
