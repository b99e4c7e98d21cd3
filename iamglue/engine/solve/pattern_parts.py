"""A pattern of requests, divided into parts whose requests AWS decides alike except for their action and resource."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from iamglue.catalog.tables import table_rows
from iamglue.engine.evaluate.callers import parse_caller
from iamglue.engine.evaluate.layers import Layers
from iamglue.engine.evaluate.request import Request
from iamglue.engine.evaluate.request_scope import SERVICES_REQUIRING_RESOURCE_POLICY, account_in_arn
from iamglue.engine.solve.access import EVERYTHING, NOTHING, Access, access_of_statement
from iamglue.engine.solve.action_bitsets import actions_in, pattern_bitset
from iamglue.engine.solve.proof import Verdict, prove_empty
from iamglue.engine.solve.representatives import EXTERNAL_ACCOUNT
from iamglue.policy.arns import ARN_FIELD_COUNT, replace_arn_field, split_arn_fields
from iamglue.policy.model import allow_statement
from iamglue.policy.patterns.wildcards import has_wildcard

_ACCOUNT_FIELD, _ACCOUNT_LENGTH = 4, 12
_ANY_ARN = "arn:*:*:*:*:*"
_OF_ACCOUNT = "arn:*:*:*:{}:*"
# By service: resources whose own policy must allow, and access points, whose policies S3 may not consider public.
_SPECIAL_RESOURCES = {"kms": "arn:*:kms:*:*:key/*", "sts": "arn:*:iam:*:*:role/*", "s3": "arn:*:s3:*:*:accesspoint/*"}


@dataclass(frozen=True, slots=True)
class DividedPattern:
    """A pattern: the action and the resource of `pattern` may have wildcards."""

    layers: Layers
    pattern: Request
    resource_account: str | None

    @property
    def access(self) -> Access:
        """The requests of the pattern."""
        access = _requests(self.pattern.action, self.pattern.resource)
        if self.resource_account and _has_wildcard_account(self.pattern.resource):
            accounts = (_OF_ACCOUNT.format(self.resource_account), _OF_ACCOUNT.format(""))
            return access & _requests("*", *accounts)
        return access

    def parts(self) -> Iterator[Access]:
        """The parts, those with usual resources first: requests of one part differ in action and resource alone."""
        for action_access in self._action_parts():
            yield from self._resource_parts(self.access & action_access)

    def has_open_account(self, request: Request) -> bool:
        """Whether other requests of the same part may be on resources of other accounts."""
        return _has_wildcard_account(self.pattern.resource) and _account(request.resource) not in self._known_accounts

    def example(self, access: Access, witness: Request) -> Request | None:
        """The request of the pattern that a witness stands for.

        Where the pattern leaves the account open, a text that is not an ID is replaced by one; None if no ID that
        matches is known.
        """
        request = replace(self.pattern, action=witness.action, resource=witness.resource)
        fields = split_arn_fields(witness.resource)
        is_open = _has_wildcard_account(self.pattern.resource)
        if not is_open or not _account(witness.resource) or account_in_arn(witness.resource):
            return request
        digits = "".join(filter(str.isdecimal, fields[_ACCOUNT_FIELD]))
        for account in (EXTERNAL_ACCOUNT, *(digits.ljust(_ACCOUNT_LENGTH, fill)[:_ACCOUNT_LENGTH] for fill in "01")):
            changed = replace(request, resource=replace_arn_field(fields, _ACCOUNT_FIELD, account))
            if access.contains(changed):
                return changed
        return None

    def _action_parts(self) -> Iterator[Access]:
        """The actions of the pattern; one by one for services whose actions AWS decides differently."""
        if self._service not in SERVICES_REQUIRING_RESOURCE_POLICY or not has_wildcard(self.pattern.action):
            yield EVERYTHING
            return
        names = [str(action) for action in actions_in(pattern_bitset(self.pattern.action))]
        for name in names:
            yield _requests(name, "*")
        yield ~_requests_of_actions(names)

    @property
    def _service(self) -> str:
        return self.pattern.action.partition(":")[0].lower()

    @property
    def _known_accounts(self) -> tuple[str, ...]:
        """The accounts that matter, and "" for ARNs without an account."""
        caller_account = parse_caller(self.pattern.principal).account
        known = (caller_account, self.resource_account, self.layers.management_account)
        return tuple(dict.fromkeys((*(account for account in known if account), "")))

    def _resource_parts(self, access: Access) -> list[Access]:
        """The parts of an access whose resources AWS decides alike, those with usual resources first."""
        rows = table_rows("organization_exemptions") if self.layers.rcps else ()
        exempt = (row["pattern"] for row in rows if row["element"] == "resource")
        parts = [access]
        if self.pattern.resource == "*":
            parts = _divide(parts, _ANY_ARN)
        for account in self._known_accounts if _has_wildcard_account(self.pattern.resource) else ():
            parts = _divide(parts, _OF_ACCOUNT.format(account))
        special = _SPECIAL_RESOURCES.get(self._service)
        for pattern in (*exempt, *((special,) if special else ())):
            parts = _divide(parts, pattern, matching_first=False)
        return parts


def _divide(parts: list[Access], pattern: str, *, matching_first: bool = True) -> list[Access]:
    """Each part as the requests on resources that match a pattern, and the others; empty parts are left out."""
    matching = _requests("*", pattern)
    halves = ((part & matching, part - matching) for part in parts)
    ordered = (half if matching_first else half[::-1] for half in halves)
    return [part for half in ordered for part in half if not _is_empty(part)]


def _is_empty(access: Access) -> bool:
    return prove_empty(access).verdict is Verdict.EMPTY


def _requests(action: str, *resources: str) -> Access:
    """All requests for an action pattern on resources that match one of the patterns."""
    return access_of_statement(allow_statement((action,), resources))


def _requests_of_actions(actions: list[str]) -> Access:
    return access_of_statement(allow_statement(tuple(actions), ("*",))) if actions else NOTHING


def _has_wildcard_account(resource: str) -> bool:
    fields = split_arn_fields(resource)
    return len(fields) != ARN_FIELD_COUNT or has_wildcard(fields[_ACCOUNT_FIELD])


def _account(resource: str) -> str:
    fields = split_arn_fields(resource)
    return fields[_ACCOUNT_FIELD] if len(fields) == ARN_FIELD_COUNT else ""
