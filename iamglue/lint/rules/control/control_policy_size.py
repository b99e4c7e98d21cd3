"""A service or resource control policy has more characters than Organizations accepts.

Organizations counts every character of the text, including white space: 10,240 for an SCP, 5,120 for an RCP. White
space outside strings can be removed; the console removes it automatically. Otherwise, split the statements into
several policies.

https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.catalog import limits
from iamglue.findings import Severity
from iamglue.lint.rule import Rule, RuleExample, RuleViolation
from iamglue.policy.parsed_policy import ParsedPolicy, PolicyType
from iamglue.policy.source.source_text import Syntax
from iamglue.policy.source_size import source_size

RULE = Rule(
    Severity.ERROR,
    codes=("POLICY_SIZE_EXCEEDS_SCP_QUOTA", "POLICY_SIZE_EXCEEDS_RCP_QUOTA"),
    types=frozenset({PolicyType.SCP, PolicyType.RCP}),
)


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Report the document if it is too large."""
    name = policy.type.value.upper()
    limit = limits.SERVICE_CONTROL_POLICY_SIZE if policy.type is PolicyType.SCP else limits.RESOURCE_CONTROL_POLICY_SIZE
    size = document_length(policy)
    if size > limit:
        message = f"the policy has {size:,} characters; the limit for an {name} is {limit:,}"
        size_without_spaces = source_size(policy)
        help_ = (
            f"remove white space: without it the policy has {size_without_spaces:,} characters"
            if size_without_spaces <= limit
            else "split the statements into several policies"
        )
        yield RuleViolation(policy.node, message, help=help_, code=f"POLICY_SIZE_EXCEEDS_{name}_QUOTA")


def document_length(policy: ParsedPolicy) -> int:
    """Return the characters that AWS receives, with white space: of the text, or of the JSON from a template."""
    node = policy.node
    is_whole_text = len(node.source.text.strip()) <= node.end - node.start
    if node.source.syntax is Syntax.JSON and is_whole_text:
        return node.end - node.start
    return source_size(policy)


def _statement_with_spaces(spaces: int, principal: str = "") -> str:
    """An example: a statement with white space, which counts in an SCP or RCP."""
    return (
        f'{{"Effect": "Deny", {principal}"Action": "s3:GetObject",'
        + " " * spaces
        + '"Resource": "arn:aws:s3:::images/*"}'
    )


GOOD = (
    RuleExample(_statement_with_spaces(10_000), PolicyType.SCP),
    RuleExample(_statement_with_spaces(4_900, '"Principal": "*", '), PolicyType.RCP),
)
BAD = (
    RuleExample(_statement_with_spaces(10_240), PolicyType.SCP, codes=("POLICY_SIZE_EXCEEDS_SCP_QUOTA",)),
    RuleExample(
        _statement_with_spaces(5_120, '"Principal": "*", '), PolicyType.RCP, codes=("POLICY_SIZE_EXCEEDS_RCP_QUOTA",)
    ),
)
