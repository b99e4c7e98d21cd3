"""A GitHub subject that does not limit the repository and the branch: it has a wildcard or no branch.

`repo:ORGANIZATION/REPOSITORY:*` allows every branch and every pull request of the repository to assume the role, and
`repo:ORGANIZATION/*` every repository. Name the branch in the subject, or in a condition on the claim `ref`.

https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html#idp_oidc_Create_GitHub
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.findings import Severity
from iamglue.lint.analysis.caller_restrictions import has_known_condition_keys
from iamglue.lint.analysis.identity_providers import GITHUB_PROVIDER, split_claim_key
from iamglue.lint.rule import Rule, RuleExample, RuleViolation
from iamglue.policy.model import Effect
from iamglue.policy.parsed_policy import ParsedPolicy, ParsedStatement, PolicyType
from iamglue.policy.patterns.wildcards import has_wildcard
from iamglue.policy.source.nodes import Node

RULE = Rule(
    Severity.WARNING,
    codes=("SPECIFIC_GITHUB_REPO_AND_BRANCH_RECOMMENDED",),
    types=frozenset({PolicyType.TRUST}),
)


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Find values of GitHub's subject that do not limit the repository or the branch."""
    for statement, condition in policy.conditions:
        provider, name = split_claim_key(condition.key.text)
        if name != "sub" or provider.split("/")[0] != GITHUB_PROVIDER or statement.effect is Effect.DENY:
            continue
        if condition.operator is None or "Not" in condition.operator.base or condition.operator.base == "Null":
            continue
        branch_is_named = _may_name_branch(statement)
        for node in condition.values:
            open_part = None if node.unresolved else _find_open_part(node.text, branch_is_named)
            if open_part:
                yield _violation(node, open_part)


def _may_name_branch(statement: ParsedStatement) -> bool:
    """True if a condition on the claim `ref` limits the branch, or may do so once its keys are known."""
    if not has_known_condition_keys(statement):
        return True
    for condition in statement.conditions:
        provider, name = split_claim_key(condition.key.text)
        if (
            name == "ref"
            and provider.split("/")[0] == GITHUB_PROVIDER
            and not any(has_wildcard(node.text) for node in condition.values)
        ):
            return True
    return False


def _find_open_part(subject: str, branch_is_named: bool) -> str | None:
    """The part that a subject does not limit: "repository" or "branch"; None if it limits both."""
    repository, _, rest = subject.removeprefix("repo:").partition(":")
    if has_wildcard(repository):
        return "repository"
    if branch_is_named or (":ref:refs/" in f":{rest}" and not has_wildcard(rest)):
        return None
    return "branch"


def _violation(node: Node, open_part: str) -> RuleViolation:
    message = f"`{node.text}` allows any {open_part} to assume the role"
    return RuleViolation(node, message, help="write `repo:ORGANIZATION/REPOSITORY:ref:refs/heads/BRANCH`")


def _example(operator: str, conditions: str) -> str:
    """An example: a trust statement for GitHub with conditions under one operator."""
    provider = f"arn:aws:iam::111122223333:oidc-provider/{GITHUB_PROVIDER}"
    return (
        f'{{"Effect": "Allow", "Principal": {{"Federated": "{provider}"}},'
        f' "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {{"{operator}": {{{conditions}}}}}}}'
    )


GOOD = (
    RuleExample(
        _example("StringEquals", f'"{GITHUB_PROVIDER}:sub": "repo:acme/site:ref:refs/heads/main"'), PolicyType.TRUST
    ),
    RuleExample(
        _example(
            "StringLike", f'"{GITHUB_PROVIDER}:sub": "repo:acme/site:*", "{GITHUB_PROVIDER}:ref": "refs/heads/main"'
        ),
        PolicyType.TRUST,
    ),
)
BAD = (
    RuleExample(_example("StringLike", f'"{GITHUB_PROVIDER}:sub": "repo:acme/site:*"'), PolicyType.TRUST),
    RuleExample(
        _example("StringLike", f'"{GITHUB_PROVIDER}:sub": "repo:acme/*:ref:refs/heads/main"'), PolicyType.TRUST
    ),
    RuleExample(
        _example("StringEquals", f'"{GITHUB_PROVIDER}:sub": "repo:acme/site:environment:production"'), PolicyType.TRUST
    ),
)
