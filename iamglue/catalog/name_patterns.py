"""The rules of resource names, from the table `data/name_patterns.tsv`, and the names in an ARN that they apply to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from iamglue.catalog.resource_formats import ArnFormat, corrected_formats
from iamglue.catalog.service_arn_formats import service_arn_formats
from iamglue.catalog.tables import table_rows
from iamglue.policy.arns import ARN_FIELD_COUNT, split_arn_fields

_VARIABLE = re.compile(r"\$\{[^{}]*\}")


@dataclass(frozen=True, slots=True)
class NameRule:
    """The rule of one kind of name; the fields are documented at the top of `data/name_patterns.tsv`."""

    noun: str
    pattern: str
    never: str
    old: str
    old_note: str
    expected: str
    source: str


@dataclass(frozen=True, slots=True)
class PatternedName:
    """A name in an ARN, with the rule for it."""

    text: str
    rule: NameRule


@lru_cache(maxsize=4096)
def patterned_names(arn: str) -> tuple[PatternedName, ...]:
    """The names in an ARN for which there is a rule; () for what is not an ARN, or is of a kind without a rule.

    The kind is that of the most specific ARN format that matches the ARN.
    """
    fields = split_arn_fields(arn)
    if len(fields) != ARN_FIELD_COUNT or fields[0] != "arn" or fields[5] == "*":
        return ()
    matches = [
        (form, values)
        for form in (*service_arn_formats(fields[2]), *corrected_formats(fields[2]))
        if bool(form.region) == bool(fields[3]) and bool(form.account) == bool(fields[4])
        if (values := form.parse_resource(fields[5])) is not None
    ]
    if not matches:
        return ()
    form, values = max(matches, key=lambda match: len(_skeleton(match[0].resource).replace("${}", "")))
    return tuple(_names_with_rule(fields[2], form, values))


def _names_with_rule(service: str, form: ArnFormat, values: dict[str, str]) -> Iterator[PatternedName]:
    """The values of a format's variables that have a rule, each with it."""
    rules = _rules().get((service, _skeleton(form.resource)), {})
    for at, text in enumerate(values.values()):
        if at in rules:
            yield PatternedName(text, rules[at])


def _skeleton(resource: str) -> str:
    """A format without the names of its variables, which differ between tables."""
    return _VARIABLE.sub("${}", resource)


@cache
def _rules() -> dict[tuple[str, str], dict[int, NameRule]]:
    """The rules by service and format: for each of its variables with a rule, by the variable's position."""
    rules: dict[tuple[str, str], dict[int, NameRule]] = {}
    for row in table_rows("name_patterns"):
        rule = NameRule(*(row[name] for name in ("noun", "pattern", "never", "old", "old_note", "expected", "source")))
        for resource in row["resource"].split():
            position = _VARIABLE.findall(resource).index(f"${{{row['variable']}}}")
            rules.setdefault((row["service"], _skeleton(resource)), {})[position] = rule
    return rules
