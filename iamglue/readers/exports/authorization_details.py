"""An account from files: `aws iam get-account-authorization-details`, and `aws lambda list-functions` beside it.

https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

from iamglue.findings import NotEvaluated, NotEvaluatedKind, Subject
from iamglue.model.account import Account, AttachedPolicy, Role
from iamglue.policy.patterns.variables import ACCOUNT_PARAMETER
from iamglue.readers.exports.export_policies import ExportPolicies
from iamglue.readers.exports.listed_functions import ListedFunctions, read_listed_functions
from iamglue.readers.exports.response_fields import ResponseFields
from iamglue.readers.exports.response_parser import ResponseItem, ResponseParser

_ROLES, _POLICIES = "RoleDetailList", "Policies"
_LISTS = frozenset({_ROLES, _POLICIES, "UserDetailList", "GroupDetailList"})
_COMMAND = "aws iam get-account-authorization-details"
_ASK = f"write it with `{_COMMAND} --output json`"
# What else people have at hand, by a key of it.
_OTHERS = {
    "Functions": "this is what `aws lambda list-functions` prints: it goes beside the export, with --functions",
    "Resources": "this looks like a template: audit it with --template",
    "planned_values": "this looks like a Terraform plan: audit it with --template",
    "Statement": "this looks like a policy: `iamglue lint` reads it",
}
_TRUST = "trust policy"


@dataclass(frozen=True, slots=True)
class _Found:
    """A role as far as its own entry tells, and what to look up elsewhere: ARNs of policies and of the boundary."""

    role: Role
    attached: tuple[str, ...]
    boundary: str | None


class _Export:
    """An export that is being read."""

    def __init__(self, path: str, text: str) -> None:
        self._answers = ResponseParser(path, text)
        self._keys: set[str] = set()
        self._truncated = False
        self.found: dict[str, _Found] = {}
        self.policies = ExportPolicies()

    def read(self) -> None:
        """Take in every page. Raises IamglueError for what is no export."""
        for page in self._answers.pages():
            self._truncated = False
            for item in page:
                self._keys.add(item.key)
                self._take(item)
        if _ROLES in self._keys:
            return
        if self._keys & _LISTS:
            raise self._answers.error(0, f"this export has no `{_ROLES}`", "leave out --filter, or add Role to it")
        hint = next((hint for key, hint in _OTHERS.items() if key in self._keys), _ASK)
        raise self._answers.error(0, f"this is not what `{_COMMAND}` prints: it has no `{_ROLES}`", hint)

    def account_of_roles(self) -> tuple[str, str]:
        """The account's id and partition: of several, as where ids were made unrecognizable, that of most roles."""
        owners = Counter(tuple(arn.split(":", 5)[1:5:3]) for arn in self.found)
        (partition, account), _ = next(iter(owners.most_common(1)), (("aws", ACCOUNT_PARAMETER), 0))
        return account, partition

    def roles(self) -> tuple[Role, ...]:
        """The roles with all their policies."""
        return tuple(map(self._whole, self.found.values()))

    def gaps(self, account: str) -> Iterator[NotEvaluated]:
        """What the export lacks."""
        if self._truncated:
            reason = "it says that more pages follow: run the command without --max-items and --no-paginate"
            yield NotEvaluated(NotEvaluatedKind.FAILED, Subject("account", account), "the rest of the export", reason)
        others = sorted({arn.split(":", 5)[4] for arn in self.found} - {account})
        if others:
            reason = f"the export has roles of {', '.join(others)} as well, each judged as one of its own account"
            yield NotEvaluated(
                NotEvaluatedKind.UNDECIDABLE, Subject("account", account), "whose export this is", reason
            )
        yield from self.policies.not_evaluated

    def _take(self, item: ResponseItem) -> None:
        if item.key in _LISTS and item.value != []:
            fields = ResponseFields.from_item(self._answers, item)
            if item.key == _ROLES:
                self._role(fields)
            elif item.key == _POLICIES:
                self.policies.add_managed_policy(fields)
        elif item.key in ("IsTruncated", "NextToken"):
            self._truncated = self._truncated or bool(item.value)

    def _role(self, fields: ResponseFields) -> None:
        name, arn = fields.text("RoleName"), fields.arn("Arn")
        subject = Subject("role", name, arn)
        boundary, last_used = fields.map("PermissionsBoundary"), fields.map("RoleLastUsed")
        role = Role(
            name=name,
            arn=arn,
            trust=self.policies.build_inline_policy(_TRUST, fields.raw("AssumeRolePolicyDocument"), subject),
            policies=tuple(
                self.policies.build_inline_policy(each.text("PolicyName"), each.raw("PolicyDocument"), subject)
                for each in fields.maps("RolePolicyList")
            ),
            path=fields.optional_text("Path") or "/",
            tags=tuple(sorted((tag.text("Key"), tag.optional_text("Value") or "") for tag in fields.maps("Tags"))),
            created=fields.timestamp("CreateDate"),
            last_used=last_used.timestamp("LastUsedDate") if last_used else None,
        )
        attached = tuple(each.arn("PolicyArn") for each in fields.maps("AttachedManagedPolicies"))
        bound = boundary.arn("PermissionsBoundaryArn") if boundary and boundary.field_names() else None
        self.found.setdefault(arn, _Found(role, attached, bound))

    def _whole(self, found: _Found) -> Role:
        role = found.role
        if not found.attached and not found.boundary:
            return role
        subject = Subject("role", role.name, role.arn)
        attached = tuple(self.policies.find_managed_policy(arn, subject) for arn in found.attached)
        boundary: AttachedPolicy | None = (
            self.policies.find_managed_policy(found.boundary, subject) if found.boundary else None
        )
        return replace(role, policies=(*role.policies, *attached), boundary=boundary)


def read_authorization_details(
    path: str, text: str, functions_text: str | None = None, functions_path: str | None = None
) -> Account:
    """The account of an export, and of a list of its functions beside it; `path` is what errors call the file.

    Raises IamglueError, with a place, for a text that is no such export. A document that is malformed and a policy that
    is nowhere to be found are gaps of the account.
    """
    export = _Export(path, text)
    export.read()
    account, partition = export.account_of_roles()
    roles = export.roles()
    listed = ListedFunctions()
    if functions_text is not None:
        listed = read_listed_functions(functions_path or path, functions_text, account)
    return Account(
        account if roles or not listed.functions else listed.functions[0].account,
        listed.functions,
        roles,
        partition=partition,
        source=path,
        gaps=(*export.gaps(account), *listed.not_evaluated),
    )
