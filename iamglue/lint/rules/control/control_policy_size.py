"""A service or resource control policy with more characters than Organizations takes.

Organizations counts every character of the text, white space, too: 10,240 for an SCP, 5,120 for an RCP. White space
outside of texts can go; the console takes it out by itself. Else spread the statements over several policies.

https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.catalog import limits
from iamglue.findings import Severity
from iamglue.lint.rule import Rule, RuleExample, RuleViolation
from iamglue.policy.parsed_policy import ParsedPolicy, PolicyType
from iamglue.policy.parsed_values import source_size
from iamglue.policy.source.source_text import Syntax

RULE = Rule(
    Severity.ERROR,
    codes=("POLICY_SIZE_EXCEEDS_SCP_QUOTA", "POLICY_SIZE_EXCEEDS_RCP_QUOTA"),
    types=frozenset({PolicyType.SCP, PolicyType.RCP}),
)


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """The document, if it is too large."""
    name = policy.type.value.upper()
    limit = limits.SERVICE_CONTROL_POLICY_SIZE if policy.type is PolicyType.SCP else limits.RESOURCE_CONTROL_POLICY_SIZE
    size = document_length(policy)
    if size > limit:
        message = f"the policy has {size:,} characters; an {name} may have {limit:,}"
        bare = source_size(policy.node)
        help_ = f"without white space it has {bare:,}" if bare <= limit else "make several policies of it"
        yield RuleViolation(policy.node, message, help=help_, code=f"POLICY_SIZE_EXCEEDS_{name}_QUOTA")


def document_length(policy: ParsedPolicy) -> int:
    """The characters that AWS gets, white space, too: the text itself, or what a template makes of the values."""
    node = policy.node
    is_whole_text = len(node.source.text.strip()) <= node.end - node.start
    if node.source.syntax is Syntax.JSON and is_whole_text:
        return node.end - node.start
    return source_size(node)


def _spaced(spaces: int, principal: str = "") -> str:
    return (
        f'{{"Effect": "Deny", {principal}"Action": "s3:GetObject",'
        + " " * spaces
        + '"Resource": "arn:aws:s3:::images/*"}'
    )


GOOD = (
    RuleExample(_spaced(10_000), PolicyType.SCP),
    RuleExample(_spaced(4_900, '"Principal": "*", '), PolicyType.RCP),
)
BAD = (
    RuleExample(_spaced(10_240), PolicyType.SCP, codes=("POLICY_SIZE_EXCEEDS_SCP_QUOTA",)),
    RuleExample(_spaced(5_120, '"Principal": "*", '), PolicyType.RCP, codes=("POLICY_SIZE_EXCEEDS_RCP_QUOTA",)),
)
