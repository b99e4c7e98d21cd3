"""Whether all, none or some requests of a pattern of actions and resources are allowed by all policy layers together.

The pattern is divided into parts whose requests differ in nothing but action and resource: their accounts, the required
resource policy and the exemptions from organization policies are the same. Each part is decided as a set of requests.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum

from iamglue.engine.evaluate.block_public_access import blocks_public_access
from iamglue.engine.evaluate.decision import EvaluationDecision
from iamglue.engine.evaluate.exemptions import is_refused_to_caller
from iamglue.engine.evaluate.layers import Layers, is_key_used
from iamglue.engine.evaluate.request import Request
from iamglue.engine.evaluate.request_evaluation import EvaluationResult, evaluate_request
from iamglue.engine.evaluate.request_scope import (
    actions_without_permission,
    build_request_scope,
)
from iamglue.engine.solve.access import EVERYTHING, NOTHING, Access
from iamglue.engine.solve.layered_access import LayeredAccess, build_layered_access
from iamglue.engine.solve.other_types import describe_other_type, prove_empty_on_other_types
from iamglue.engine.solve.pattern_parts import DividedPattern
from iamglue.engine.solve.proof import EmptinessProof, Verdict, prove_empty

_INVALID_ACCOUNT = "the ID of an account that matches the pattern is not known"
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
        divided = self.divided
        self.whole = prove_empty(divided.access)
        if self.whole.verdict is Verdict.EMPTY:
            return self._result_without_requests()
        for part in divided.parts():
            if self.allowed and self.denied:
                break
            self._decide_part(part)
        return PatternResult(
            self.pattern,
            self._answer(),
            self.allowed,
            self.denied,
            tuple(dict.fromkeys(self.reasons)) if self._answer() is PatternAnswer.UNKNOWN else (),
            tuple(dict.fromkeys(self._notes())),
        )

    def _result_without_requests(self) -> PatternResult:
        """The answer where AWS's reference lists no action of the pattern for any of its resources."""
        other = prove_empty_on_other_types(self.divided.access, is_reliable=False)
        if other.verdict is Verdict.EMPTY:
            note = "AWS's reference has no request that matches the pattern"
            return PatternResult(self.pattern, PatternAnswer.NONE, notes=(note,))
        reason = other.reason if other.witness is None else describe_other_type(other.witness)
        return PatternResult(self.pattern, PatternAnswer.UNKNOWN, reasons=(reason,))

    @property
    def divided(self) -> DividedPattern:
        """The pattern with its parts."""
        return DividedPattern(self.layers, self.pattern, self.resource_account)

    def _answer(self) -> PatternAnswer:
        """The answer of the parts so far: SOME by two examples, ALL and NONE only if no request may be the contrary."""
        if self.allowed and self.denied:
            return PatternAnswer.SOME
        if not self.may_be_denied and self.allowed:
            return PatternAnswer.ALL
        return PatternAnswer.UNKNOWN if self.may_be_allowed or self.allowed else PatternAnswer.NONE

    def _notes(self) -> list[str]:
        answer = self._answer()
        return {PatternAnswer.ALL: self.notes_if_all, PatternAnswer.NONE: self.notes_if_none}.get(answer, [])

    def _decide_part(self, part: Access) -> None:
        """Decide the requests of a part, which all have the same scope."""
        sample = prove_empty(part)
        if sample.witness is None:
            self._add_undecided(sample.reason)
            return
        request = self.divided.example(part, sample.witness)
        layered = _INVALID_ACCOUNT if request is None else self._part_access(request)
        if isinstance(layered, str):
            self._add_undecided(layered)
            return
        allowed, denied = prove_empty(part & layered.certain), prove_empty(part - layered.possible)
        self._add_example(allowed, part & layered.certain, is_allowed=True)
        self._add_example(denied, part - layered.possible, is_allowed=False)
        if allowed.verdict is Verdict.EMPTY:
            self._note_other_types(part & layered.possible)
        # Requests that are neither certainly allowed nor certainly denied may be either.
        undecided = prove_empty(part & layered.possible & ~layered.certain)
        if undecided.witness is not None and not self._is_uncovered(undecided):
            self._add_undecided(f"it is not known whether {_describe(undecided.witness)} is allowed")
        elif undecided.verdict is Verdict.UNKNOWN:
            self._add_undecided(undecided.reason)

    def _part_access(self, sample: Request) -> LayeredAccess | str:
        """What the layers allow of the part of a sample request; the reason if that cannot be decided."""
        is_account_tested = any(is_key_used(layer, "aws:resourceaccount") for layer in self.layers.present)
        if is_account_tested and self.divided.has_open_account(sample):
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

    def _add_example(self, proof: EmptinessProof, access: Access, *, is_allowed: bool) -> None:
        """Take the witness of a proof as an example, once it is decided as a single request."""
        if proof.witness is None:
            if proof.verdict is not Verdict.EMPTY:
                self._add_undecided(proof.reason)
            return
        request = self.divided.example(access, proof.witness)
        if request is None:
            self._add_undecided(_INVALID_ACCOUNT)
            return
        if note := self._uncovered_note(proof, request, is_allowed=is_allowed):
            (self.notes_if_none if is_allowed else self.notes_if_all).append(note)
            return
        result = evaluate_request(self.layers, request, self.resource_account)
        if result.allowed is not is_allowed or result.decision is EvaluationDecision.UNKNOWN:
            self._add_undecided(f"the decision on {_describe(request)} could not be confirmed")
        elif is_allowed:
            self.allowed, self.may_be_allowed = self.allowed or result, True
        else:
            self.denied, self.may_be_denied = self.denied or result, True

    def _note_other_types(self, access: Access) -> None:
        """Note a request that may be allowed on a resource type that AWS's reference does not list for the action."""
        other = prove_empty_on_other_types(access, is_reliable=False).witness
        if other is not None:
            self.notes_if_none.append(f"policies may allow {_describe(other)}: {describe_other_type(other)}")

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


def _describe(request: Request) -> str:
    return f"`{request.action}` on `{request.resource}`"
