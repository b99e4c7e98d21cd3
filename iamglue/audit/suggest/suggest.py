"""`audit --suggest`: what a role's policies should be, proved against what is declared and what it may do now."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from iamglue.audit.suggest.replacement import Exchange, denies, deployment_knows, needed, only_denies, undeclared
from iamglue.catalog.limits import MANAGED_POLICIES_PER_ROLE, MANAGED_POLICY
from iamglue.diff import diff
from iamglue.engine.compact.packing import packed
from iamglue.engine.solve.access import Access, access_of
from iamglue.engine.solve.comparison import Answer, compare
from iamglue.findings import Gap, NotEvaluated
from iamglue.model.difference import Diff, Shown
from iamglue.model.role_context import Case, Replacement
from iamglue.policy.model import Policy

_LAMBDA = "lambda.amazonaws.com"
_LISTED = 12
_LISTS = ("ListRolePolicies", "ListAttachedRolePolicies")
_ENOUGH = "they allow everything that the functions need"
_NO_MORE = "they allow nothing that the role may not do today"


def refusal(case: Case) -> str | None:
    """Why no replacement can be suggested for a role; None where one can."""
    known = dict(case.needed)
    if case.inferred or not known:
        return "nobody has declared what its functions need"
    if silent := [each.name for each in case.functions if each.name not in known]:
        return f"what these functions of it need is not declared: {', '.join(silent)}"
    if any(deployment_knows(statement) for statement in needed(case)):
        return "the spec leaves a parameter, a Region or an account to the deployment"
    try:
        packed(needed(case), MANAGED_POLICY)
    except ValueError as error:
        return f"{error}, the most that a policy may have"
    own = (case.role.name, case.role.arn)
    if unlisted := [each for each in case.account.gaps if each.subject.name in own and _is_list(each)]:
        return f"not all of its policies are known: {unlisted[0].reason}"
    return None


def _is_list(gap: NotEvaluated) -> bool:
    """Whether policies may be missing altogether; a document that was not read is known to be there."""
    return gap.kind is Gap.FAILED and gap.subject.kind == "role" and any(each in gap.what for each in _LISTS)


def replacement(case: Case) -> Replacement | None:
    """The policies that a role should have in place of its own, with what could be proved of them.

    None where nobody has declared what each of its functions needs (`refusal` says what is lacking), and where the
    role's policies allow exactly that already. Policies that only deny stay, and so does what could not be put back.
    """
    if refusal(case) is not None:
        return None
    change = Exchange.of(case)
    difference = diff(change.side("today"), change.side("as suggested"), change.limits)
    if difference.unchanged and not change.unread:
        return None
    proved, unproved = _claims(case, change, difference)
    return Replacement(
        policies=change.new,
        detach=tuple(each.arn for each in change.gone if each.arn),
        delete=tuple(each.name for each in change.gone if not each.arn),
        before=_count(change.today & change.within),
        after=_count(change.then & change.within),
        proved=proved,
        unproved=unproved,
        added=tuple(_added(shown) for shown in difference.added.shown),
        notes=tuple(_notes(case, change)),
        managed=change.managed,
        difference=difference,
    )


def _claims(case: Case, change: Exchange, difference: Diff) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What was proved of the new policies in words, and what was not, with the reason."""
    claims = [(_ENOUGH, _enough(case, change)), _no_more(change, difference)]
    doubts = "; ".join(change.unread)
    proved = tuple(claim for claim, doubt in claims if not (doubt or doubts))
    return proved, tuple(f"{claim}: {doubt or doubts}" for claim, doubt in claims if doubt or doubts)


def _enough(case: Case, change: Exchange) -> str:
    """Why it is not proved that all that is needed will be allowed; empty when it is."""
    found = compare(access_of([Policy(needed(case))]), change.then & change.within)
    if found.answer is Answer.NO_NEW_ACCESS:
        return ""
    if found.witness is None:
        return found.reason
    return f"a Deny, the boundary or an SCP forbids {found.witness.action} on {found.witness.resource}"


def _no_more(change: Exchange, difference: Diff) -> tuple[str, str]:
    """The claim that nothing is new, but for what is said to be added; and why it is not proved."""
    added = difference.added
    if added.comparison.answer is Answer.NO_NEW_ACCESS:
        return _NO_MORE, ""
    if not added.shown:
        return _NO_MORE, added.comparison.reason or "; ".join(added.unshown)
    more = access_of([Policy(tuple(shown.statement for shown in added.shown))])
    rest = compare(change.then & change.within, (change.today | more) & change.within)
    proved = rest.answer is Answer.NO_NEW_ACCESS
    return f"but for what is added, {_NO_MORE}", "" if proved else rest.reason or "there is more than is shown"


def _count(access: Access) -> int:
    """Today's actions that some request may be allowed for."""
    return max(access.bounds[0], 0).bit_count()


def _added(shown: Shown) -> str:
    resources = shown.statement.resources
    on = _list(resources.values) if resources else "*"
    when = "".join(f" when {each.key} {each.operator} {_list(each.values)}" for each in shown.statement.conditions)
    such = f"such as {shown.witness.action} on {shown.witness.resource}"
    return f"{_list(shown.statement.actions.values)} on {on}{when}, {such}"


def _list(values: Sequence[str]) -> str:
    more = len(values) - _LISTED
    return ", ".join(values[:_LISTED]) + (f" and {more} more" if more > 0 else "")


def _notes(case: Case, change: Exchange) -> Iterator[str]:
    for function, asked in undeclared(case):
        actions = _list(asked.statement.actions.values)
        yield f"the configuration of {function} asks for {actions} ({'; '.join(map(str, asked.reasons))}): declare it"
    for each in change.kept:
        why = "denies only" if only_denies(each) else "cannot be put back, as its document could not be read"
        yield f"{each.name} stays: it {why}"
    for each in change.gone:
        if each.policy and any(map(denies, each.policy.statements)):
            yield f"{each.name} goes with the Deny statements that it holds besides"
    attached = sum(1 for each in case.role.policies if each.arn) + (len(change.new) if change.managed else 0)
    if attached > MANAGED_POLICIES_PER_ROLE:
        yield f"{attached} managed policies are attached while both old and new are: have the quota raised before"
    if others := _others(case):
        yield f"others may take the role on, and what they need is not known: {', '.join(others)}"
    if case.account.scps is None:
        yield "service control policies were not read: what they forbid is not known"


def _others(case: Case) -> list[str]:
    trust = case.role.trust.policy
    principals = [each.principals for each in trust.statements if not denies(each)] if trust else []
    found = {f"{each.kind} {each.value}" for some in principals if some for each in some.values}
    return sorted(found - {f"Service {_LAMBDA}"})
