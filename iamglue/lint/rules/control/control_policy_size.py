"""A service or resource control policy with more characters than Organizations takes.

Organizations counts every character of the text, white space, too: 10,240 for an SCP, 5,120 for an RCP. White space
outside of texts can go; the console takes it out by itself. Else spread the statements over several policies.

https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.catalog import limits
from iamglue.findings import Severity
from iamglue.lint.rule import Case, Hit, Rule
from iamglue.policy.parsed_policy import PolicyType, WrittenPolicy
from iamglue.policy.parsed_values import written_size
from iamglue.policy.source.source_text import Syntax

RULE = Rule(
    Severity.ERROR,
    codes=("POLICY_SIZE_EXCEEDS_SCP_QUOTA", "POLICY_SIZE_EXCEEDS_RCP_QUOTA"),
    types=frozenset({PolicyType.SCP, PolicyType.RCP}),
)


def check(policy: WrittenPolicy) -> Iterator[Hit]:
    """The document, if it is too large."""
    name = policy.type.value.upper()
    limit = limits.SERVICE_CONTROL_POLICY if policy.type is PolicyType.SCP else limits.RESOURCE_CONTROL_POLICY
    size = characters(policy)
    if size > limit:
        message = f"the policy has {size:,} characters; an {name} may have {limit:,}"
        bare = written_size(policy.node)
        help_ = f"without white space it has {bare:,}" if bare <= limit else "make several policies of it"
        yield Hit(policy.node, message, help=help_, code=f"POLICY_SIZE_EXCEEDS_{name}_QUOTA")


def characters(policy: WrittenPolicy) -> int:
    """The characters that AWS gets, white space, too: the text itself, or what a template makes of the values."""
    node = policy.node
    is_whole_text = len(node.origin.text.strip()) <= node.end - node.start
    if node.origin.syntax is Syntax.JSON and is_whole_text:
        return node.end - node.start
    return written_size(node)


def _spaced(spaces: int, principal: str = "") -> str:
    return (
        f'{{"Effect": "Deny", {principal}"Action": "s3:GetObject",'
        + " " * spaces
        + '"Resource": "arn:aws:s3:::images/*"}'
    )


GOOD = (
    Case(_spaced(10_000), PolicyType.SCP),
    Case(_spaced(4_900, '"Principal": "*", '), PolicyType.RCP),
)
BAD = (
    Case(_spaced(10_240), PolicyType.SCP, codes=("POLICY_SIZE_EXCEEDS_SCP_QUOTA",)),
    Case(_spaced(5_120, '"Principal": "*", '), PolicyType.RCP, codes=("POLICY_SIZE_EXCEEDS_RCP_QUOTA",)),
)
