"""Statement ids that say what the statement allows, in letters and digits as IAM wants them.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_sid.html
"""

from __future__ import annotations

from collections.abc import Iterable

from iamglue.catalog.services import find_action
from iamglue.generate.requirements.grants import GrantGroup
from iamglue.generate.requirements.labels import camel_case
from iamglue.policy.conditions import Condition

_WORDS = {"Read": "Read", "List": "List", "Write": "Write", "Tagging": "Tag", "Permissions management": "Permit"}


# What resources are called in a word or two, by their ARN and the conditions they are asked for under.
ResourceLabels = dict[tuple[str, tuple[Condition, ...]], str]


def group_sid(group: GrantGroup, labels: ResourceLabels) -> str:
    """The Sid of a group."""
    names = [camel_case(name.partition(":")[2]) for name in group.actions]
    what = "".join(names) if len(names) <= 2 else _levels(group.actions)
    where = sorted({labels.get((resource, group.conditions), "") for resource in group.resources} - {""})
    rest = f"And{len(where) - 1}More" if len(where) > 1 else ""
    return camel_case(group.service) + what + (where[0] if where else "") + rest


def unique_sids(sids: Iterable[str]) -> tuple[str, ...]:
    """The same Sids in the same order, a number behind those that came before."""
    seen: dict[str, int] = {}
    found = []
    for text in sids:
        seen[text] = seen.get(text, 0) + 1
        found.append(text if seen[text] == 1 else f"{text}{seen[text]}")
    return tuple(found) if len(set(found)) == len(found) else unique_sids(found)


def _levels(names: tuple[str, ...]) -> str:
    found = {known.access_level for name in names if (known := find_action(name))}
    return "".join(word for level, word in _WORDS.items() if level in found)
