"""Reads an account from the output of `aws iam get-account-authorization-details` and `aws lambda list-functions`.

https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

from iamglue.findings import NotEvaluated, NotEvaluatedKind, Subject
from iamglue.model.account import Account, AttachedPolicy, Role, User
from iamglue.policy.patterns.variables import ACCOUNT_PARAMETER
from iamglue.readers.exports.export_policies import ExportPolicies
from iamglue.readers.exports.listed_functions import ListedFunctions, read_listed_functions
from iamglue.readers.exports.response_fields import ResponseFields
from iamglue.readers.exports.response_parser import ResponseItem, ResponseParser

_ROLES, _POLICIES, _USERS, _GROUPS = "RoleDetailList", "Policies", "UserDetailList", "GroupDetailList"
_LISTS = frozenset({_ROLES, _POLICIES, _USERS, _GROUPS})
_COMMAND = "aws iam get-account-authorization-details"
_COMMAND_HINT = f"create the file with `{_COMMAND} --output json`"
_TRUST = "trust policy"


@dataclass(frozen=True, slots=True)
class _RoleEntry:
    """A role with its inline policies, and the ARNs of its managed policies and boundary, which are resolved later."""

    role: Role
    attached: tuple[str, ...]
    boundary: str | None


@dataclass(frozen=True, slots=True)
class _ExportedPolicies:
    """The inline policies of a user or group, the ARNs of its managed policies, and of a user's boundary and groups."""

    inline: tuple[AttachedPolicy, ...]
    attached: tuple[str, ...]
    boundary: str | None = None
    groups: tuple[str, ...] = ()


class _ExportReader:
    """Reads one export."""

    def __init__(self, path: str, text: str) -> None:
        self._parser = ResponseParser(path, text)
        self._keys: set[str] = set()
        self._truncated = False
        self.role_entries: dict[str, _RoleEntry] = {}
        self.policies = ExportPolicies()
        self._users: dict[str, tuple[User, _ExportedPolicies]] = {}
        self._groups: dict[str, _ExportedPolicies] = {}

    def read(self) -> None:
        """Read every page. Raises IamglueError for a text that is not an export."""
        for page in self._parser.pages():
            self._truncated = False
            for item in page:
                self._keys.add(item.key)
                self._add_item(item)
        if _ROLES in self._keys:
            return
        if self._keys & _LISTS:
            message = f"the export contains no roles: the key `{_ROLES}` is missing"
            raise self._parser.error(0, message, "run the command without --filter, or add Role to the filter")
        message = f"the file is not output of `{_COMMAND}`: the key `{_ROLES}` is missing"
        raise self._parser.error(0, message, _COMMAND_HINT)

    def account_of_roles(self) -> tuple[str, str]:
        """Return the account's id and partition.

        If the roles name several accounts, as in exports with redacted ids, return the one with the most roles.
        """
        owners = Counter(tuple(arn.split(":", 5)[1:5:3]) for arn in self.role_entries)
        (partition, account), _ = next(iter(owners.most_common(1)), (("aws", ACCOUNT_PARAMETER), 0))
        return account, partition

    def roles(self) -> tuple[Role, ...]:
        """Return the roles with all their policies."""
        return tuple(map(self._complete_role, self.role_entries.values()))

    def users(self) -> tuple[User, ...] | None:
        """Return the users with all their policies and those of their groups; None if the export has no users."""
        return tuple(map(self._complete_user, self._users.values())) if _USERS in self._keys else None

    def gaps(self, account: str) -> Iterator[NotEvaluated]:
        """Yield the parts of the account that could not be read from the export."""
        if self._truncated:
            reason = "the output is truncated: run the command without --max-items and --no-paginate"
            yield NotEvaluated(NotEvaluatedKind.FAILED, Subject("account", account), "the rest of the export", reason)
        other_accounts = sorted({arn.split(":", 5)[4] for arn in self.role_entries} - {account})
        if other_accounts:
            reason = f"the export also has roles of {', '.join(other_accounts)}; each is evaluated in its own account"
            yield NotEvaluated(
                NotEvaluatedKind.UNDECIDABLE, Subject("account", account), "the account of the export", reason
            )
        yield from self.policies.not_evaluated
        if self.role_entries:
            reason = "an export does not contain them; a role may be allowed less than its policies say"
            yield NotEvaluated(NotEvaluatedKind.UNDECIDABLE, Subject("account", account), "SCPs and RCPs", reason)

    def _add_item(self, item: ResponseItem) -> None:
        """Add an item of one of the four lists, or note that the page says there are more."""
        if item.key in _LISTS and item.value != []:
            fields = ResponseFields.from_item(self._parser, item)
            if item.key == _ROLES:
                self._add_role(fields)
            elif item.key == _USERS:
                self._add_user(fields)
            elif item.key == _GROUPS:
                self._groups[fields.text("GroupName")] = self._policies_of(fields, "GroupPolicyList")
            elif item.key == _POLICIES:
                self.policies.add_managed_policy(fields)
        elif item.key in ("IsTruncated", "NextToken"):
            self._truncated = self._truncated or bool(item.value)

    def _add_role(self, fields: ResponseFields) -> None:
        """Add a role, without the documents of its managed policies, which may come later in the export."""
        name, arn = fields.text("RoleName"), fields.arn("Arn")
        subject = Subject("role", name, arn)
        boundary, last_used = fields.map("PermissionsBoundary"), fields.map("RoleLastUsed")
        role = Role(
            name=name,
            arn=arn,
            trust=self.policies.build_inline_policy(_TRUST, fields.raw("AssumeRolePolicyDocument"), subject),
            policies=tuple(
                self.policies.build_inline_policy(item.text("PolicyName"), item.raw("PolicyDocument"), subject)
                for item in fields.maps("RolePolicyList")
            ),
            path=fields.optional_text("Path") or "/",
            tags=tuple(sorted((tag.text("Key"), tag.optional_text("Value") or "") for tag in fields.maps("Tags"))),
            created=fields.timestamp("CreateDate"),
            last_used=last_used.timestamp("LastUsedDate") if last_used else None,
        )
        attached = tuple(item.arn("PolicyArn") for item in fields.maps("AttachedManagedPolicies"))
        boundary_arn = boundary.arn("PermissionsBoundaryArn") if boundary and boundary.field_names() else None
        self.role_entries.setdefault(arn, _RoleEntry(role, attached, boundary_arn))

    def _add_user(self, fields: ResponseFields) -> None:
        """Add a user, without the documents of managed policies and groups, which may come later in the export."""
        tags = tuple(sorted((tag.text("Key"), tag.optional_text("Value") or "") for tag in fields.maps("Tags")))
        user = User(fields.text("UserName"), fields.arn("Arn"), tags=tags)
        self._users.setdefault(user.arn, (user, self._policies_of(fields, "UserPolicyList")))

    def _policies_of(self, fields: ResponseFields, inline: str) -> _ExportedPolicies:
        """Return the policies of a user or group; `inline` is the key of its inline policies."""
        boundary = fields.map("PermissionsBoundary")
        return _ExportedPolicies(
            tuple(
                self.policies.build_inline_policy(item.text("PolicyName"), item.raw("PolicyDocument"), None)
                for item in fields.maps(inline)
            ),
            tuple(item.arn("PolicyArn") for item in fields.maps("AttachedManagedPolicies")),
            boundary.arn("PermissionsBoundaryArn") if boundary and boundary.field_names() else None,
            fields.texts("GroupList"),
        )

    def _complete_user(self, entry: tuple[User, _ExportedPolicies]) -> User:
        """Return the user with the policies of its groups."""
        user, own = entry
        groups = [self._groups[name] for name in own.groups if name in self._groups]
        # A group that the export does not contain may allow anything: its policies are unread.
        missing = tuple(AttachedPolicy(f"group {name}", "", None) for name in own.groups if name not in self._groups)
        policies = [policy for owner in (own, *groups) for policy in owner.inline]
        arns = dict.fromkeys(arn for owner in (own, *groups) for arn in owner.attached)
        attached = (self.policies.find_managed_policy(arn, None) for arn in arns)
        boundary = self.policies.find_managed_policy(own.boundary, None) if own.boundary else None
        return replace(user, policies=(*policies, *attached, *missing), boundary=boundary)

    def _complete_role(self, entry: _RoleEntry) -> Role:
        """Return the role with its managed policies and its boundary."""
        role = entry.role
        if not entry.attached and not entry.boundary:
            return role
        subject = Subject("role", role.name, role.arn)
        attached = tuple(self.policies.find_managed_policy(arn, subject) for arn in entry.attached)
        boundary: AttachedPolicy | None = (
            self.policies.find_managed_policy(entry.boundary, subject) if entry.boundary else None
        )
        return replace(role, policies=(*role.policies, *attached), boundary=boundary)


def read_authorization_details(
    path: str, text: str, functions_text: str | None = None, functions_path: str | None = None
) -> Account:
    """Read the account of an export and, if given, of a list of its functions. `path` is the file name in errors.

    Raises IamglueError, with a location, for a text that is not such an export. Malformed documents and missing
    policies are listed in the account's `gaps`.
    """
    export = _ExportReader(path, text)
    export.read()
    account, partition = export.account_of_roles()
    roles, users = export.roles(), export.users()
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
        users=users,
    )
