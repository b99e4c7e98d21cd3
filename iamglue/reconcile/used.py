"""What a function used by the record of requests, and of which actions the record shows that they were not used."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from iamglue.audit.access.usage_facts import Evidence, ServiceUse, service_uses
from iamglue.catalog.required_types import required_types
from iamglue.catalog.services import Action, find_action
from iamglue.errors import IamglueError
from iamglue.findings import NotEvaluatedKind
from iamglue.infer.code.passed_roles import PASS_ROLE
from iamglue.model.account import AttachedPolicy, Role
from iamglue.model.reconciliation import AccessSource, EvidenceValue, ReconcileGap, SourceEvidence
from iamglue.model.usage import ANY_ROLE, ActionUsage, Usage
from iamglue.policy.arns import ARN_FIELD_COUNT, split_arn_fields

_LISTED = 5
_NO_COVERAGE = "no coverage"
# Coverage is of the account: it is the same for all of its roles.
_NO_ROLE = Role("", "", AttachedPolicy("trust policy", "", None))


@dataclass(frozen=True)
class RecordedUse:
    """The record of one function's requests; `usage` is None if none was given.

    `is_known`: it is known which records of the file are of the function; `note` is what was assumed about that.
    """

    usage: Usage | None
    records: tuple[ActionUsage, ...] = ()
    services: Mapping[str, ServiceUse] | None = None
    note: str = ""
    is_known: bool = True

    @classmethod
    def of(cls, usage: Usage | None, function: str, roles: frozenset[str], *, alone: bool) -> RecordedUse:
        """The record of a function whose role has one of the names or ARNs `roles`, if these are known.

        A record without a function is of all functions of its role. If no role is known, it is the one of the records
        that name the function; `alone`: else the only role of the file, as the table has no other function. Raises
        IamglueError if the file has several roles and it is not known which is the function's.
        """
        if usage is None:
            return cls(None)
        note, named = "", roles
        if not roles:
            note, named = _role_of_records(usage, function, alone=alone)
        records = (item for item in usage.access if item.function in (None, function))
        own = tuple(_with_known_action(item) for item in records if _is_role(item.role, named))
        if named and not own:
            # An idle role and a wrong name look the same, so that nothing is said not to be used.
            note, named = f"the usage file has no record of {_role_names(named)}, the function's role", frozenset()
        accounts = {_account(role) for role in (*named, *(item.role for item in own))}
        coverage = (
            replace(item, role=None, function=None, account=None)
            for item in usage.coverage
            if item.function in (None, function) and (item.role is None or _is_role(item.role, named))
            if item.account is None or item.account in accounts
        )
        known = Usage(
            tuple(replace(item, role=_NO_ROLE.arn) for item in own),
            tuple(coverage),
            gaps=usage.gaps,
            unknown_requests=tuple(
                replace(item, role=_NO_ROLE.arn)
                for item in usage.unknown_requests
                if item.role == ANY_ROLE or _is_role(item.role, named)
            ),
        )
        return cls(usage, own, service_uses(known, _NO_ROLE), note, is_known=bool(named))

    def not_used_reason(self, actions: Iterable[Action], resource: str) -> tuple[bool | None, str]:
        """Whether actions were not used on a resource of which there is no record: False, or None if that is not known.

        The text says why.
        """
        if self.usage is None:
            return None, "no --usage was given"
        if not self.is_known:
            return None, self.note
        evidence_of_all: list[Evidence] = []
        for action in actions:
            if self._is_used_on_several(action):
                return None, f"AWS checks a call of `{action}` on several resources, and the records need not name each"
            use = (self.services or {}).get(action.service)
            evidence = use.recording_evidence(action, (resource,)) if use is not None else _NO_COVERAGE
            if isinstance(evidence, str):
                return None, _unknown_reason(action, use, evidence)
            evidence_of_all.append(evidence)
        if not evidence_of_all:
            return None, "AWS's reference has no such action, so it is not known whether it would be recorded"
        latest = max(evidence_of_all, key=lambda item: item.since or "")
        conditions = (item.condition for item in evidence_of_all if item.condition)
        return False, f"not used {replace(latest, condition=next(conditions, ''))}"

    def _is_used_on_several(self, action: Action) -> bool:
        """Whether an action was used of which a call is checked on resources of several types."""
        types = required_types(str(action))
        is_used = any(item.action == str(action) and item.count > item.denied for item in self.records)
        return is_used and types is not None and len(types.groups) > 1

    def gaps(self) -> Iterator[ReconcileGap]:
        """What the record does not show."""
        if self.usage is None:
            yield ReconcileGap(AccessSource.USED, "what the function used", "no --usage was given")
            return
        for gap in self.usage.gaps:
            yield ReconcileGap(AccessSource.USED, gap.what, gap.reason, NotEvaluatedKind.FAILED)
        if self.note:
            kind = None if self.is_known else NotEvaluatedKind.UNDECIDABLE
            yield ReconcileGap(AccessSource.USED, "which records are of the function", self.note, kind)
        if not self.usage.coverage:
            reason = "the usage file has no `coverage`, so an action without a record may have been used"
            yield ReconcileGap(AccessSource.USED, "what was not used", reason, NotEvaluatedKind.UNDECIDABLE)


def record_evidence(record: ActionUsage) -> SourceEvidence:
    """The evidence that a record is."""
    times = f"{record.count:,} {'request' if record.count == 1 else 'requests'}"
    denied = f", {record.denied:,} denied" if record.denied else ""
    last = f", last {record.last[:10]}" if record.last else ""
    data: dict[str, EvidenceValue] = {
        "role": record.role,
        "resource": record.resource,
        "count": record.count,
        "denied": record.denied,
        "first": record.first,
        "last": record.last,
    }
    return SourceEvidence(f"{times}{denied}{last} on `{record.resource}`", data=data)


def _with_known_action(record: ActionUsage) -> ActionUsage:
    """The record with its action as AWS's reference spells it."""
    facts = find_action(record.action.lower())
    return record if facts is None else replace(record, action=str(facts))


def _role_of_records(usage: Usage, function: str, *, alone: bool) -> tuple[str, frozenset[str]]:
    """The role of the records of a function, and what was assumed: that the only role of the file is its role."""
    named = frozenset(item.role for item in usage.access if item.function == function)
    roles = named or frozenset(item.role for item in usage.access if item.function is None)
    if not named and not (roles and alone):
        return f"the usage file has no record that names `{function}`: name its role with --role", frozenset()
    if len(roles) > 1:
        names = ", ".join(f"`{role}`" for role in sorted(roles)[:_LISTED])
        raise IamglueError(
            f"the usage file has several roles, and it is not known which is that of `{function}`",
            hint=f"name it with --role: {names}",
        )
    note = f"`{next(iter(roles))}`, the only role of the usage file, is taken to be the function's role"
    return "" if named else note, roles


def _role_names(roles: frozenset[str]) -> str:
    return " or ".join(f"`{role}`" for role in sorted(roles))


def _is_role(recorded: str, roles: frozenset[str]) -> bool:
    """Whether a role's name or ARN in a record is one of `roles`; a name is the same as that at the end of an ARN."""
    if recorded in roles:
        return True
    name = recorded.rpartition("/")[2]
    return any(name == role.rpartition("/")[2] and not (_is_arn(recorded) and _is_arn(role)) for role in roles)


def _account(role: str) -> str:
    """The account of a role's ARN; "" if only its name is known."""
    fields = split_arn_fields(role)
    return fields[4] if len(fields) == ARN_FIELD_COUNT else ""


def _is_arn(text: str) -> bool:
    return text.startswith("arn:") and "${" not in text


def _unknown_reason(action: Action, use: ServiceUse | None, reason: str) -> str:
    """Why it is not known that an action was not used; `reason` is what the record lacks, if it covers the service."""
    if str(action) == PASS_ROLE:
        return f"no request is recorded for `{PASS_ROLE}`: it is checked as part of others"
    if use is None or use.coverage is None:
        return f"the usage file has no coverage of `{action.service}`"
    return f"`{action}`: {reason}"
