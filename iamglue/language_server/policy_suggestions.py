"""Suggestions in a policy: actions, ARNs of resource types, condition operators and keys, elements of a statement."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from iamglue.catalog.condition_key_lookup import find_condition_key, global_keys
from iamglue.catalog.condition_keys import all_supported_keys
from iamglue.catalog.service_principals import service_principals
from iamglue.catalog.services import Action, find_service, service_names, service_prefixes
from iamglue.catalog.verbs import verbs
from iamglue.language_server.cursor_context import CursorContext
from iamglue.language_server.policy_elements import PolicyElement, statement_actions
from iamglue.language_server.spec_entries import entry_actions
from iamglue.language_server.suggestions import Suggestion, SuggestionKind
from iamglue.policy.conditions import OPERATORS, QUANTIFIERS
from iamglue.policy.element_names import STATEMENT_ELEMENTS

_MAX_ACTIONS_FOR_KEYS = 300
# The words of a part of a policy, and whether they are keys.
_WORDS: dict[PolicyElement, tuple[bool, tuple[str, ...]]] = {
    PolicyElement.EFFECT: (False, ("Allow", "Deny")),
    PolicyElement.VERSION: (False, ("2012-10-17",)),
    PolicyElement.DOCUMENT_KEY: (True, ("Version", "Id", "Statement")),
    PolicyElement.PRINCIPAL_KEY: (True, ("AWS", "Service", "Federated", "CanonicalUser")),
    PolicyElement.PRINCIPAL_TYPE: (False, ("AWS", "Service", "Federated", "CanonicalUser", "*")),
    PolicyElement.BLOCK_KEY: (
        True,
        (
            *("sid", "effect", "actions", "not_actions", "resources", "not_resources"),
            *("principals", "not_principals", "condition"),
        ),
    ),
}


def policy_suggestions(element: PolicyElement, text: str, context: CursorContext, typed: str) -> Iterable[Suggestion]:
    """The suggestions for a part of a policy; `typed` is the word up to the cursor."""
    match element:
        case PolicyElement.ACTION:
            return action_suggestions(typed)
        case PolicyElement.RESOURCE:
            return _resource_suggestions(statement_actions(text, context))
        case PolicyElement.OPERATOR:
            return operator_suggestions(is_key=context.is_key)
        case PolicyElement.CONDITION_KEY:
            actions = statement_actions(text, context) or entry_actions(text, context)
            return condition_key_suggestions(actions, is_key=context.is_key)
        case PolicyElement.STATEMENT_KEY:
            present = {name for name, _ in context.siblings}
            names = [name for name in STATEMENT_ELEMENTS if name not in present]
            return [Suggestion(name, SuggestionKind.KEY, is_key=True) for name in names]
    return _fixed_suggestions(element, context)


def _fixed_suggestions(element: PolicyElement, context: CursorContext) -> list[Suggestion]:
    """The suggestions for a part that has always the same ones; keys that are there already are left out."""
    if element is PolicyElement.SERVICE_PRINCIPAL:
        return [Suggestion(name, SuggestionKind.VALUE) for name in service_principals()]
    is_key, words = _WORDS[element]
    present = {name for name, _ in context.siblings} if is_key else set()
    kind = SuggestionKind.KEY if is_key else SuggestionKind.VALUE
    return [Suggestion(name, kind, is_key=is_key) for name in words if name not in present]


def action_suggestions(typed: str) -> Iterator[Suggestion]:
    """The services if no service is typed yet, otherwise the actions of the service."""
    prefix, colon, _ = typed.partition(":")
    service = find_service(prefix) if colon else None
    if service is None:
        # Those with verbs in specs are the ones that functions use most.
        for name in () if colon else sorted(service_prefixes(), key=lambda prefix: (not verbs(prefix), prefix)):
            yield Suggestion(f"{name}:", SuggestionKind.SERVICE, service_names()[name], is_partial=True)
        return
    for action in sorted(service.actions.values(), key=lambda action: action.name):
        types = ", ".join(resource.name for resource in action.resource_types) or "no resource type"
        detail = f"{action.access_level} · {types}"
        yield Suggestion(str(action), SuggestionKind.ACTION, detail, action.description)


def operator_suggestions(*, is_key: bool) -> Iterator[Suggestion]:
    """The condition operators, then those with `IfExists`, then those with a quantifier."""
    names = [
        *OPERATORS,
        *(f"{name}IfExists" for name in OPERATORS if name != "Null"),
        *(f"{quantifier}:{name}" for quantifier in QUANTIFIERS for name in OPERATORS if name != "Null"),
    ]
    for name in names:
        yield Suggestion(name, SuggestionKind.OPERATOR, is_key=is_key)


def condition_key_suggestions(actions: Iterable[Action], *, is_key: bool) -> Iterator[Suggestion]:
    """The condition keys of the actions, then the global keys."""
    listed = tuple(actions)[:_MAX_ACTIONS_FOR_KEYS]
    names = dict.fromkeys(name for action in listed for name in sorted(all_supported_keys(str(action))))
    for key in [*filter(None, map(find_condition_key, names)), *global_keys().values()]:
        yield Suggestion(key.name, SuggestionKind.CONDITION_KEY, key.type, key.description, is_key=is_key)


def _resource_suggestions(actions: Iterable[Action]) -> Iterator[Suggestion]:
    """The ARN formats of the actions' resource types; `*` where an action has none."""
    needs_any = False
    for action in actions:
        service = find_service(action.service)
        needs_any |= action.has_no_resource_types
        for resource in action.resource_types:
            resource_type = service.resource_types.get(resource.name.lower()) if service else None
            for arn in resource_type.arn_formats if resource_type else ():
                name = arn.replace("${Partition}", "aws")
                yield Suggestion(name, SuggestionKind.RESOURCE, f"{action.service} {resource.name}")
    if needs_any:
        yield Suggestion("*", SuggestionKind.RESOURCE, "an action here has no resource types")
