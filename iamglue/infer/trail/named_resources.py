"""The (action, resource) pairs of a record: from its `resources`, else from the names in `requestParameters`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from iamglue.catalog.call_parameters import ParameterEffect
from iamglue.catalog.cross_region_profiles import profile_model
from iamglue.infer.code.partiql import statement_target
from iamglue.infer.code.passed_roles import PASS_ROLE
from iamglue.infer.trail.event_plans import (
    ActionPlan,
    EventAction,
    KindPlan,
    RulePlan,
    action_plan,
    owner_paths,
    rule_plans,
    statement_paths,
)
from iamglue.infer.trail.named_arns import RecordScope, arn_of_name, arn_of_values, is_account, object_arn, whole_name
from iamglue.infer.trail.parameter_values import ParameterPath, lower_case_names, texts_at, values_at
from iamglue.infer.trail.passed_roles import passed_roles
from iamglue.infer.trail.record_arns import fitting_arn, objects_of_bucket
from iamglue.infer.trail.request_paths import has_request_paths, requested_path

_ANY = "*"
# The types of a rule on the default event bus, and on another.
# https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoneventbridge.html
_BUS_RULES = ("rule-on-default-event-bus", "rule-on-custom-event-bus")
# AWS checks a call of a cross-Region profile on the profile, and on its model in each of the Regions.
_MODEL, _PROFILE = "foundation-model", "inference-profile"
# Members that name a resource of any type, whose type another member says, or only an ARN.
_GENERAL_NAMES = ("resourceid", "resource", "resourceidentifier", "resourcearn", "arn")
_INDEX, _FUNCTION = "/index/", ":function:"
Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class OperationPlan:
    """All that the records of one operation are read by.

    `other` is the plan of another service's operation whose events look the same but have a parameter, with its path.
    """

    client: str
    operation: str
    actions: tuple[tuple[EventAction, ActionPlan], ...]
    statements: tuple[ParameterPath, ...]
    owners: tuple[ParameterPath, ...]
    rules: tuple[RulePlan, ...]
    other: tuple[ParameterPath, OperationPlan] | None = None
    # The action and its resource types if the record's `resources` alone decide, unless the parameters have a member of
    # `decisive` (in lower case).
    recorded: tuple[str, tuple[str, ...]] | None = None
    decisive: frozenset[str] = frozenset()


@lru_cache(maxsize=16384)
def operation_plan(actions: tuple[EventAction, ...]) -> OperationPlan:
    """How the records of an operation with these actions are read."""
    client, operation = actions[0].client, actions[0].operation
    plan = OperationPlan(
        client,
        operation,
        tuple((item, action_plan(item)) for item in actions),
        statement_paths(client, operation),
        owner_paths(client, operation),
        rule_plans(client, operation) if client else (),
    )
    (item, action), *others = plan.actions
    needed = [(*rule.present, *(paths for paths, _ in rule.values)) for rule in plan.rules]
    by_parameters = others or plan.statements or plan.owners or not all(needed) or has_request_paths(client)
    is_named = action.is_named_apart or action.parts or action.part or action.required
    if by_parameters or not action.kinds or action.passes_role or is_named:
        return plan
    decisive = frozenset(path.steps[0].name for rule in needed for paths in rule for path in paths)
    return replace(plan, recorded=(item.action, tuple(kind.type_name for kind in action.kinds)), decisive=decisive)


def requested_resources(
    plan: OperationPlan, resources: Sequence[str], parameters: Mapping[str, object], scope: RecordScope
) -> tuple[Pair, ...]:
    """The pairs of the actions that the record's parameters say were requested, each once."""
    if plan.recorded is not None and resources:
        recorded = _recorded_alone(plan, plan.recorded, resources, parameters)
        if recorded:
            return recorded
    values = lower_case_names(parameters) if parameters else {}
    if plan.other is not None and values_at(values, plan.other[0]):
        return requested_resources(plan.other[1], resources, parameters, scope)
    arns = [arn for arn in resources if isinstance(arn, str)]
    if plan.statements and values:
        statements = tuple(dict.fromkeys(_statements(plan.statements, values, scope)))
        if statements:
            return statements
    if plan.owners and values:
        scope = _owners_scope(plan.owners, values, scope)
    rules = [rule for rule in plan.rules if _applies(rule, values)] if values else []
    pairs: list[Pair] = []
    for item, action in _requested_actions(plan, rules, values):
        pairs += [(item.action, arn) for arn in _resources(item, action, arns, values, scope)]
        if action.passes_role and values:
            pairs += [(PASS_ROLE, arn) for arn in passed_roles(item, values, scope)]
    pairs += [pair for rule in rules for pair in _added_pairs(rule, plan, arns, values, scope)]
    return tuple(dict.fromkeys(pairs))


def _recorded_alone(
    plan: OperationPlan, recorded: tuple[str, tuple[str, ...]], arns: Sequence[str], parameters: Mapping[str, object]
) -> tuple[Pair, ...]:
    """The pairs where the record's `resources` alone decide: most records are such; () if they do not."""
    if plan.decisive and any(str(name).lower().partition(".")[0] in plan.decisive for name in parameters):
        return ()
    action, types = recorded
    fitting = [match for arn in arns if isinstance(arn, str) and (match := fitting_arn(action, arn)) is not None]
    for kind in types if fitting else ():
        pairs = [(action, arn) for name, arn in fitting if name == kind]
        if pairs:
            return tuple(dict.fromkeys(pairs)) if len(pairs) > 1 else tuple(pairs)
    return ()


def _owners_scope(paths: Sequence[ParameterPath], values: Mapping[str, object], scope: RecordScope) -> RecordScope:
    """The scope with the account that owns the resource, if the parameters say it."""
    account = next((text for text in _texts(paths, values) if is_account(text)), scope.account)
    return replace(scope, account=account)


def _requested_actions(
    plan: OperationPlan, rules: Sequence[RulePlan], values: Mapping[str, object]
) -> Sequence[tuple[EventAction, ActionPlan]]:
    """The actions of the operation: those of which the record has the part, or those that replace them."""
    if rules:
        replacing = [
            EventAction(action, plan.client, plan.operation)
            for rule in rules
            if rule.rule.effect is ParameterEffect.REPLACES
            for action in rule.rule.actions
        ]
        if replacing:
            return [(item, action_plan(item)) for item in replacing]
    if len(plan.actions) == 1:
        return plan.actions
    present = [
        (item, action)
        for item, action in plan.actions
        if not action.parts or any(values_at(values, path) for path in action.parts)
    ]
    # A record without the parts says no more than that one of the actions was requested.
    return present or plan.actions


def _applies(plan: RulePlan, values: Mapping[str, object]) -> bool:
    """Whether the record has the parameters of a rule, lacks those it excludes, and has the right values."""
    if any(_has_any(values, paths) for paths in plan.absent) or not all(
        _has_any(values, paths) for paths in plan.present
    ):
        return False
    return all(any(value in texts_at(values, path) for path in paths) for paths, value in plan.values)


def _has_any(values: Mapping[str, object], paths: Sequence[ParameterPath]) -> bool:
    return any(value not in ("", [], {}, False) for path in paths for value in values_at(values, path))


def _added_pairs(
    rule: RulePlan, plan: OperationPlan, arns: Sequence[str], values: Mapping[str, object], scope: RecordScope
) -> Iterator[Pair]:
    """The pairs of the actions that a rule adds; `*` where the rule has a resource of its own."""
    if rule.rule.effect is not ParameterEffect.ADDS:
        return
    for action in rule.rule.actions:
        if rule.rule.resource:
            yield action, _ANY
            continue
        item = EventAction(action, plan.client, plan.operation)
        yield from ((action, arn) for arn in _resources(item, action_plan(item), arns, values, scope))


def _resources(
    item: EventAction, plan: ActionPlan, arns: Sequence[str], values: Mapping[str, object], scope: RecordScope
) -> Sequence[str]:
    """The resources of one action; `*` alone if the record does not say them."""
    if not plan.kinds:
        return (_ANY,)
    if has_request_paths(item.client):
        return (requested_path(item.client, item.operation, values, scope.partition, scope.region),)
    # Without the parts of its parameters, a transaction's resources are those of any of its actions.
    apart = (_named_resources, _recorded_arns) if plan.parts else (_named_resources,)
    sources = apart if plan.is_named_apart else (_recorded_arns, _named_resources)
    groups = [tuple(kind for kind in plan.kinds if kind.type_name in names) for names in plan.required]
    named_arns: dict[str, None] = {}
    for part in (replace(plan, kinds=kinds) for kinds in groups) if groups else (plan,):
        resources = next((named for source in sources if (named := source(item, part, arns, values, scope))), (_ANY,))
        named_arns.update(dict.fromkeys(resources))
    return tuple(named_arns)


def _recorded_arns(
    item: EventAction, plan: ActionPlan, arns: Sequence[str], values: Mapping[str, object], scope: RecordScope
) -> Sequence[str]:
    """The ARNs of the record's `resources` that fit a type of the action, of the type that the call is about."""
    del scope
    fitting = [match for arn in arns if (match := fitting_arn(item.action, arn)) is not None]
    for kind in plan.kinds if fitting else ():
        matches = [arn for name, arn in fitting if name == kind.type_name]
        if matches:
            return _with_part(plan, matches, values)
    return objects_of_bucket(arns) if plan.key and not _texts(plan.key, values) else ()


def _named_resources(
    item: EventAction, plan: ActionPlan, arns: Sequence[str], values: Mapping[str, object], scope: RecordScope
) -> Sequence[str]:
    """The resources that the parameters name, of the first type of which they name any."""
    del arns
    for kind in plan.kinds if values else ():
        if kind.kind.name in _BUS_RULES and kind.kind.name != _BUS_RULES[_names_other_bus(values)]:
            continue
        resources = [arn for arn in _named_of_kind(item, plan, kind, values, scope) if arn]
        if resources:
            return _with_part(plan, resources, values)
    return ()


def _named_of_kind(
    item: EventAction, plan: ActionPlan, kind: KindPlan, values: Mapping[str, object], scope: RecordScope
) -> Iterator[str | None]:
    """Yield the ARNs of one resource type that the parameters name; None for a name that fits no ARN."""
    if plan.key and kind.type_name == "object" and all(variable for variable, _ in kind.names):
        buckets = next((texts for _, paths in kind.names if (texts := _texts(paths, values))), ())
        yield from (object_arn(bucket, key, scope) for bucket in buckets for key in _texts(plan.key, values) or (_ANY,))
        return
    if len(kind.names) == 1:
        for text in _type_texts(plan, kind.names[0][1], values):
            if kind.kind.name == _MODEL and (model := profile_model(text)):
                # https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-prereq.html
                yield arn_of_name(item.action, _PROFILE, text, scope)
                yield arn_of_name(item.action, _MODEL, model, replace(scope, region=_ANY))
            else:
                yield arn_of_name(item.action, kind.type_name, text, scope)
        return
    given = {variable: texts[0] for variable, paths in kind.names if (texts := _type_texts(plan, paths, values))}
    whole = whole_name(item.action, kind.type_name, given) if len(given) == 1 else None
    if given:
        yield arn_of_values(item.action, kind.type_name, whole or given, scope)


def _type_texts(plan: ActionPlan, paths: Sequence[ParameterPath], values: Mapping[str, object]) -> tuple[str, ...]:
    """The texts at the first path that has any, without those that may be the ID of a resource of another type."""
    if len(plan.kinds) == 1:
        return _texts(paths, values)
    for path in paths:
        is_general = path.steps[-1].name in _GENERAL_NAMES
        texts = tuple(text for text in texts_at(values, path) if not is_general or text.startswith("arn:"))
        if texts:
            return texts
    return ()


def _names_other_bus(values: Mapping[str, object]) -> bool:
    """Whether a rule is on another event bus than the default one."""
    return values.get("eventbusname") not in (None, "", "default")


def _texts(paths: Sequence[ParameterPath], values: Mapping[str, object]) -> tuple[str, ...]:
    """The texts at the first path that has any."""
    return next((texts for path in paths if (texts := texts_at(values, path))), ())


def _with_part(plan: ActionPlan, arns: Sequence[str], values: Mapping[str, object]) -> Sequence[str]:
    """The index of a table, or the version or alias of a function, that a request names: AWS checks that."""
    names = _texts(plan.part, values) if plan.part and values else ()
    if not names:
        return arns
    parts = [_part_arn(arn, name) for arn in arns for name in names]
    return [match[1] for match in parts if match is not None] or arns


def _part_arn(arn: str, name: str) -> tuple[str, str] | None:
    """An index of a table, or a version or alias of a function, as usage has it; None if the ARN fits neither."""
    if _FUNCTION in arn:
        is_whole = ":" in arn.partition(_FUNCTION)[2]
        return fitting_arn("lambda:InvokeFunction", arn if is_whole else f"{arn}:{name}")
    return fitting_arn("dynamodb:Query", arn if _INDEX in arn else f"{arn}{_INDEX}{name}")


def _statements(paths: Sequence[ParameterPath], values: Mapping[str, object], scope: RecordScope) -> Iterator[Pair]:
    """The actions of PartiQL statements with their tables; nothing if one of them cannot be read."""
    targets = [statement_target(text) for text in _texts(paths, values)]
    if None in targets:
        return
    for action, table, index in (target for target in targets if target is not None):
        given = {"TableName": table, "IndexName": index} if index else {"TableName": table}
        yield action, arn_of_values(action, "index" if index else "table", given, scope) or _ANY
