"""The callers that a policy names, by a Principal or by a fixed value of a condition key.

What a policy allows to anyone else is public:
https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from iamglue.catalog.fixed_caller_keys import CallerValue, FixedCallerKey, find_fixed_caller_key
from iamglue.engine.evaluate.fixed_values import LIMITING_OPERATORS, is_fixed_arn, is_narrow_range
from iamglue.engine.evaluate.operators import NEGATED_TO_POSITIVE
from iamglue.engine.solve.access import Access
from iamglue.policy.arns import ARN_FIELD_COUNT, split_arn_fields
from iamglue.policy.conditions import Condition, Operator
from iamglue.policy.model import EVERYONE, MatchList, Principal, Statement
from iamglue.policy.patterns.wildcards import has_wildcard
from iamglue.risk.zone_access import requests_by, requests_with

_ACCOUNT = re.compile(r"[0-9]{12}")
# A role session's user ID is the unique ID of the role and the name of the session:
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
_ROLE_USER_ID = re.compile(r"AROA[A-Z0-9]+:.*")
_ACCOUNT_FIELD = 4
_MULTIVALUED = frozenset({CallerValue.ORGANIZATION_PATH, CallerValue.NETWORK_PATH})


@dataclass(frozen=True, slots=True)
class Grantee:
    """A caller: `name` in words, `access` all of its requests; `account` or `organization` if the policy says it.

    `is_principal`: a Principal element names it. `note` says what the policy leaves open.
    """

    name: str
    access: Access
    account: str | None = None
    organization: str | None = None
    is_principal: bool = False
    note: str = ""

    @property
    def rank(self) -> int:
        """Order of what is known about the caller: a principal, an account or an organization, anything else."""
        return 0 if self.is_principal else 1 if self.account or self.organization else 2


def named_grantees(statement: Statement, actions: MatchList) -> Iterator[Grantee]:
    """The callers that a statement names, whatever its effect, except services and web identity providers.

    Their requests are those for `actions`.
    """
    if statement.principals is not None:
        for principal in statement.principals.values:
            yield from _principal_grantee(principal, actions)
    for condition in statement.conditions:
        row = find_fixed_caller_key(condition.key)
        if row is not None:
            yield from _condition_grantees(condition, row, actions)


def names_only_fixed_principals(statement: Statement) -> bool:
    """Whether the Principal element of a statement names only callers that nobody else can be."""
    element = statement.principals
    return element is not None and not element.negated and all(map(_is_fixed_principal, element.values))


def _is_fixed_principal(principal: Principal) -> bool:
    """Whether a principal is one caller. S3's page calls a web identity provider public: anyone may be its user."""
    if principal.value.startswith("${") or principal.value == EVERYONE.value:
        return False  # a parameter may be `*`
    return principal.kind in ("AWS", "CanonicalUser", "Service") or _account_of(principal.value) is not None


def _principal_grantee(principal: Principal, actions: MatchList) -> Iterator[Grantee]:
    """The caller that a principal names; none for everyone, services, and providers that anyone may be a user of."""
    if principal.kind == "Service" or not _is_fixed_principal(principal):
        return
    name, account, note = principal.value, _account_of(principal.value), ""
    if principal.kind == "CanonicalUser":
        name, note = f"canonical user {principal.value}", "a canonical user ID does not say its account"
    elif principal.kind == "Federated":
        name, account, note = f"users of {name}", None, "users of an identity provider belong to no account"
    elif account is None:
        note = "the policy does not say the account of this principal"
    yield Grantee(name, requests_by(actions, principal), account, is_principal=True, note=note)


def _condition_grantees(condition: Condition, row: FixedCallerKey, actions: MatchList) -> Iterator[Grantee]:
    """One caller for each fixed value of a condition."""
    base = NEGATED_TO_POSITIVE.get(condition.operator.base, condition.operator.base)
    if base not in LIMITING_OPERATORS:
        return
    operator = Operator(base, "ForAnyValue" if row.value in _MULTIVALUED or condition.operator.quantifier else "")
    for value in condition.values:
        if _is_fixed(value, base, row.value):
            access = _limit_by_service(requests_with(actions, Condition(operator, condition.key, (value,))), row)
            yield Grantee(
                f"callers with {condition.key} = {value}", access, *_owner(value, row.value), note=_note(row.value)
            )


def _limit_by_service(access: Access, row: FixedCallerKey) -> Access:
    """The requests for services whose policies the key limits."""
    if row.services:
        return access & requests_with(MatchList(tuple(f"{service}:*" for service in row.services)))
    if row.excluded_services:
        return access - requests_with(MatchList(tuple(f"{service}:*" for service in row.excluded_services)))
    return access


def _is_fixed(value: str, base: str, kind: CallerValue) -> bool:
    """Whether a value limits its key to callers that nobody else can be."""
    is_pattern = base in ("StringLike", "ArnLike", "ArnEquals") and has_wildcard(value)
    if kind in (CallerValue.ARN, CallerValue.ACCESS_POINT) and is_pattern:
        return is_fixed_arn(value, base)
    test = _FIXED_TESTS.get(kind)
    return bool(value) and "${" not in value and (test(value) if test else not is_pattern)


def _is_fixed_user_id(text: str) -> bool:
    return bool(_ROLE_USER_ID.fullmatch(text)) or not has_wildcard(text)


def _is_fixed_path(text: str) -> bool:
    """Whether a path, or a pattern of paths, is of one organization."""
    organization, slash, _ = text.partition("/")
    return not has_wildcard(organization if slash else text)


# Kinds of values that are fixed by their form; of the other kinds, a value is fixed if it is not a pattern.
_FIXED_TESTS: dict[CallerValue, Callable[[str], bool]] = {
    CallerValue.ORGANIZATION_PATH: _is_fixed_path,
    CallerValue.NETWORK_PATH: _is_fixed_path,
    CallerValue.RANGE: lambda text: is_narrow_range(text) is True,
    CallerValue.USER_ID: _is_fixed_user_id,
    CallerValue.TRUE: lambda text: text.lower() == "true",
}


def _owner(value: str, kind: CallerValue) -> tuple[str | None, str | None]:
    """The account and the organization that a fixed value names."""
    match kind:
        case CallerValue.ACCOUNT | CallerValue.ARN:
            return _account_of(value), None
        case CallerValue.ORGANIZATION | CallerValue.ORGANIZATION_PATH:
            return None, value.partition("/")[0]
        case _:
            return None, None


def _note(kind: CallerValue) -> str:
    """What the value of a condition leaves open about who the caller is; empty for values that say it."""
    match kind:
        case CallerValue.NETWORK | CallerValue.NETWORK_PATH | CallerValue.RANGE:
            return "only the network is limited: the caller may be of any account"
        case CallerValue.ACCESS_POINT:
            return "the policies of the access points say who may use them"
        case CallerValue.ARN | CallerValue.TEXT | CallerValue.USER_ID | CallerValue.TRUE:
            return "the value does not say the account of the caller"
        case _:
            return ""


def _account_of(text: str) -> str | None:
    """The account ID of an ARN, or the text if it is one."""
    if _ACCOUNT.fullmatch(text):
        return text
    fields = split_arn_fields(text)
    return (
        fields[_ACCOUNT_FIELD]
        if len(fields) == ARN_FIELD_COUNT and _ACCOUNT.fullmatch(fields[_ACCOUNT_FIELD])
        else None
    )
