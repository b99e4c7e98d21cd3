"""Escalation paths in words: one sentence for the chain, and its hops with their statements."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from iamglue.audit.access.statement_location import StatementLocation, statement_values
from iamglue.audit.escalation.chains import Chain, Hop
from iamglue.audit.escalation.paths import OpenEscalationPath
from iamglue.audit.escalation.policy_changes import POLICY_CHANGES
from iamglue.audit.escalation.steps import ASSUME, EscalationStep
from iamglue.audit.escalation.targets import EscalationTarget, PrivilegeLevel, RoleIndex
from iamglue.findings import EscalationHop, HopStatement
from iamglue.lint.analysis.required_key import format_first_names
from iamglue.model.account import Role
from iamglue.policy.arns import split_arn_fields

_SHOWN = 4  # hops of a chain in its sentence, without the last one
_HOPS = 20  # hops of a chain in a report: of a longer one the first and the last
_PRIVILEGE_TEXTS = {
    PrivilegeLevel.ADMINISTRATOR: " (administrator access)",
    PrivilegeLevel.MORE: " (more access than this role)",
    PrivilegeLevel.UNREAD: " (not read: its access is unknown)",
}


def path_sentence(path: OpenEscalationPath, role: Role) -> str:
    """What a principal with the role can do by the path, whom it reaches, and what is not certain."""
    unknown = f"; uncertain: {path.unknown}" if path.unknown else ""
    following = "".join(f", which can {text}" for text in _chain_texts(path.chain)) if path.chain else ""
    return f"a principal with this role can {_first_text(path, role)}{following}{_privilege_text(path)}{unknown}"


def _privilege_text(path: OpenEscalationPath) -> str:
    """What the end of a path gives, in parentheses; empty where the step itself says it."""
    target = path.step.target
    if target is not None and path.step.path.is_by_resource and not target.resource:
        return " (which role it has is not known)"
    if path.data:
        also = (f"; also leads to `{name}` (can read all {_joined_names(kinds)})" for name, kinds in path.also)
        return f" (can read all {_joined_names(path.data)}){''.join(also)}"
    if path.privilege is PrivilegeLevel.MORE:
        if target is None or path.step.changes_policies:
            return ""
        if path.step.becomes is None:
            return _PRIVILEGE_TEXTS[PrivilegeLevel.UNREAD]
    return _PRIVILEGE_TEXTS[path.privilege]


def _joined_names(kinds: tuple[str, ...]) -> str:
    return " and ".join(filter(None, [", ".join(kinds[:-1]), kinds[-1]]))


def _first_text(path: OpenEscalationPath, role: Role) -> str:
    """The first step in words, with some of the targets if it has several."""
    text = _step_text(path.step, role)
    examples = tuple(example.name for example in path.examples)
    return f"{text}, such as {format_first_names(examples)}" if examples else text


def _step_text(step: EscalationStep, role: Role, member: Role | None = None) -> str:
    """The step as a phrase that follows `can`; `member` is the role that a step on a wildcard resource is used for."""
    target = step.target or (EscalationTarget(member.arn, member) if member is not None else None)
    if target is None:
        return step.path.effect
    if not step.path.named_effect:
        return f"{step.path.effect}, such as {target.description}"
    text = step.path.named_effect.format("itself" if target.arn == role.arn else target.description)
    if step.actions & POLICY_CHANGES - {*step.path.actions} and step.grants[0].action not in POLICY_CHANGES:
        text += ", whose policies it can change before"
    if not target.resource:
        return text
    name = target.role.name if target.role is not None else split_arn_fields(target.arn)[-1].rpartition("/")[2]
    return f"{text}, `{name}`"


def _chain_texts(chain: Chain) -> list[str]:
    """The phrases of the hops; those in the middle of a long chain are counted."""
    hops = [*chain.hops[:_SHOWN]]
    texts = [_step_text(hop.step, hop.role, target) for hop, target in zip(hops, _targets(chain), strict=False)]
    left = chain.length - len(hops)
    if left > 1:
        texts[-1] += f", and so on through {left - 1} more {'role' if left == 2 else 'roles'}"
    if left and chain.last is not None:
        texts.append(_step_text(chain.last.step, chain.last.role, chain.end))
    return texts


def _targets(chain: Chain) -> Iterator[Role | None]:
    """The role that each hop leads to."""
    yield from (hop.role for hop in chain.hops[1:])
    yield chain.end if len(chain.hops) == chain.length else None


def path_hops(path: OpenEscalationPath, role: Role, index: RoleIndex) -> tuple[EscalationHop, ...]:
    """The hops from the role to the end of the chain, at most twenty: of a longer one the first and the last."""
    first_target = path.examples[0].arn if path.chain and path.examples else _target_arn(path.step)
    hops = [replace(_hop(Hop(role, path.step), first_target, index), unknown=path.step.unknown)]
    if path.chain is None:
        return tuple(hops)
    shown = path.chain.hops[: _HOPS - 1]
    for hop, target in zip(shown, _targets(path.chain), strict=False):
        hops.append(_hop(hop, _target_arn(hop.step) or (target.arn if target else None), index))
    if path.chain.length > len(shown) and path.chain.last is not None:
        end = path.chain.end
        hops[-1] = _hop(path.chain.last, _target_arn(path.chain.last.step) or (end.arn if end else None), index)
    return tuple(hops)


def _target_arn(step: EscalationStep) -> str | None:
    return step.target.arn if step.target is not None else None


def _hop(hop: Hop, target: str | None, index: RoleIndex) -> EscalationHop:
    """A step of a chain with the statements that allow it: those of the role, and of the target's trust policy."""
    access, step = index.access_of(hop.role), hop.step
    statements = [
        grant_statement(grant.action, hop.role, location)
        for grant in step.grants
        for location in access.statements(grant)
    ]
    trust = step.trust
    if trust is not None and step.target is not None and step.target.role is not None:
        statements += [trust_statement(step.target.role, location) for location in trust.statements]
    return EscalationHop(hop.role.name, hop.role.arn, target, tuple(statements), hop.unknown)


def trust_statement_text(location: StatementLocation, role: Role) -> str:
    """A statement of the trust policy of a role, as text."""
    sid = f" ({location.sid})" if location.sid else ""
    return f"statement {location.index + 1}{sid} of the trust policy of `{role.name}`"


def grant_statement(action: str, role: Role, location: StatementLocation) -> HopStatement:
    """A statement of a role's own policies that allows an action."""
    return _hop_statement(action, role, location, f"{location}")


def trust_statement(role: Role, location: StatementLocation) -> HopStatement:
    """A statement of the trust policy of a role that lets a principal in."""
    return _hop_statement(ASSUME, role, location, trust_statement_text(location, role))


def _hop_statement(action: str, role: Role, location: StatementLocation, text: str) -> HopStatement:
    """A statement that allows an action of a step, with its place in the policy."""
    values = statement_values([location], action)
    pointer = values.pointers[0] if values is not None else ""
    return HopStatement(action, role.arn, location.policy.arn or location.policy.name, pointer, text)
