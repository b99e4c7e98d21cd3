"""What an editor shows about a word of a policy, as Markdown: an action, a wildcard, a condition key or operator."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from iamglue.catalog.condition_key_lookup import find_condition_key, variable_key_pattern
from iamglue.catalog.condition_keys import all_supported_keys
from iamglue.catalog.services import Action, find_action, find_service
from iamglue.language_server.cursor_context import CursorContext
from iamglue.language_server.policy_elements import PolicyElement, matching_actions, statement_actions
from iamglue.language_server.spec_entries import entry_actions
from iamglue.policy.conditions import parse_operator

_MAX_NAMES = 20
_MAX_KEYS = 30
_OPERATORS_PAGE = (
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html"
)


def policy_hover(element: PolicyElement, word: str, text: str, context: CursorContext) -> str:
    """The text on a word in a part of a statement; empty if nothing is known of it."""
    match element:
        case PolicyElement.ACTION:
            return action_hover(word)
        case PolicyElement.CONDITION_KEY:
            return _condition_key_hover(word, statement_actions(text, context) or entry_actions(text, context))
        case PolicyElement.OPERATOR:
            return _operator_hover(word)
    return ""


def action_hover(word: str) -> str:
    """The text on an action, or on the actions that a wildcard matches; says so if there is no such action."""
    if "*" in word or "?" in word:
        return _wildcard_hover(word)
    action = find_action(word)
    if action is None:
        return f"`{_code(word)}` is not a known action" if ":" in word else ""
    lines = [f"**{action}** · {action.access_level}", action.description, _resource_lines(action)]
    keys = sorted({key.name for key in map(find_condition_key, all_supported_keys(str(action))) if key is not None})
    if keys:
        lines.append(f"Condition keys: {_list_names(keys, _MAX_KEYS)}")
    dependent = {
        *action.dependent_actions,
        *(name for item in action.resource_types for name in item.dependent_actions),
    }
    if dependent:
        lines.append(f"May also need: {_list_names(sorted(dependent), _MAX_NAMES)}")
    return "\n\n".join(filter(None, lines))


def _resource_lines(action: Action) -> str:
    """The resource types of an action with their ARN formats, one a line."""
    service = find_service(action.service)
    rows = []
    for resource in action.resource_types:
        resource_type = service.resource_types.get(resource.name.lower()) if service else None
        arns = ", ".join(f"`{arn}`" for arn in resource_type.arn_formats) if resource_type else ""
        rows.append(f"- {resource.name}{' (required)' if resource.required else ''}: {arns}")
    return "\n".join(["Resource types:", *rows]) if rows else 'No resource types: its Resource must be `"*"`.'


def _wildcard_hover(pattern: str) -> str:
    """How many actions a pattern matches, by access level, and the first of them."""
    actions = sorted(matching_actions(pattern), key=str)
    if not actions:
        return f"`{_code(pattern)}` matches no known action"
    levels = Counter(action.access_level for action in actions)
    by_level = ", ".join(f"{count} {level}" for level, count in sorted(levels.items()))
    count = "1 action" if len(actions) == 1 else f"{len(actions):,} actions"
    names = _list_names([str(action) for action in actions], _MAX_NAMES)
    return f"`{_code(pattern)}` matches {count}: {by_level}\n\n{names}"


def _condition_key_hover(word: str, actions: Sequence[Action]) -> str:
    """What a condition key is, and which actions of its statement AWS's reference does not list it for."""
    key = find_condition_key(word)
    if key is None:
        return f"`{_code(word)}` is not a known condition key" if ":" in word else ""
    lines = [f"**{key.name}** · {key.type}", key.description]
    without = [str(action) for action in actions if not _is_listed(word, action)]
    if key.name.lower().startswith("aws:") and len(without) == len(actions):
        lines.append("A global condition key.")
    elif without:
        lines.append(
            f"Not listed for {len(without)} of {len(actions)} actions here: {_list_names(without, _MAX_NAMES)}"
        )
    elif actions:
        lines.append("AWS's reference lists it for every action of this statement.")
    return "\n\n".join(filter(None, lines))


def _is_listed(key: str, action: Action) -> bool:
    """Whether AWS's reference lists the key, or one with a variable part, for the action or its resource types."""
    lower = key.lower()
    return any(variable_key_pattern(name).fullmatch(lower) for name in all_supported_keys(str(action)))


def _operator_hover(word: str) -> str:
    """What the quantifier and the ending `IfExists` of an operator mean for a request without the key."""
    operator = parse_operator(word)
    if operator is None:
        return f"`{_code(word)}` is not a condition operator" if word else ""
    notes = [f"**{operator}** · [condition operators]({_OPERATORS_PAGE})"]
    if operator.if_exists:
        notes.append("`IfExists`: the condition is also met if the request does not have the key.")
    if operator.quantifier == "ForAllValues":
        notes.append("`ForAllValues`: also met if the request does not have the key.")
    if operator.quantifier == "ForAnyValue":
        notes.append("`ForAnyValue`: met if one of the request's values is.")
    return "\n\n".join(notes)


def _list_names(names: Iterable[str], limit: int) -> str:
    """Names as code, and how many are left out."""
    listed = tuple(names)
    more = f" and {len(listed) - limit:,} more" if len(listed) > limit else ""
    return ", ".join(f"`{name}`" for name in listed[:limit]) + more


def _code(text: str) -> str:
    """A text of the document within backticks of Markdown."""
    return text.replace("`", "'").replace("\n", " ")[:200]
