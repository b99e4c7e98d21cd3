"""A condition key that is not written `prefix:name`, or a tag's key without the tag.

Every condition key begins with the prefix of its service, or with `aws:`. Keys of tags end in the key of the tag:
`aws:ResourceTag/team` is the value of the tag `team`; `aws:ResourceTag/` is nothing.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from iamglue.catalog.condition_key_lookup import global_keys
from iamglue.catalog.condition_key_types import find_known_key
from iamglue.findings import Severity, build_fix
from iamglue.lint.rule import Rule, RuleExample, RuleViolation
from iamglue.policy.parsed_policy import ParsedPolicy
from iamglue.policy.source.edits import replace_scalar
from iamglue.policy.source.nodes import Node, NodeKind

RULE = Rule(Severity.ERROR, codes=("INVALID_CONDITION_KEY_FORMAT", "MISSING_TAG_KEY_IN_CONDITION"))
_FORMAT = re.compile(r"[^\s:]+:\S.*", re.DOTALL)


def check(policy: ParsedPolicy) -> Iterator[RuleViolation]:
    """Every condition key of the wrong form."""
    for _, condition in policy.conditions:
        key = condition.key
        if key.kind is not NodeKind.SCALAR or key.unresolved or key.text.startswith("${"):
            continue  # `${provider}:sub` of a text that is yet to be filled in
        if not has_key_format(key.text):
            yield _formless(key)
        elif is_missing_tag_name(key.text):
            text = f"`{key.text}` lacks the key of the tag"
            told = f"write it behind the slash: `{key.text}team`"
            yield RuleViolation(key, text, help=told, code="MISSING_TAG_KEY_IN_CONDITION")


@lru_cache(maxsize=4096)
def has_key_format(text: str) -> bool:
    """Whether a key is `prefix:name`."""
    return _FORMAT.fullmatch(text) is not None


def is_missing_tag_name(text: str) -> bool:
    """Whether a key is that of tags, up to its slash."""
    found = find_known_key(f"{text}team") if text.endswith("/") else None
    return found is not None and found.name.lower().startswith((f"{text.lower()}$", f"{text.lower()}<"))


def _formless(key: Node) -> RuleViolation:
    message = f"the condition key `{key.text}` is not of the form `prefix:name`"
    name = key.text.strip().lstrip(":").lower()
    right = next((each.name for each in global_keys().values() if each.name.lower()[4:] == name), None)
    if right is None:
        return RuleViolation(key, message, help="write the prefix of its service before it, or `aws:`")
    return RuleViolation(
        key, message, help=f"did you mean `{right}`?", fix=build_fix(f"write `{right}`", replace_scalar(key, right))
    )


GOOD = (
    RuleExample(
        '{"Effect": "Allow", "Action": "ec2:StartInstances", "Resource": "*",'
        ' "Condition": {"StringEquals": {"aws:ResourceTag/Cost Center": "7", "ec2:Region": "eu-west-1"}}}'
    ),
    RuleExample(
        '{"Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity", "Resource": "*",'
        ' "Condition": {"StringEquals": {"idp.example.com/realm:sub": "me"}}}'
    ),
)
BAD = (
    RuleExample(
        '{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*",'
        ' "Condition": {"IpAddress": {"SourceIp": "203.0.113.0/24"}}}',
        codes=("INVALID_CONDITION_KEY_FORMAT",),
        fixed='{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*",'
        ' "Condition": {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}}',
    ),
    RuleExample(
        '{"Effect": "Allow", "Action": "ec2:StartInstances", "Resource": "*",'
        ' "Condition": {"StringEquals": {"aws:ResourceTag/": "blue", "s3:ExistingObjectTag/": "blue"}}}',
        codes=("MISSING_TAG_KEY_IN_CONDITION", "MISSING_TAG_KEY_IN_CONDITION"),
    ),
)
