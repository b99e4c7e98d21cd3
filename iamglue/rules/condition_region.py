"""A condition value that should be a Region and is none.

No request is for a Region that does not exist, so the condition does not hold, or a negated one always. A Region that
may come next (`us-east-3`, after `us-east-2`) is left alone.

https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache

from iamglue.catalog.partitions import partition_of
from iamglue.catalog.suggest import nearest
from iamglue.catalog.tables import rows
from iamglue.findings import Severity, fix
from iamglue.iam.edits import rewritten
from iamglue.iam.nodes import Node
from iamglue.iam.patterns import is_pattern
from iamglue.rules.rule import Case, Hit, Rule
from iamglue.subjects.written_policy import WrittenPolicy

RULE = Rule(Severity.ERROR, codes=("INVALID_REGION",))
_KEYS = frozenset({"aws:requestedregion", "ec2:region"})
_NUMBERED = re.compile(r"(.+-)([0-9]+)")


def check(policy: WrittenPolicy) -> Iterator[Hit]:
    """Every value of a key for Regions that names none."""
    for _, condition in policy.conditions:
        named = condition.operator
        if condition.key.text.lower() not in _KEYS or named is None or not named.base.startswith("String"):
            continue
        folds = named.base.endswith("IgnoreCase")
        for value in condition.values:
            text = value.text.lower() if folds else value.text
            if not value.holes and "${" not in text and not is_pattern(text) and not _may_be(text):
                yield _unknown(value)


@cache
def _regions() -> dict[str, int]:
    """The Regions, and for each beginning (`us-east-`) the highest number."""
    found: dict[str, int] = {}
    for row in rows("regions"):
        found[row["region"]] = 0
        numbered = _NUMBERED.fullmatch(row["region"])
        if numbered:
            found[numbered[1]] = max(found.get(numbered[1], 0), int(numbered[2]))
    return found


@lru_cache(maxsize=1024)
def _may_be(text: str) -> bool:
    """Whether it is a Region, or the next there may be of its beginning."""
    if text in _regions() and text[-1:].isdigit():
        return True
    numbered = _NUMBERED.fullmatch(text)
    if numbered is None or partition_of(text) is None:
        return False
    return int(numbered[2]) <= _regions().get(numbered[1], 0) + 1


def _unknown(value: Node) -> Hit:
    message = f"there is no Region `{value.text}`"
    near = nearest(value.text, (name for name in _regions() if name[-1].isdigit()))
    if near is None:
        return Hit(value, message, help="a Region is written as in `eu-west-1`")
    return Hit(value, message, help=f"did you mean `{near}`?", fix=fix(f"write `{near}`", rewritten(value, near)))


GOOD = (
    Case(
        '{"Effect": "Deny", "Action": "*", "Resource": "*",'
        ' "Condition": {"StringNotEquals": {"aws:RequestedRegion": ["eu-west-1", "us-gov-east-1", "us-east-3"]}}}'
    ),
    Case(
        '{"Effect": "Allow", "Action": "ec2:*", "Resource": "*",'
        ' "Condition": {"StringLike": {"aws:RequestedRegion": "eu-*"}, "Null": {"ec2:Region": "false"}}}'
    ),
)
BAD = (
    Case(
        '{"Effect": "Allow", "Action": "ec2:*", "Resource": "*",'
        ' "Condition": {"StringEquals": {"aws:RequestedRegion": ["eu-wset-1", "us-east-1"]}}}',
        fixed='{"Effect": "Allow", "Action": "ec2:*", "Resource": "*",'
        ' "Condition": {"StringEquals": {"aws:RequestedRegion": ["eu-west-1", "us-east-1"]}}}',
    ),
    Case(
        '{"Effect": "Deny", "Action": "*", "Resource": "*",'
        ' "Condition": {"StringNotEquals": {"aws:RequestedRegion": "us-east-9"}}}'
    ),
)
