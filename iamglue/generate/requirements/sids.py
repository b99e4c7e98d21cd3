"""Statement ids that describe what the statement allows, in letters and digits as IAM requires.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_sid.html
"""

from __future__ import annotations

from collections.abc import Iterable

from iamglue.catalog.services import find_action
from iamglue.generate.requirements.grants import GrantGroup
from iamglue.generate.requirements.labels import camel_case
from iamglue.policy.conditions import Condition

_LEVEL_WORDS = {"Read": "Read", "List": "List", "Write": "Write", "Tagging": "Tag", "Permissions management": "Permit"}


# Short names of resources, by ARN and the conditions of the need.
ResourceLabels = dict[tuple[str, tuple[Condition, ...]], str]


def group_sid(group: GrantGroup, labels: ResourceLabels) -> str:
    """The Sid of a group of grants."""
    names = [camel_case(name.partition(":")[2]) for name in group.actions]
    what = "".join(names) if len(names) <= 2 else _access_level_words(group.actions)
    where = sorted({labels.get((resource, group.conditions), "") for resource in group.resources} - {""})
    rest = f"And{len(where) - 1}More" if len(where) > 1 else ""
    return camel_case(group.service) + what + (where[0] if where else "") + rest


def unique_sids(sids: Iterable[str]) -> tuple[str, ...]:
    """The Sids in the same order, with a number added to every repeated one."""
    seen: dict[str, int] = {}
    sids_with_numbers = []
    for text in sids:
        seen[text] = seen.get(text, 0) + 1
        sids_with_numbers.append(text if seen[text] == 1 else f"{text}{seen[text]}")
    return (
        tuple(sids_with_numbers)
        if len(set(sids_with_numbers)) == len(sids_with_numbers)
        else unique_sids(sids_with_numbers)
    )


def _access_level_words(names: tuple[str, ...]) -> str:
    levels = {action.access_level for name in names if (action := find_action(name))}
    return "".join(word for level, word in _LEVEL_WORDS.items() if level in levels)
