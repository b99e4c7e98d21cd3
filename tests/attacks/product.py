"""iamglue as a user has it: policies go in as texts of JSON, answers come out as plain data."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from attacks.callers import Caller
from attacks.possible import is_multivalued
from attacks.verdict import Document, Request

from iamglue import diff
from iamglue.api.functions import compare_policies, parse_policy
from iamglue.can import PolicySet, build_layers, evaluate_question
from iamglue.compact import CompactOptions, compact
from iamglue.errors import IamglueError
from iamglue.formats.reports.diff_json import diff_json, request_data
from iamglue.lint.autofix import apply_fixes
from iamglue.lint.selection import RuleSelection
from iamglue.model.policy_file import PolicyFile
from iamglue.model.question import build_question
from iamglue.policy.document import policy_data, policy_size, read_located_policy
from iamglue.policy.parsed_policy import ParameterValues, PolicyType
from iamglue.readers.policy_texts import read_policies


def answered(old: Iterable[Document], new: Iterable[Document]) -> tuple[str, dict[str, Any] | None]:
    """What `iamglue.compare_policies(OLD, NEW)` answers, and its witness."""
    sides = ([parse_policy(json.dumps(policy)) for policy in side] for side in (old, new))
    comparison = compare_policies(*sides)
    return comparison.answer.value, request_data(comparison.witness)


def shown_by_diff(old: Iterable[Document], new: Iterable[Document]) -> tuple[str, dict[str, Any] | None]:
    """The same of what `iamglue diff --format json OLD NEW` prints, with `old+old` for several policies on a side.

    `diff` places the witness where the policies are, and finds all statements that differ, which takes ten times as
    long and is not attacked.
    """
    data = json.loads(diff_json(diff.compare_policies(_side("old", old), _side("new", new))))
    return data["answer"], data["witness"]


def compacted(policy: Document, *, smallest: bool) -> list[dict[str, Any]]:
    """What `iamglue compact --max` writes, or `--limit` at two thirds of the size; nothing if that is too little."""
    read = _file("policy", policy).policy
    aim = CompactOptions(smallest=True) if smallest else CompactOptions(limit=policy_size(read) * 2 // 3)
    try:
        return [policy_data(each) for each in compact(read, aim).policies]
    except IamglueError:
        return []


def can_do(request: Request, layers: Sequence[Document]) -> str:
    """What `iamglue can` answers where an identity policy, a permissions boundary and an SCP stand, in this order."""
    identity, boundary, *scps = [(_file("layer", each),) for each in layers] + [()] * (2 - len(layers))
    asked = build_question(request.action, request.resource, request.context)
    given = build_layers(PolicySet(identity, boundary, scp_levels=scps))
    return str(evaluate_question(given, asked).effective.decision.value)


def fixed(policy: Document, kind: str = "identity") -> dict[str, Any]:
    """The policy after `iamglue lint --fix`."""

    def read(text: str):
        return read_policies("policy.json", text, PolicyType(kind), ParameterValues())

    text = json.dumps(policy, indent=2)
    after: dict[str, Any] = json.loads(apply_fixes(text, read, RuleSelection(), date(2026, 11, 1), unsafe=False).text)
    return after


def request_of(witness: Mapping[str, Any]) -> Request:
    """A witness of an answer as a request for the judge."""
    context = {key: (value,) if isinstance(value, str) else tuple(value) for key, value in witness["context"].items()}
    several = frozenset(key.lower() for key in context if is_multivalued(key.lower()))
    principal = witness.get("principal")
    caller = None if principal is None else caller_of(principal)
    return Request(witness["action"], witness["resource"], context, caller, several)


def caller_of(principal: str) -> Caller:
    """A principal as answers and questions name it, with its kind."""
    if principal == "*":
        return Caller("Anonymous", "*")
    if ":saml-provider/" in principal or ":oidc-provider/" in principal:
        return Caller("Federated", principal)
    if principal.startswith("arn:") or (principal.isdigit() and len(principal) == 12):
        return Caller("AWS", principal)
    if principal.endswith((".amazonaws.com", ".amazonaws.com.cn")) and not principal.startswith("cognito-identity"):
        return Caller("Service", principal)
    return Caller("CanonicalUser" if len(principal) == 64 else "Federated", principal)


def _side(name: str, policies: Iterable[Document]) -> diff.DiffSide:
    return diff.DiffSide(name, tuple(_file(f"{name}.json", policy) for policy in policies))


def _file(name: str, policy: Document) -> PolicyFile:
    placed = read_located_policy(json.dumps(policy), name)
    return PolicyFile(name, placed.policy, placed.statement_locations)
