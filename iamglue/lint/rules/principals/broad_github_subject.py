"""A subject of GitHub that names no repository and branch: a wildcard, or no branch at all.

`repo:ORGANIZATION/REPOSITORY:*` lets every branch and every pull request of the repository assume the role, and
`repo:ORGANIZATION/*` every repository. Name the branch in the subject, or in a condition on the claim `ref`.

https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html#idp_oidc_Create_GitHub
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.findings import Severity
from iamglue.lint.analysis.confinement import conditions_known
from iamglue.lint.analysis.identity_providers import GITHUB, claim
from iamglue.lint.rule import Case, Hit, Rule
from iamglue.policy.model import Effect
from iamglue.policy.parsed_policy import PolicyType, WrittenPolicy, WrittenStatement
from iamglue.policy.patterns.wildcards import is_pattern
from iamglue.policy.source.nodes import Node

RULE = Rule(
    Severity.WARNING,
    codes=("SPECIFIC_GITHUB_REPO_AND_BRANCH_RECOMMENDED",),
    types=frozenset({PolicyType.TRUST}),
)


def check(policy: WrittenPolicy) -> Iterator[Hit]:
    """Every value of GitHub's subject that leaves repository or branch open."""
    for statement, condition in policy.conditions:
        provider, name = claim(condition.key.text)
        if name != "sub" or provider.split("/")[0] != GITHUB or statement.effect is Effect.DENY:
            continue
        if condition.operator is None or "Not" in condition.operator.base or condition.operator.base == "Null":
            continue
        elsewhere = _names_branch(statement)
        for node in condition.values:
            wrong = None if node.holes else _open(node.text, elsewhere)
            if wrong:
                yield _hit(node, wrong)


def _names_branch(statement: WrittenStatement) -> bool:
    """Whether a condition on the claim `ref` names the branch, or may do."""
    if not conditions_known(statement):
        return True
    for each in statement.conditions:
        provider, name = claim(each.key.text)
        if name == "ref" and provider.split("/")[0] == GITHUB and not any(is_pattern(v.text) for v in each.values):
            return True
    return False


def _open(subject: str, branch_elsewhere: bool) -> str | None:
    """What a subject leaves open: the repository or the branch; None when nothing."""
    repository, _, rest = subject.removeprefix("repo:").partition(":")
    if is_pattern(repository):
        return "repository"
    if branch_elsewhere or (":ref:refs/" in f":{rest}" and not is_pattern(rest)):
        return None
    return "branch"


def _hit(node: Node, wrong: str) -> Hit:
    message = f"`{node.text}` leaves open which {wrong} may assume the role"
    return Hit(node, message, help="write `repo:ORGANIZATION/REPOSITORY:ref:refs/heads/BRANCH`")


def _case(operator: str, conditions: str) -> str:
    return (
        f'{{"Effect": "Allow", "Principal": {{"Federated": "arn:aws:iam::111122223333:oidc-provider/{GITHUB}"}},'
        f' "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {{"{operator}": {{{conditions}}}}}}}'
    )


GOOD = (
    Case(_case("StringEquals", f'"{GITHUB}:sub": "repo:acme/site:ref:refs/heads/main"'), PolicyType.TRUST),
    Case(
        _case("StringLike", f'"{GITHUB}:sub": "repo:acme/site:*", "{GITHUB}:ref": "refs/heads/main"'), PolicyType.TRUST
    ),
)
BAD = (
    Case(_case("StringLike", f'"{GITHUB}:sub": "repo:acme/site:*"'), PolicyType.TRUST),
    Case(_case("StringLike", f'"{GITHUB}:sub": "repo:acme/*:ref:refs/heads/main"'), PolicyType.TRUST),
    Case(_case("StringEquals", f'"{GITHUB}:sub": "repo:acme/site:environment:production"'), PolicyType.TRUST),
)
