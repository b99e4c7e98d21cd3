"""The tools that decide: whether a request is allowed, what a change allows, why a request was denied."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import islice

from iamglue.assistant_server.arguments import (
    ActionName,
    BlockPublicAccess,
    Boundary,
    Context,
    EndpointPolicy,
    Levels,
    ManagementAccount,
    MessageText,
    OptionalAction,
    OptionalPolicyTexts,
    OptionalResource,
    PolicyTexts,
    Principal,
    ResourceAccount,
    ResourceArn,
    ResourcePolicy,
    Session,
)
from iamglue.assistant_server.results import ToolAnswer, numbered
from iamglue.can import PolicySet, build_layers, evaluate_pattern_question, evaluate_question
from iamglue.diff import DiffSide
from iamglue.diff import compare_policies as compare_sides
from iamglue.errors import IamglueError
from iamglue.explain_denial.denial_report import RequestFacts, build_denial_report
from iamglue.explain_denial.explain import with_overrides
from iamglue.formats.reports.decision import decision_json
from iamglue.formats.reports.denial import denials_json
from iamglue.formats.reports.diff_json import diff_json
from iamglue.formats.reports.pattern_decision import pattern_json
from iamglue.model.policy_file import PolicyFile
from iamglue.model.question import build_pattern_question
from iamglue.policy.document import read_located_policy
from iamglue.readers.denials.reader import read_denials

_MAX_DENIALS = 20


def evaluate_request(  # noqa: PLR0913 - an argument for each policy type
    action: ActionName,
    resource: ResourceArn,
    policies: OptionalPolicyTexts = None,
    *,
    context: Context = None,
    principal: Principal = None,
    boundary: Boundary = "",
    session: Session = "",
    scps: Levels = None,
    rcps: Levels = None,
    resource_policy: ResourcePolicy = "",
    endpoint_policy: EndpointPolicy = "",
    resource_account: ResourceAccount = None,
    management_account: ManagementAccount = None,
    block_public_access: BlockPublicAccess = False,
) -> ToolAnswer:
    """Decide whether IAM policies allow a request, and which statements decide.

    Policy types that are not given are taken to be absent. Condition keys that are not given are taken to be absent
    from the request. With a wildcard in the action or the resource, the answer is whether all, none or some requests
    are allowed, with examples. An answer of `unknown` means that it cannot be decided; never report it as allowed or
    denied.
    """
    policy_set = _policy_set(policies, boundary, session, scps, rcps, resource_policy, endpoint_policy)
    policy_set = replace(policy_set, management_account=management_account, block_public_access=block_public_access)
    question = build_pattern_question(action, resource, _context(context), principal, resource_account)
    layers = build_layers(policy_set)
    if question.is_pattern:
        result, notes = evaluate_pattern_question(layers, question)
        return ToolAnswer({"allowed": result.answer.value}, json.loads(pattern_json(result, notes)))
    answer = evaluate_question(layers, question)
    data = json.loads(decision_json(answer.effective, answer.notes, answer.aws_owned))
    return ToolAnswer({"decision": answer.effective.decision.value}, data)


def compare_policies(
    old: PolicyTexts,
    new: PolicyTexts,
    boundary: Boundary = "",
    scps: Levels = None,
) -> ToolAnswer:
    """Compare two policies exactly: what `new` allows that `old` does not, and the reverse, as statements.

    `answer` is about added access: `new-access` with a request as witness, `no-new-access` if it is proved that there
    is none, or `unknown` with the reason; never report `unknown` as equal. With a boundary and SCPs, only what these
    allow counts.
    """
    limits = [_file("permissions boundary", boundary), *_levels("SCP", scps)]
    result = compare_sides(
        DiffSide("old", _files("old policy", old)),
        DiffSide("new", _files("new policy", new)),
        [limit for limit in limits if limit],
    )
    added, removed = result.added.comparison.answer.value, result.removed.comparison.answer.value
    return ToolAnswer({"answer": added, "removed": removed}, json.loads(diff_json(result)))


def explain_denial(  # noqa: PLR0913 - an argument for each fact
    message: MessageText,
    policies: OptionalPolicyTexts = None,
    *,
    action: OptionalAction = None,
    resource: OptionalResource = None,
    principal: Principal = None,
    context: Context = None,
    boundary: Boundary = "",
    session: Session = "",
    scps: Levels = None,
    rcps: Levels = None,
    resource_policy: ResourcePolicy = "",
    endpoint_policy: EndpointPolicy = "",
    resource_account: ResourceAccount = None,
    management_account: ManagementAccount = None,
    block_public_access: BlockPublicAccess = False,
) -> ToolAnswer:
    """Explain an access denied message of AWS: what was denied, what is missing, and the smallest statement to add.

    With the policies, also which statement decided, and what to change in them. Do not widen a statement beyond the
    one that is proposed.
    """
    policy_set = _policy_set(policies, boundary, session, scps, rcps, resource_policy, endpoint_policy)
    policy_set = replace(policy_set, management_account=management_account, block_public_access=block_public_access)
    denials = read_denials(message)
    facts = RequestFacts(resource_account, tuple(_context(context).items()))
    reports, problems = [], []
    for denial in denials[:_MAX_DENIALS]:
        report, problem = build_denial_report(with_overrides(denial, action, resource, principal), facts, policy_set)
        reports.append(report)
        problems += [problem] if problem else []
    is_evaluated = bool(policy_set.files) and not problems
    left_out = max(0, len(denials) - _MAX_DENIALS)
    answer = {"denials": len(denials), "not_explained": left_out, "policies_evaluated": is_evaluated}
    quoted = {
        "denial": json.loads(denials_json(reports, {file.path: file for file in policy_set.files})),
        "not_evaluated": [_problem_text(problem) for problem in problems],
    }
    return ToolAnswer(answer, quoted)


def _policy_set(
    policies: OptionalPolicyTexts,
    boundary: Boundary,
    session: Session,
    scps: Levels,
    rcps: Levels,
    resource_policy: ResourcePolicy,
    endpoint_policy: EndpointPolicy,
) -> PolicySet:
    """The policies of all types in the texts. Raises IamglueError."""
    return PolicySet(
        _files("identity policy", policies or []),
        _file("permissions boundary", boundary),
        _file("session policy", session),
        _levels("SCP", scps),
        _levels("RCP", rcps),
        _file("resource policy", resource_policy),
        _file("endpoint policy", endpoint_policy),
    )


def _file(name: str, text: str) -> tuple[PolicyFile, ...]:
    """The policy of a text; none for an empty text."""
    return _files(name, [text] if text else [])


def _levels(name: str, levels: Sequence[str | list[str]] | None) -> list[tuple[PolicyFile, ...]]:
    """The policies of each level of the organization; several of one level are evaluated together."""
    texts = [[level] if isinstance(level, str) else level for level in levels or ()]
    files = iter(_files(name, [text for level in texts for text in level]))
    return [tuple(islice(files, len(level))) for level in texts]


def _files(name: str, texts: Sequence[str]) -> tuple[PolicyFile, ...]:
    """The policies of the texts, each with a name for errors and citations. Raises IamglueError."""
    files = []
    for path, text in numbered(name, texts):
        located = read_located_policy(text, path)
        files.append(PolicyFile(path, located.policy, located.statement_locations))
    return tuple(files)


def _context(context: Mapping[str, str | list[str]] | None) -> dict[str, tuple[str, ...]]:
    return {key: (value,) if isinstance(value, str) else tuple(value) for key, value in (context or {}).items()}


def _problem_text(problem: IamglueError) -> str:
    return "; ".join(filter(None, (problem.message, problem.advice)))
