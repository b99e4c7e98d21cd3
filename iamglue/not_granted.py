"""`can --never`: decides whether policies may allow any request that they must never allow.

It answers the question of Access Analyzer's CheckAccessNotGranted, for all policies of a principal together:
https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_CheckAccessNotGranted.html
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import reduce
from operator import and_

from iamglue.can import unknown_action_note
from iamglue.catalog.reference_gaps import describe_listed_types
from iamglue.engine.solve.access import EVERYTHING, Access, access_of_statement
from iamglue.engine.solve.action_bitsets import pattern_bitset
from iamglue.engine.solve.other_types import describe_other_type, prove_empty_on_other_types
from iamglue.engine.solve.possible_requests import possible_requests
from iamglue.engine.solve.proof import Verdict, prove_empty
from iamglue.engine.solve.witness_location import find_local_witness, most_named_location
from iamglue.errors import IamglueError
from iamglue.model.grant_check import GrantAnswer, GrantCheck, GrantPattern
from iamglue.model.located_access import LocatedAccess, access_of_files
from iamglue.model.policy_file import PolicyFile
from iamglue.model.question import is_named_resource
from iamglue.policy.action_names import ACTION_NAME_PATTERN, SERVICE_PREFIX
from iamglue.policy.model import Effect, MatchList, Policy, Statement
from iamglue.policy.patterns.wildcards import has_wildcard

_ACTION = re.compile(rf"{SERVICE_PREFIX}:{ACTION_NAME_PATTERN}|\*(:\*)?")
_RESOURCE_SEPARATOR = "@"
_ANSWERS = {
    Verdict.EMPTY: GrantAnswer.NOT_GRANTED,
    Verdict.NON_EMPTY: GrantAnswer.GRANTED,
    Verdict.UNKNOWN: GrantAnswer.UNKNOWN,
}


def parse_grant_pattern(text: str) -> GrantPattern:
    """Parse `ACTION`, `ACTION@ARN` or `@ARN`; both parts may have wildcards, and a missing part is `*`.

    Raises IamglueError if a part is not valid.
    """
    action, separator, resource = text.partition(_RESOURCE_SEPARATOR)
    if not action and not resource:
        raise IamglueError(f"--never `{text}`: expected ACTION, ACTION@ARN or @ARN")
    if action and not _ACTION.fullmatch(action):
        raise IamglueError(f"--never `{text}`: `{action}` is not a valid action: expected `service:Name` or a pattern")
    if separator and not _is_resource_pattern(resource):
        raise IamglueError(
            f"--never `{text}`: `{resource}` is not a valid resource: expected an ARN, a pattern of ARNs, or `*`",
            hint="an S3 bucket is arn:aws:s3:::NAME and an object arn:aws:s3:::NAME/KEY",
        )
    return GrantPattern(text, action or "*", resource or "*")


def _is_resource_pattern(text: str) -> bool:
    """Whether a text is `*`, a phone number, or an ARN or pattern of one without variables."""
    return "${" not in text and (text == "*" or is_named_resource(text))


def check_not_granted(
    policies: Sequence[PolicyFile], patterns: Sequence[GrantPattern], limits: Sequence[Sequence[PolicyFile]] = ()
) -> tuple[GrantCheck, ...]:
    """For each pattern, whether the policies together may allow a request that matches it.

    A request counts if some principal and some condition keys exist with which it is allowed. `limits` are the
    permissions boundary, the session policy and the SCP levels: each must also allow it. Raises IamglueError for
    resource-based and identity-based policies together, and for limits of resource-based policies.
    """
    _check_types(policies, limits)
    located = LocatedAccess.of(policies)
    limits_access = reduce(and_, map(access_of_files, limits), EVERYTHING)
    limits_access &= possible_requests(located.access, limits_access)
    return tuple(_check_pattern(located, limits_access, pattern) for pattern in patterns)


def _check_types(policies: Sequence[PolicyFile], limits: Sequence[Sequence[PolicyFile]]) -> None:
    """Raise IamglueError if the policies are of types that do not apply to the same principals."""
    resource_based = [file.path for file in policies if _names_principals(file)]
    others = [file.path for file in policies if file.policy.statements and not _names_principals(file)]
    if resource_based and others:
        raise IamglueError(
            f"{resource_based[0]} is a resource-based policy and {others[0]} is not: they do not apply to the same"
            " principals",
            hint="check them with a command for each",
        )
    if resource_based and limits:
        raise IamglueError(
            f"{resource_based[0]} is a resource-based policy, which no boundary, session policy or SCP limits for every"
            " principal",
            hint="leave out --boundary, --session and --scp",
        )
    limit = next((file for files in limits for file in files if _names_principals(file)), None)
    if limit is not None:
        raise IamglueError(f"{limit.path} has a Principal, so it is not a boundary, session policy or SCP")


def _names_principals(file: PolicyFile) -> bool:
    return any(statement.principals is not None for statement in file.policy.statements)


def _check_pattern(located: LocatedAccess, limits_access: Access, pattern: GrantPattern) -> GrantCheck:
    """The answer for one pattern: whether the policies, within their limits, may allow some request of it."""
    probe = Statement(Effect.ALLOW, MatchList((pattern.action,)), MatchList((pattern.resource,)))
    granted = located.access & limits_access & access_of_statement(probe)
    proof = prove_empty(granted)
    if proof.witness is not None:
        location = most_named_location([Policy((*(term.statement for term in located.access.terms), probe))])
        proof = replace(proof, witness=find_local_witness(granted, proof.witness, location))
    if proof.verdict is Verdict.EMPTY:
        return _check_other_types(located, granted, pattern)
    answer = _ANSWERS[proof.verdict]
    return GrantCheck(pattern, answer, proof, located.allowed_by(proof.witness), _notes(pattern.action))


def _check_other_types(located: LocatedAccess, granted: Access, pattern: GrantPattern) -> GrantCheck:
    """The answer where nothing is granted on the resource types that AWS's reference lists for the actions.

    On other types it is unknown whether AWS checks the action, except where the reference is known to be complete.
    """
    notes = _notes(pattern.action)
    proof = prove_empty_on_other_types(granted, is_reliable=False)
    if proof.verdict is not Verdict.EMPTY:
        reason = proof.reason if proof.witness is None else describe_other_type(proof.witness)
        proof = replace(proof, verdict=Verdict.UNKNOWN, reason=reason)
        return GrantCheck(pattern, GrantAnswer.UNKNOWN, proof, located.allowed_by(proof.witness), notes)
    ineffective = prove_empty_on_other_types(granted, is_reliable=True).witness
    if ineffective is not None:
        sources = " and ".join(map(str, located.allowed_by(ineffective)))
        what = f"{ineffective.action} on {ineffective.resource}"
        notes = (*notes, f"{sources}: {what} has no effect, because {describe_listed_types(ineffective.action)}")
    return GrantCheck(pattern, GrantAnswer.NOT_GRANTED, proof, notes=notes)


def _notes(action: str) -> tuple[str, ...]:
    """A remark about an action that AWS's reference does not list: a typing error would never be granted."""
    if pattern_bitset(action):
        return ()
    return (
        (f"{action} matches no action of AWS's reference",) if has_wildcard(action) else (unknown_action_note(action),)
    )
