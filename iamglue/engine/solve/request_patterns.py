"""Whether all, none or some requests of a pattern of actions and resources are allowed by all policy layers together.

The pattern is divided into parts whose requests differ in nothing but action and resource: their accounts, the required
resource policy and the exemptions from organization policies are the same. A part is then decided as a set of requests.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum

from iamglue.catalog.tables import table_rows
from iamglue.engine.evaluate.block_public_access import blocks_public_access
from iamglue.engine.evaluate.callers import parse_caller
from iamglue.engine.evaluate.decision import EvaluationDecision
from iamglue.engine.evaluate.exemptions import is_refused_to_caller
from iamglue.engine.evaluate.layers import Layers, is_key_used
from iamglue.engine.evaluate.request import Request
from iamglue.engine.evaluate.request_evaluation import EvaluationResult, evaluate_request
from iamglue.engine.evaluate.request_scope import (
    SERVICES_REQUIRING_RESOURCE_POLICY,
    account_in_arn,
    actions_without_permission,
    build_request_scope,
)
from iamglue.engine.solve.access import EVERYTHING, NOTHING, Access, access_of_statement
from iamglue.engine.solve.action_bitsets import actions_in, pattern_bitset
from iamglue.engine.solve.layered_access import LayeredAccess, build_layered_access
from iamglue.engine.solve.proof import EmptinessProof, Verdict, prove_empty
from iamglue.engine.solve.representatives import EXTERNAL_ACCOUNT
from iamglue.policy.arns import ARN_FIELD_COUNT, replace_arn_field, split_arn_fields
from iamglue.policy.model import allow_statement
from iamglue.policy.patterns.wildcards import has_wildcard

_ACCOUNT_FIELD = 4
_ANY_ARN = "arn:*:*:*:*:*"
_OF_ACCOUNT = "arn:*:*:*:{}:*"
# By service: resources whose own policy must allow, and access points, whose policies S3 may not consider public.
_SPECIAL_RESOURCES = {"kms": "arn:*:kms:*:*:key/*", "sts": "arn:*:iam:*:*:role/*", "s3": "arn:*:s3:*:*:accesspoint/*"}
_UNKNOWN_ACCOUNT = "policies test aws:ResourceAccount, but the account of the resource may be any"


class PatternAnswer(StrEnum):
    """Which requests of a pattern are allowed. UNKNOWN if that cannot be decided."""

    ALL = "all"
    NONE = "none"
    SOME = "some"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class PatternResult:
    """The answer for a pattern, with an example of a request that is allowed and of one that is not, if there are any.

    `reasons` explain an unknown answer. `notes` are about requests that the answer does not cover: of actions that AWS
    may add, and on ARNs that AWS's reference does not list for their actions.
    """

    pattern: Request
    answer: PatternAnswer
    allowed: EvaluationResult | None = None
    denied: EvaluationResult | None = None
    reasons: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def evaluate_pattern(layers: Layers, pattern: Request, resource_account: str | None = None) -> PatternResult:
    """Decide which requests of a pattern the layers allow, all in the context and by the principal of `pattern`.

    An example of the pattern is decided as a single request, so it is never wrong; `ALL` and `NONE` are proved. Raises
    IamglueError like `build_request_scope`.
    """
    return _PatternEvaluation(layers, pattern, resource_account).result()


@dataclass(slots=True)
class _PatternEvaluation:
    """One evaluation; the examples, notes and reasons of the parts that are decided so far."""

    layers: Layers
    pattern: Request
    resource_account: str | None
    allowed: EvaluationResult | None = None
    denied: EvaluationResult | None = None
    may_be_allowed: bool = False
    may_be_denied: bool = False
    reasons: list[str] = field(default_factory=list)
    notes_if_all: list[str] = field(default_factory=list)
    notes_if_none: list[str] = field(default_factory=list)
    whole: EmptinessProof = field(init=False)

    def result(self) -> PatternResult:
        """The answer after all parts are decided, or as soon as both examples are known."""
        access = self._pattern_access()
        self.whole = prove_empty(access)
        if self.whole.verdict is Verdict.EMPTY:
            return PatternResult(
                self.pattern, PatternAnswer.NONE, notes=("AWS's reference has no request that matches the pattern",)
            )
        for action_access in self._action_parts():
            for part in self._parts(access & action_access):
                if self.allowed is None or self.denied is None:
                    self._decide_part(part)
        return PatternResult(
            self.pattern,
            self._answer(),
            self.allowed,
            self.denied,
            tuple(dict.fromkeys(self.reasons)) if self._answer() is PatternAnswer.UNKNOWN else (),
            tuple(dict.fromkeys(self._notes())),
        )

    def _answer(self) -> PatternAnswer:
        if self.allowed and self.denied:
            return PatternAnswer.SOME
        if not self.may_be_denied and self.allowed:
            return PatternAnswer.ALL
        return PatternAnswer.UNKNOWN if self.may_be_allowed or self.allowed else PatternAnswer.NONE

    def _notes(self) -> list[str]:
        answer = self._answer()
        return {PatternAnswer.ALL: self.notes_if_all, PatternAnswer.NONE: self.notes_if_none}.get(answer, [])

    def _pattern_access(self) -> Access:
        access = _requests(self.pattern.action, self.pattern.resource)
        if self.resource_account and _has_wildcard_account(self.pattern.resource):
            accounts = (_OF_ACCOUNT.format(self.resource_account), _OF_ACCOUNT.format(""))
            return access & _requests("*", *accounts)
        return access

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

    def _parts(self, access: Access) -> list[Access]:
        """The parts of an access whose resources AWS decides alike, those with usual resources first."""
        rows = table_rows("organization_exemptions") if self.layers.rcps else ()
        exempt = (f"arn:*:*:*:*:{row['pattern']}" for row in rows if row["element"] == "resource")
        parts = [access]
        if self.pattern.resource == "*":
            parts = _divide(parts, _ANY_ARN)
        for account in self._known_accounts if _has_wildcard_account(self.pattern.resource) else ():
            parts = _divide(parts, _OF_ACCOUNT.format(account))
        special = _SPECIAL_RESOURCES.get(self._service)
        for pattern in (*exempt, *((special,) if special else ())):
            parts = _divide(parts, pattern, matching_first=False)
        return parts

    def _decide_part(self, part: Access) -> None:
        """Decide the requests of a part, which all have the same scope."""
        sample = prove_empty(part)
        if sample.witness is None:
            self._add_undecided(sample.reason)
            return
        layered = self._part_access(self._with_account(part, sample.witness))
        if isinstance(layered, str):
            self._add_undecided(layered)
            return
        allowed, denied = prove_empty(part & layered.certain), prove_empty(part - layered.possible)
        self._add_example(allowed, part & layered.certain, is_allowed=True)
        self._add_example(denied, part - layered.possible, is_allowed=False)
        # Requests that are neither certainly allowed nor certainly denied may be either.
        undecided = prove_empty(part & layered.possible & ~layered.certain)
        if undecided.witness is not None and not self._is_uncovered(undecided):
            self._add_undecided(f"it is not known whether {_describe(undecided.witness)} is allowed")
        elif undecided.verdict is Verdict.UNKNOWN:
            self._add_undecided(undecided.reason)

    def _part_access(self, sample: Request) -> LayeredAccess | str:
        """What the layers allow of the part of a sample request; the reason if that cannot be decided."""
        account = _account_field(sample.resource)
        if account and not account_in_arn(sample.resource):
            return f"`{account}` is not an account"
        is_account_open = _has_wildcard_account(self.pattern.resource) and account not in self._known_accounts
        if is_account_open and any(is_key_used(layer, "aws:resourceaccount") for layer in self.layers.present):
            return _UNKNOWN_ACCOUNT
        scope = build_request_scope(sample, self.resource_account)
        if is_refused_to_caller(scope.caller.kind, sample.action):
            return LayeredAccess(NOTHING, NOTHING)
        if sample.action.lower() in actions_without_permission():
            is_allowed = evaluate_request(self.layers, sample, self.resource_account).allowed
            return LayeredAccess(EVERYTHING if is_allowed else NOTHING, EVERYTHING)
        layered = build_layered_access(self.layers, scope)
        is_blocked = blocks_public_access(self.layers.resource, scope)[0] if self.layers.block_public_access else False
        if is_blocked:
            return LayeredAccess(NOTHING, NOTHING)
        return replace(layered, certain=NOTHING) if is_blocked is None else layered

    def _with_account(self, access: Access, witness: Request) -> Request:
        """The request of a witness, with the ID of an account in place of a text that is none."""
        request = replace(self.pattern, action=witness.action, resource=witness.resource)
        fields = split_arn_fields(witness.resource)
        if not _account_field(witness.resource) or account_in_arn(witness.resource):
            return request
        digits = "".join(filter(str.isdecimal, fields[_ACCOUNT_FIELD]))
        for account in (EXTERNAL_ACCOUNT, *(digits.ljust(12, fill)[:12] for fill in "01")):
            changed = replace(request, resource=replace_arn_field(fields, _ACCOUNT_FIELD, account))
            if access.contains(changed):
                return changed
        return request

    def _add_example(self, proof: EmptinessProof, access: Access, *, is_allowed: bool) -> None:
        """Take the witness of a proof as an example, once it is decided as a single request."""
        if proof.witness is None:
            if proof.verdict is not Verdict.EMPTY:
                self._add_undecided(proof.reason)
            return
        request = self._with_account(access, proof.witness)
        if note := self._uncovered_note(proof, request, is_allowed=is_allowed):
            (self.notes_if_none if is_allowed else self.notes_if_all).append(note)
            return
        result = evaluate_request(self.layers, request, self.resource_account)
        if result.allowed is not is_allowed:
            self._add_undecided(f"the decision on {_describe(request)} could not be confirmed")
        elif result.decision is EvaluationDecision.UNKNOWN:
            # Nothing allows the request, but a Deny may apply to it as well: it is proved to be denied, but no example.
            self.may_be_denied = True
            self.reasons.append(f"{result.reason}, which nothing allows")
        elif is_allowed:
            self.allowed, self.may_be_allowed = self.allowed or result, True
        else:
            self.denied, self.may_be_denied = self.denied or result, True

    def _uncovered_note(self, proof: EmptinessProof, request: Request, *, is_allowed: bool) -> str:
        """A note about requests that the answer does not cover; empty if the pattern has no others."""
        if not self._is_uncovered(proof):
            return ""
        subject = "an action that AWS may add" if proof.future_only else "an ARN that AWS's reference does not list"
        return f"for {subject}: {_describe(request)} is {'allowed' if is_allowed else 'not allowed'}"

    def _is_uncovered(self, proof: EmptinessProof) -> bool:
        """Whether only requests for actions of the future or on unlisted ARNs prove it, and the pattern has others."""
        future, unlisted = self.whole.future_only, self.whole.unlisted_only
        return (proof.future_only and not future) or (proof.unlisted_only and not unlisted)

    def _add_undecided(self, reason: str) -> None:
        self.may_be_allowed = self.may_be_denied = True
        self.reasons.append(reason)


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


def _account_field(resource: str) -> str:
    fields = split_arn_fields(resource)
    return fields[_ACCOUNT_FIELD] if len(fields) == ARN_FIELD_COUNT else ""


def _describe(request: Request) -> str:
    return f"`{request.action}` on `{request.resource}`"
