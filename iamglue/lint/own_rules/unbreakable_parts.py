"""Finds what a rule of a rule file forbids in vain: actions that exist on none of its resources, and the reverse."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from iamglue.lint.own_rules.policy_check import check_policy
from iamglue.model.own_rules import OwnRule, OwnRuleKind
from iamglue.policy.parsed_policy import ParameterValues, ParsedPolicy, PolicyType
from iamglue.policy.source.json_reader import read_json

_KINDS = (OwnRuleKind.DENY_ACTIONS, OwnRuleKind.RESTRICT_RESOURCES, OwnRuleKind.REQUIRE_CONDITIONS)
# A policy of each type that allows everything that one of its type can.
_EVERYTHING = {
    PolicyType.IDENTITY: '{"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}',
    PolicyType.RESOURCE: '{"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*", "Principal": "*"}]}',
    PolicyType.TRUST: '{"Statement": [{"Effect": "Allow", "Action": "sts:*", "Principal": "*"}]}',
}


def unbreakable_parts(rule: OwnRule) -> Iterator[str]:
    """The parts of a rule, in words, that no policy can break, as is proved: such as an action of another service."""
    if rule.kind not in _KINDS:
        return
    for action in rule.actions:
        if not _can_be_broken(replace(rule, actions=(action,))):
            yield f"the action `{action}`"
    for resource in rule.resources:
        if not _can_be_broken(replace(rule, resources=(resource,))):
            yield f"the resource `{resource}`"


def _can_be_broken(rule: OwnRule) -> bool:
    return any(next(check_policy(rule, _policy_of(kind)), None) is not None for kind in rule.types)


def _policy_of(kind: PolicyType) -> ParsedPolicy:
    node = read_json(_EVERYTHING[kind], "everything.json", len(_EVERYTHING[kind])).documents[0]
    return ParsedPolicy(node, kind, "", parameter_values=ParameterValues())
