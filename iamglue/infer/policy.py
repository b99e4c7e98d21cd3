"""From the policies of a role to the spec of a function, which allows the same, and what it does not say as they do."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath

from iamglue.catalog.partitions import infer_partition
from iamglue.catalog.triggers import TriggerKind, trigger_facts, trigger_names
from iamglue.diff import DiffSide, compare_policies
from iamglue.engine.solve.comparison import ComparisonAnswer
from iamglue.errors import Location
from iamglue.generate.deployment_target import DeploymentTarget
from iamglue.generate.generate import generate
from iamglue.generate.requirements.grants import AtomicGrant, group_grants
from iamglue.generate.requirements.raw_statements import find_raw_statement_problems
from iamglue.infer.arn_resources import find_entry
from iamglue.infer.entries import EntryGroup, access_action, group_entries
from iamglue.infer.entry_grants import entry_grants
from iamglue.infer.entry_options import with_options
from iamglue.infer.policy_grants import StatementGrants, read_statements
from iamglue.infer.policy_settings import function_scope, infer_function_name, infer_scope, infer_settings, item_grants
from iamglue.infer.spec_parameters import with_policy_parameters, with_spec_parameters
from iamglue.model.difference import PolicyDiff
from iamglue.model.inference import ChangeKind, SpecChange
from iamglue.model.policy_file import PolicyFile
from iamglue.model.required_access import DeploymentScope
from iamglue.model.spec import AccessEntry, RawStatement, SpecFunction
from iamglue.model.spec_comments import CommentedFunction
from iamglue.policy.arns import resource_covers

_NOWHERE = Location("")
_NO_ENTRY = "no entry of a spec allows exactly this"
_PATTERN = "it matches many actions: name those that the function uses"


@dataclass(frozen=True, slots=True)
class InferredPolicy:
    """The function with the places of its entries as comments, and what its spec does not say as the policies do."""

    function: CommentedFunction
    changes: tuple[SpecChange, ...]


def infer_policies(
    files: Sequence[PolicyFile], name: str | None = None, base: SpecFunction | None = None
) -> InferredPolicy:
    """The spec of a function whose role has the policies; `name` is the function's, else that of its log group.

    `base` is the function with its triggers and settings, if they are known: the entries are for what these do not
    need. What a policy that AWS manages allows everywhere for them is narrowed to their resources.
    """
    files = [with_policy_parameters(file) for file in files]
    statements, changes = read_statements(files)
    granted = frozenset(grant for statement in statements for grant in statement.grants)
    if base is None:
        scope = infer_scope(grant for item in statements for grant in (*item.grants, *item.patterns))
        function = _empty_function(files, name or infer_function_name(granted), scope)
        settings, covered = infer_settings(function, granted, scope)
        function = replace(function, settings=settings)
    else:
        scope, function = function_scope(base), base
        covered = item_grants(base, scope)
        statements, narrowed = _without_needs(statements, covered)
        changes = (*changes, *narrowed)
    accesses, uncovered = _cover(statements, granted, covered, scope)
    groups = with_options(group_entries(accesses, scope), scope)
    raw, raw_changes = _raw_statements(statements, uncovered)
    function = replace(function, entries=tuple(group.entry for group in groups), raw=(*function.raw, *raw))
    compared = _comparison_changes(_compare(files, function, scope), function.location) if files else ()
    comments = {_with_spec_parameters(group.entry): _comments(group) for group in groups}
    if not function.region:
        # The partition of a function without Region is that of the deployment; aws is what is usual.
        function = replace(function, partition=None if function.partition == "aws" else function.partition)
    return InferredPolicy(
        CommentedFunction(with_spec_parameters(function), comments), (*changes, *raw_changes, *compared)
    )


def _without_needs(
    statements: tuple[StatementGrants, ...], needed: frozenset[AtomicGrant]
) -> tuple[tuple[StatementGrants, ...], tuple[SpecChange, ...]]:
    """The statements without what AWS's own policies allow on more resources than triggers and settings need."""
    resources: dict[str, set[str]] = {}
    for grant in needed:
        resources.setdefault(grant.action, set()).add(grant.resource)
    remaining: list[StatementGrants] = []
    changes: list[SpecChange] = []
    for statement in statements:
        wider = [
            grant
            for grant in statement.grants
            if statement.is_aws_managed
            and grant not in needed
            and any(resource_covers(grant.resource, resource) for resource in resources.get(grant.action, ()))
        ]
        if wider:
            subject = ", ".join(f"{grant.action} on {grant.resource}" for grant in wider)
            reason = "the function's triggers and settings need it on their own resources only"
            changes.append(SpecChange(ChangeKind.NARROWED, subject, reason, statement.location))
        remaining.append(replace(statement, grants=tuple(grant for grant in statement.grants if grant not in wider)))
    return tuple(remaining), tuple(changes)


def _with_spec_parameters(entry: AccessEntry) -> AccessEntry:
    """An entry as it is in the spec, with the parameters that a spec can have."""
    return with_spec_parameters(SpecFunction("f", entry.location, entries=(entry,))).entries[0]


def _comments(group: EntryGroup) -> tuple[str, ...]:
    """The places of the statements that allow an entry, and whether it may be what Lambda needs for a trigger."""
    places = ", ".join(dict.fromkeys(str(access.location) for access in group.accesses))
    trigger = _possible_trigger(group)
    return (
        (places, f"Lambda needs this for a trigger: if it is one, write `triggers: - {trigger}: ...`")
        if trigger
        else (places,)
    )


def _possible_trigger(group: EntryGroup) -> str | None:
    """The trigger for which Lambda polls an entry's resource with exactly these actions; None if there is none."""
    actions = {access_action(access) for access in group.accesses}
    facts = (facts for name in trigger_names() if (facts := trigger_facts(name)) and facts.kind is TriggerKind.POLL)
    return next(
        (
            item.name
            for item in facts
            if actions == {action for need in item.needs if not need.when for action in need.actions}
        ),
        None,
    )


def _empty_function(files: Sequence[PolicyFile], name: str | None, scope: DeploymentScope) -> SpecFunction:
    """The function without entries, where the policies' ARNs say that it is; without a name that of the file."""
    location = Location(files[0].path)
    partition = None if "${" in scope.partition or infer_partition(scope.region) == scope.partition else scope.partition
    return SpecFunction(
        name or _name_of_file(files[0].path),
        location,
        region=_spec_location(scope.region),
        account=_spec_location(scope.account),
        partition=partition,
        settings_location=location,
    )


def _spec_location(value: str) -> str | None:
    """A Region or account as a spec has it; None for that of the deployment."""
    return None if value.startswith("${AWS::") else value


def _name_of_file(path: str) -> str:
    stem = PurePath(path).name.partition(".")[0]
    return re.sub("[^A-Za-z0-9_-]+", "-", stem).strip("-")[:64] or "function"


def _cover(
    statements: Iterable[StatementGrants],
    granted: frozenset[AtomicGrant],
    covered: frozenset[AtomicGrant],
    scope: DeploymentScope,
) -> tuple[tuple[AccessEntry, ...], frozenset[AtomicGrant]]:
    """The fewest entries that allow all grants and nothing else, and the grants that no entry allows."""
    entries: dict[AccessEntry, tuple[AccessEntry, frozenset[AtomicGrant]]] = {}
    remaining: set[AtomicGrant] = set()
    for statement in statements:
        for grant in statement.grants:
            if grant in covered:
                continue
            entry = find_entry(grant, scope, statement.location, granted)
            if entry is None:
                remaining.add(grant)
            else:
                key = replace(entry, location=_NOWHERE)
                entries.setdefault(key, (entry, entry_grants(entry, scope) or frozenset()))
    necessary = dict(_necessary(dict(entries.values()), covered))
    return tuple(necessary), frozenset(remaining).difference(*necessary.values())


def _necessary(
    entries: dict[AccessEntry, frozenset[AtomicGrant]], covered: frozenset[AtomicGrant]
) -> Iterator[tuple[AccessEntry, frozenset[AtomicGrant]]]:
    """The entries without those whose grants the others have: a table's entry brings its database."""
    retained = dict(entries)
    for entry in sorted(entries, key=lambda entry: len(entries[entry])):
        others = covered.union(*(grants for other, grants in retained.items() if other is not entry))
        if retained[entry] <= others:
            del retained[entry]
    yield from retained.items()


def _raw_statements(
    statements: Iterable[StatementGrants], uncovered: frozenset[AtomicGrant]
) -> tuple[tuple[RawStatement, ...], tuple[SpecChange, ...]]:
    """What no entry says, unchanged in `raw`; what `raw` does not take either is dropped."""
    raw: list[RawStatement] = []
    changes: list[SpecChange] = []
    for statement in statements:
        left = [grant for grant in statement.grants if grant in uncovered]
        for grants, why in ((left, _NO_ENTRY), (statement.patterns, _PATTERN)):
            for group in group_grants(grants):
                item = RawStatement(group.actions, group.resources, why, statement.location, group.conditions)
                problems = find_raw_statement_problems(item)
                subject = f"{', '.join(group.actions)} on {', '.join(group.resources)}"
                if problems:
                    changes.append(SpecChange(ChangeKind.DROPPED, subject, problems[0].message, statement.location))
                else:
                    raw.append(item)
                    changes.append(SpecChange(ChangeKind.RAW, subject, why, statement.location))
    return tuple(dict.fromkeys(raw)), tuple(changes)


def _compare(files: Sequence[PolicyFile], function: SpecFunction, scope: DeploymentScope) -> PolicyDiff:
    """What the policy that `generate` writes for the function adds and removes."""
    target = DeploymentTarget(
        _spec_location(scope.region),
        _spec_location(scope.account),
        scope.partition,
        use_pseudo_parameters=True,
        allow_parameters=True,
    )
    generated = generate(function, target)
    spec_side = DiffSide("the spec", tuple(PolicyFile("the spec", named.policy) for named in generated.policies))
    return compare_policies(DiffSide(files[0].path, tuple(files)), spec_side)


def _comparison_changes(difference: PolicyDiff, location: Location) -> Iterator[SpecChange]:
    """What the policy of the spec allows more or less than the given policies, each with a request as an example."""
    for side, kind in ((difference.added, ChangeKind.WIDENED), (difference.removed, ChangeKind.NARROWED)):
        comparison = side.comparison
        subject = f"what the spec {'adds' if kind is ChangeKind.WIDENED else 'leaves out'}"
        if comparison.answer is ComparisonAnswer.UNKNOWN:
            yield SpecChange(ChangeKind.UNDECIDED, subject, comparison.reason or "it is not known", location)
        elif comparison.witness is not None and comparison.answer is ComparisonAnswer.NEW_ACCESS:
            example = f"{comparison.witness.action} on {comparison.witness.resource}"
            yield SpecChange(kind, subject, f"for example {example}", location)
