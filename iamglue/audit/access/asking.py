"""Whether a role's parts allow an action on a resource, together: by the statements, or else by a proof.

Requests are held against the statements that apply to them. Only where a condition leaves a choice is the algebra asked
for a proof, so most answers cost next to nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import and_

from iamglue.audit.access.context_facts import MFA_PRESENT
from iamglue.audit.access.guess import guessed
from iamglue.audit.access.policy_layers import Grant, Part
from iamglue.engine.evaluate.request import Request
from iamglue.engine.evaluate.truth import Truth
from iamglue.engine.solve.access import Access, Leaf, access_of, union
from iamglue.engine.solve.narrowing import alone
from iamglue.engine.solve.proof import Proof, Verdict, prove_empty
from iamglue.policy.conditions import Condition, condition
from iamglue.policy.model import Effect, Patterns, Policy, Statement

Context = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Met:
    """The statements of a part that may apply to a request: those that allow, and those that deny."""

    part: Part
    allows: tuple[Leaf, ...]
    denies: tuple[Leaf, ...]

    @property
    def leaves(self) -> tuple[Leaf, ...]:
        """All of them."""
        return (*self.allows, *self.denies)

    def allowed(self, request: Request) -> Truth:
        """Whether some statement allows the request and none denies it; None: that cannot be told."""
        denied = _any(self.denies, request)
        allowed = _any(self.allows, request)
        if denied or allowed is False:
            return False
        return None if denied is None else allowed


def met(part: Part, action: str, request: Request | None) -> Met:
    """The statements for the action; with a request, those that may match its resource."""
    allows, denies = part.on_action(action)
    if request is not None:
        allows = tuple(leaf for leaf in allows if _on_resource(leaf, request) is not False)
        denies = tuple(leaf for leaf in denies if _on_resource(leaf, request) is not False) if allows else ()
    return Met(part, allows, denies)


def keys_of(parts: Sequence[Met]) -> frozenset[str]:
    """The condition keys, in lower case, that the statements test."""
    return frozenset(c.key.lower() for each in parts for leaf in each.leaves for c in leaf.statement.conditions)


def grant(parts: Sequence[Met], request: Request, absent: frozenset[str]) -> Grant | Proof | None:
    """How the request is allowed when its free keys hold what serves it; None: it is not.

    The request's context has the keys that are known; `absent` are those known to be missing. A Proof says why it is
    not known.
    """
    keys = keys_of(parts)
    if not keys:
        plainly = _said(parts, request)
        if plainly is not None:
            return _granted(parts, request) if plainly else None
    fixed = frozenset(request.folded) | absent
    tried = Request(
        request.action, request.resource, {**guessed(_all(parts), fixed | {MFA_PRESENT}), **request.context}
    )
    said = _said(parts, tried)
    if said:
        return _granted(parts, tried)
    if said is False and keys <= fixed:
        return None
    return proved(parts, request, request.resource, absent)


def plainly(part: Part, allows: tuple[Leaf, ...], request: Request) -> Grant | None:
    """The same where nothing denies the action and the statements that allow it, `allows`, are plain."""
    by = tuple([part.allowing(leaf) for leaf in allows if leaf.unlimited or leaf.prepared.applies(request)])
    return Grant(request.action, request, by) if by else None


def proved(parts: Sequence[Met], request: Request, resource: str, absent: frozenset[str]) -> Grant | Proof | None:
    """The same by a proof, for a pattern of resources."""
    tests = tuple(_tests(request.folded, keys_of(parts), absent))
    probe = Statement(Effect.ALLOW, Patterns((request.action,)), Patterns((resource,)), tests)
    asked = reduce(and_, map(_access, parts), access_of([Policy((probe,))]))
    # What a deployment puts in for a parameter is its own affair: here it is the name of some resource.
    proof = prove_empty(asked, parameters_are_names=True)
    if proof.witness is not None:
        return _granted(parts, proof.witness)
    return proof if proof.verdict is Verdict.UNKNOWN else None


def _said(parts: Sequence[Met], request: Request) -> Truth:
    found: Truth = True
    for each in parts:
        said = each.allowed(request)
        if said is False:
            return False
        found = None if said is None else found
    return found


def _granted(parts: Sequence[Met], witness: Request) -> Grant:
    own = parts[0]
    by = tuple(own.part.allowing(leaf) for leaf in own.allows if leaf.prepared.applies(witness))
    return Grant(witness.action, witness, by)


def _tests(context: Context, keys: frozenset[str], absent: frozenset[str]) -> Iterable[Condition]:
    """What is known of the keys that matter, as conditions."""
    for key in sorted(keys):
        if key in context:
            yield condition("StringEquals", key, *context[key])
        elif key in absent:
            yield condition("Null", key, "true")
        elif key == MFA_PRESENT:
            yield condition("BoolIfExists", key, "false")


def _access(each: Met) -> Access:
    granted = union(map(alone, each.allows))
    return granted - union(map(alone, each.denies)) if each.denies else granted


def _all(parts: Sequence[Met]) -> Iterable[Leaf]:
    return (leaf for each in parts for leaf in each.leaves)


def _any(leaves: Iterable[Leaf], request: Request) -> Truth:
    found: Truth = False
    for leaf in leaves:
        applies = leaf.prepared.applies(request)
        if applies:
            return True
        found = None if applies is None else found
    return found


def _on_resource(leaf: Leaf, request: Request) -> Truth:
    for name, test in leaf.prepared.tests:
        if name in ("Resource", "NotResource"):
            return test(request)
    return True
