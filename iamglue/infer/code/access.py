"""What the SDK calls of a program require of its role: actions, their resources, and what depends on settings.

The same for all languages; what parameters add to a call's actions is in `catalog/data/call_parameters.tsv`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from iamglue.catalog.call_parameters import ParameterEffect, ParameterRule, naming_parameters, parameter_rules
from iamglue.catalog.kms_keys import kms_actions
from iamglue.catalog.operations import client_operation_actions
from iamglue.catalog.resource_formats import action_resource_types
from iamglue.errors import Location
from iamglue.generate.requirements.s3_access_points import is_access_point_alias
from iamglue.infer.code.appconfig_sessions import calls_on_configurations
from iamglue.infer.code.arn_names import calls_with_arn_names
from iamglue.infer.code.call_resource import ANY_RESOURCE, CallResource, spec_text
from iamglue.infer.code.call_resources import call_resources, resources_at
from iamglue.infer.code.calls import CodeReading, SdkCall, UnresolvedCall
from iamglue.infer.code.event_buses import calls_by_bus
from iamglue.infer.code.merged_access import merged_access, merged_conditional, other_roles
from iamglue.infer.code.optional_parameters import possible_calls
from iamglue.infer.code.parameter_paths import texts_at, values_at
from iamglue.infer.code.partiql import is_partiql, statement_accesses
from iamglue.infer.code.passed_roles import PASS_ROLE, passed_role_resources, passes_unnamed_role
from iamglue.infer.code.s3_namespaces import through_object_lambda
from iamglue.infer.code.values import Text, text_origin
from iamglue.infer.entry_grants import is_valid_entry
from iamglue.infer.entry_words import action_list
from iamglue.infer.evidence import ConditionalAccess, InferredAccess, InferredCode
from iamglue.model.spec import AccessEntry, SpecResource

_ANY = "*"
_NO_PARAMETER = "-"
# Helpers that upload or copy large objects in parts, and abort the upload if a part fails: boto3's transfers, `Upload`
# of lib-storage, and those of the SDK for JavaScript v2. An upload that succeeds aborts nothing:
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html#mpuAndPermissions
_PART_UPLOADS = frozenset({"upload_file", "upload_fileobj", "copy", "Upload", "ManagedUpload", "upload"})
_PART_OPERATIONS = frozenset({"PutObject", "CopyObject"})
_ABORT, _ABORT_CONDITION = "s3:AbortMultipartUpload", "if an upload in parts fails, to remove its parts (`{helper}`)"
# What a customer managed key adds depends on settings of these resources, which the code does not show.
_KEY_CONDITION = "if a customer managed KMS key encrypts the data of `{resource}`"


@dataclass(frozen=True, slots=True)
class _Requirement:
    """An action on a resource that one call requires; `pass_role`: the roles that the action's call passes."""

    action: str
    resource: CallResource
    pass_role: tuple[str, ...] = ()
    companion_of: str = ""


def infer_access(reading: CodeReading) -> InferredCode:
    """What the calls of a program require, each action and resource once, with all its evidence."""
    calls, elsewhere = _without_other_endpoints(reading.calls)
    named = calls_on_configurations(calls_with_arn_names(call for call in calls if call.role is None))
    own = [item for call in named for possible in possible_calls(call) for item in calls_by_bus(possible)]
    known: list[SdkCall] = []
    unknown: list[SdkCall] = []
    for call in own:
        (unknown if client_operation_actions(call.client, call.operation) is None else known).append(call)
    required = [(call, tuple(_requirements(call))) for call in known]
    access = [item for call, requirements in required for item in _call_access(call, requirements)]
    conditional = [
        item for call, requirements in required if call.is_reached for item in _conditional_access(call, requirements)
    ]
    return InferredCode(
        merged_access(access),
        merged_conditional(conditional),
        tuple(sorted((*reading.unresolved, *elsewhere, *map(_without_action, unknown)), key=lambda item: item.place)),
        other_roles(call for call in calls if call.role is not None),
        reading.read,
        reading.failed,
    )


def _without_other_endpoints(calls: Sequence[SdkCall]) -> tuple[list[SdkCall], list[UnresolvedCall]]:
    """The calls that go to AWS, and a note on each that only goes to another endpoint, such as a local server."""
    at_aws = [call for call in calls if not call.endpoint]
    places = {(call.place, call.operation) for call in at_aws}
    notes = {
        call.place: UnresolvedCall(
            call.place, f"{call.client}.{call.operation}", f"its client has the endpoint {call.endpoint}, not AWS's"
        )
        for call in calls
        if call.endpoint and (call.place, call.operation) not in places
    }
    return at_aws, list(notes.values())


def _call_access(call: SdkCall, requirements: Iterable[_Requirement]) -> Iterator[InferredAccess]:
    """One access for each requirement of a call, with the call's place as its evidence."""
    for requirement in requirements:
        yield InferredAccess(
            requirement.action,
            _entry(requirement),
            f"{call.client}.{call.operation}",
            requirement.resource.origin,
            call.basis,
            call.is_reached,
            (call.place,),
            requirement.companion_of,
        )


def _requirements(call: SdkCall) -> Iterator[_Requirement]:
    """What a call requires by its operation and its parameters."""
    if is_partiql(call) and (statements := statement_accesses(call)) is not None:
        yield from (_Requirement(action, _partiql_table(table, index)) for action, table, index in statements)
        return
    rules = [rule for rule in parameter_rules(call.client, call.operation) if _applies(rule, call)]
    for action in _replaced_actions(call, rules):
        roles = passed_role_resources(call, action)
        for named in call_resources(call, action):
            own_action, resource = through_object_lambda(action, named)
            yield _Requirement(own_action, resource, tuple(role.resource.text or _ANY for role in roles))
        yield from (_Requirement(PASS_ROLE, role, companion_of=action) for role in roles)
    for rule in rules:
        if rule.effect is ParameterEffect.ADDS:
            yield from _rule_requirements(rule, call)


def _replaced_actions(call: SdkCall, rules: list[ParameterRule]) -> tuple[str, ...]:
    """The actions of a call by its operation, those replaced that a parameter replaces."""
    actions = client_operation_actions(call.client, call.operation) or ()
    needed = tuple(action for action in actions if len(actions) == 1 or _is_about(call, action))
    replacements = [action for rule in rules if rule.effect is ParameterEffect.REPLACES for action in rule.actions]
    return tuple(replacements) or needed


def _is_about(call: SdkCall, action: str) -> bool:
    """Whether the call has the part of its parameters that needs the action: a put in a transaction."""
    paths = [row.path for row in naming_parameters(call.client, call.operation, action) if "." in row.path]
    if not paths or call.has_more_parameters:
        return True
    if any(values_at(call.parameters, path) for path in paths):
        return True
    containers = [values_at(call.parameters, path.partition(".")[0]) for path in paths]
    return not all(values and all(value.is_complete for value in values) for values in containers)


def _rule_requirements(rule: ParameterRule, call: SdkCall) -> Iterator[_Requirement]:
    """What a rule adds to a call, as companions of the first action of its operation."""
    base = next(iter(client_operation_actions(call.client, call.operation) or ()), "")
    for action in rule.actions:
        for named in _rule_resources(rule, call, action):
            own_action, resource = through_object_lambda(action, named)
            yield _Requirement(own_action, resource, companion_of=base)


def _rule_resources(rule: ParameterRule, call: SdkCall, action: str) -> tuple[CallResource, ...]:
    """The resources of a rule's action: those of its parameter; of the call itself if the rule names none; else any."""
    if not rule.resource:
        return call_resources(call, action)
    kind_name, _, path = rule.resource.partition("@")
    kind = action_resource_types(action).get(kind_name.partition("/")[2].lower())
    if kind is None:
        return (ANY_RESOURCE,)
    resources = resources_at(call, path, action, kind) if path != _NO_PARAMETER else ()
    return resources or (replace(ANY_RESOURCE, resource_type=kind.name),)


def _applies(rule: ParameterRule, call: SdkCall) -> bool:
    """Whether a rule's parameters are present, absent and of the right value, as far as the code says."""
    if any(values_at(call.parameters, path) for path in rule.absent):
        return False
    if not all(values_at(call.parameters, path) for path in rule.present):
        return False
    return all(_may_be(call, path, text) for path, text in rule.values)


def _may_be(call: SdkCall, path: str, text: str) -> bool:
    texts, is_complete = texts_at(call.parameters, path)
    return not is_complete or (text,) in texts or any(not isinstance(part, str) for item in texts for part in item)


def _partiql_table(table: Text, index: Text | None) -> CallResource:
    """The table of a PartiQL statement, or the index, whose type follows from `index`."""
    name = spec_text(table)
    kind = None if index else "table"
    return CallResource(SpecResource(name), kind, text_origin(table), index=spec_text(index) if index else None)


@lru_cache(maxsize=4096)  # many calls need the same
def _entry(requirement: _Requirement) -> AccessEntry:
    """The entry for a requirement: the narrowest that is valid in a spec."""
    candidates = tuple(_candidates(requirement))
    if is_access_point_alias(requirement.resource.resource.text or ""):
        return candidates[0]  # no policy can name it, which the spec says where it stands
    return next((entry for entry in candidates if is_valid_entry(entry, check_names=False)), candidates[-1])


def _candidates(requirement: _Requirement) -> Iterator[AccessEntry]:
    """The ways to write a requirement; a role that is passed to an unknown service stands in its own entry alone."""
    resource = requirement.resource
    entry = AccessEntry(
        action_list(requirement.action),
        requirement.action.partition(":")[0],
        resource.resource,
        Location(""),
        resource.resource_type,
        (requirement.action,),
        account=resource.account,
        regions=(resource.region,) if resource.region else (),
        index=resource.index,
        prefix=resource.prefix,
        pass_role=requirement.pass_role,
    )
    names = [resource.resource, *([SpecResource(None, resource.variables)] if resource.variables else ())]
    for name in (*names, SpecResource(_ANY)):
        for kind in dict.fromkeys((resource.resource_type, None)):
            for roles in dict.fromkeys((requirement.pass_role, ())):
                yield replace(entry, resource=name, resource_type=kind, pass_role=roles)


def _conditional_access(call: SdkCall, requirements: Sequence[_Requirement]) -> Iterator[ConditionalAccess]:
    """What a call requires only under a condition that the code does not say."""
    for rule in parameter_rules(call.client, call.operation):
        if rule.effect is ParameterEffect.CONDITIONAL and _applies(rule, call):
            for action in rule.actions:
                for resource in _rule_resources(rule, call, action):
                    yield _conditional(action, resource, _rule_condition(rule, call), call)
    if call.client == "s3" and call.operation in _PART_OPERATIONS and call.helper.rpartition(".")[2] in _PART_UPLOADS:
        for resource in call_resources(call, _ABORT):
            yield _conditional(_ABORT, resource, _ABORT_CONDITION.format(helper=call.helper), call)
    has_key = any(requirement.action.startswith("kms:") for requirement in requirements)
    for requirement in requirements:
        name = _entry_text(requirement)
        if passes_unnamed_role(call, requirement.action):
            when = f"if what `{call.client}.{call.operation}` starts has a role: name it in `pass_role`"
            yield _conditional(PASS_ROLE, ANY_RESOURCE, when, call)
        for action in () if has_key else kms_actions([requirement.action]):
            when = _KEY_CONDITION.format(resource=name)
            yield replace(_conditional(action, ANY_RESOURCE, when, call), key_of=name)


def _rule_condition(rule: ParameterRule, call: SdkCall) -> str:
    return f"if {_reason(rule)} (`{call.client}.{call.operation}`)"


def _reason(rule: ParameterRule) -> str:
    return "the objects have tags" if rule.absent else f"`{rule.present[0]}` is given"


def _conditional(action: str, resource: CallResource, when: str, call: SdkCall) -> ConditionalAccess:
    return ConditionalAccess(action, resource.resource.text or _ANY, when, (call.place,))


def _entry_text(requirement: _Requirement) -> str:
    """The resource of a requirement with its service."""
    resource = requirement.resource.resource
    name = resource.text or dict(resource.variables).get("Arn") or _ANY
    return f"{requirement.action.partition(':')[0]}: {name}"


def _without_action(call: SdkCall) -> UnresolvedCall:
    name = f"{call.client}.{call.operation}"
    return UnresolvedCall(call.place, name, f"no IAM action is known for {name}", (name,))
