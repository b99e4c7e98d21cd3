"""Reads templates of policy_sentry (`policy_sentry write-policy`) as the policy that it writes for them.

Its modes, keys and rules: https://policy-sentry.readthedocs.io/en/latest/user-guide/write-policy/
In mode `crud` the actions of an ARN are all those of its service that have the access level and take such a resource.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from iamglue.catalog.action_resources import may_act_on
from iamglue.catalog.resource_formats import action_resource_types, resource_type_formats
from iamglue.catalog.services import Action, find_action, find_service
from iamglue.errors import IamglueError, Location
from iamglue.model.inference import ChangeKind, SpecChange
from iamglue.model.policy_file import PolicyFile
from iamglue.policy.arns import split_arn_fields
from iamglue.policy.document import read_nodes
from iamglue.policy.model import Policy, Statement, allow_statement
from iamglue.policy.patterns.wildcards import has_wildcard, matches_action
from iamglue.policy.source.nodes import Node, NodeKind

_LEVELS = {
    "read": "Read",
    "write": "Write",
    "list": "List",
    "tagging": "Tagging",
    "permissions-management": "Permissions management",
}
_STS = {
    "assume-role": "sts:AssumeRole",
    "assume-role-with-saml": "sts:AssumeRoleWithSAML",
    "assume-role-with-web-identity": "sts:AssumeRoleWithWebIdentity",
}
_WILDCARD, _SINGLE, _SERVICE = "wildcard-only", "single-actions", "service-"
_SKIP, _EXCLUDE = "skip-resource-constraints", "exclude-actions"
_KEYS = {"mode", "name", "effect", *_LEVELS, _WILDCARD, _SKIP, _EXCLUDE, "sts", "actions"}


@dataclass(frozen=True, slots=True)
class SentryTemplate:
    """The policy that a template stands for, its name ("" if it has none), and what has no part in it."""

    file: PolicyFile
    name: str
    changes: tuple[SpecChange, ...]


def is_policy_sentry(root: Node) -> bool:
    """Whether a document is a template of policy_sentry: a map with the mode `crud` or `actions`."""
    return root.kind is NodeKind.MAP and _text(root.get("mode")) in ("crud", "actions")


def read_policy_sentry(text: str, path: str) -> SentryTemplate:
    """The policy of a template. Raises IamglueError, with its place, for a text that is none."""
    root = read_nodes(text, path).documents[0]
    if not is_policy_sentry(root):
        hint = "a template begins with `mode: crud` or `mode: actions`"
        raise IamglueError("the file is not a template of policy_sentry", hint=hint, location=root.location)
    reader = _TemplateReader(root)
    statements = tuple(reader.statements())
    policy = Policy(tuple(statement for _, statement in statements))
    locations = tuple(location for location, _ in statements)
    return SentryTemplate(PolicyFile(path, policy, locations), _text(root.get("name")), tuple(reader.changes))


class _TemplateReader:
    """Reads one template; `changes` collects what gives no access."""

    def __init__(self, root: Node) -> None:
        self.changes: list[SpecChange] = []
        self._root = root
        self._excluded = [node.text.lower() for node in _texts(root, _EXCLUDE)]

    def statements(self) -> Iterator[tuple[Location, Statement]]:
        """The statements of the policy that policy_sentry writes, each with its location in the template."""
        root = self._root
        for key, _ in root.pairs:
            if key.text not in _KEYS:
                raise IamglueError(f"`{key.text}` is not a key of policy_sentry's templates", location=key.location)
        if _text(root.get("effect")) == "Deny":
            self._drop("effect: Deny", "a spec lists only what is allowed: it cannot express a Deny", root.location)
            return
        if _text(root.get("mode")) == "actions":
            for node in _texts(root, "actions"):
                yield from self._statements_with_placeholders(node, self._known_actions(node))
            return
        yield from self._by_arn()
        yield from self._without_arn()
        yield from self._assumed_roles()

    def _by_arn(self) -> Iterator[tuple[Location, Statement]]:
        """The statements of mode `crud` for ARNs: all actions of an access level that act on each."""
        for key, level in _LEVELS.items():
            for node in _texts(self._root, key):
                names = [str(action) for action in _actions_of_arn(node.text) if action.access_level == level]
                yield from self._statement(node, names, node.text, f"no action of level {level} acts on it")

    def _without_arn(self) -> Iterator[tuple[Location, Statement]]:
        """The statements of mode `crud` for actions on every resource, by name or access level."""
        wildcard = self._root.get(_WILDCARD)
        for key, value in wildcard.pairs if wildcard and wildcard.kind is NodeKind.MAP else ():
            level = _LEVELS.get(key.text.removeprefix(_SERVICE)) if key.text.startswith(_SERVICE) else None
            if key.text != _SINGLE and level is None:
                raise IamglueError(f"`{key.text}` is not a key of `{_WILDCARD}`", location=key.location)
            for node in _items(value):
                of_level = [str(action) for action in _free_actions(node.text) if action.access_level == level]
                names = of_level if level else self._known_actions(node)
                yield from self._statement(node, names, "*", "there is no such action without a resource")
        for node in _texts(self._root, _SKIP):
            yield from self._statement(node, self._known_actions(node), "*", "AWS's reference has no such action")

    def _assumed_roles(self) -> Iterator[tuple[Location, Statement]]:
        """The statements of mode `crud` that allow to assume roles."""
        sts = self._root.get("sts")
        for key, value in sts.pairs if sts and sts.kind is NodeKind.MAP else ():
            if key.text not in _STS:
                raise IamglueError(f"`{key.text}` is not a key of `sts`", location=key.location)
            for node in _items(value):
                yield from self._statement(node, [_STS[key.text]], node.text, "")

    def _statements_with_placeholders(self, node: Node, names: Sequence[str]) -> Iterator[tuple[Location, Statement]]:
        """Actions without ARNs: each of their resources is a parameter, as in the policy that policy_sentry writes."""
        if not names:
            yield from self._statement(node, names, "*", "AWS's reference has no such action")
        for name in names:
            for resource in _placeholders(name):
                yield from self._statement(node, [name], resource, "")

    def _known_actions(self, node: Node) -> list[str]:
        """The action that a text names, with the reference's spelling; empty if AWS's reference has no such action."""
        facts = find_action(node.text)
        return [str(facts)] if facts else []

    def _statement(
        self, node: Node, names: Sequence[str], resource: str, reason: str
    ) -> Iterator[tuple[Location, Statement]]:
        """The statement for these actions without the excluded ones; `reason` says why there are no actions."""
        included = [name for name in names if not self._is_excluded(name)]
        if not names:
            self._drop(f"`{node.text}`", reason, node.location)
        if included:
            self._drop_dependent(node, included)
            yield node.location, allow_statement(tuple(included), (resource,))

    def _drop_dependent(self, node: Node, names: Sequence[str]) -> None:
        """Report the actions of other services that policy_sentry adds on every resource, since calls may need them."""
        facts = [action for name in names if (action := find_action(name))]
        dependent = {name for action in facts for name in action.dependent_actions}
        dependent |= {name for action in facts for kind in action.resource_types for name in kind.dependent_actions}
        missing = sorted(name for name in dependent if name not in names and not self._is_excluded(name))
        if missing:
            reason = f"policy_sentry adds it on every resource for the actions of `{node.text}`: write what is passed"
            self._drop(", ".join(missing), reason, node.location)

    def _is_excluded(self, name: str) -> bool:
        """Whether `exclude-actions` names an action, in any letter case, or matches it by a pattern."""
        return any(
            matches_action(pattern, name) if has_wildcard(pattern) else pattern == name.lower()
            for pattern in self._excluded
        )

    def _drop(self, subject: str, reason: str, location: Location) -> None:
        self.changes.append(SpecChange(ChangeKind.DROPPED, subject, reason, location))


def _actions_of_arn(arn: str) -> Iterator[Action]:
    """The actions of an ARN's service that act on such a resource."""
    fields = split_arn_fields(arn)
    service = find_service(fields[2]) if len(fields) > 5 else None
    for action in service.actions.values() if service else ():
        if action_resource_types(str(action)) and may_act_on(str(action), arn):
            yield action


def _free_actions(prefix: str) -> Iterator[Action]:
    """The actions of a service that take no resource."""
    service = find_service(prefix)
    yield from (action for action in (service.actions.values() if service else ()) if action.has_no_resource_types)


def _placeholders(action: str) -> Iterator[str]:
    """The ARN formats of an action, whose variables are parameters; "*" if it takes no resource."""
    kinds = action_resource_types(action).values()
    if not kinds:
        yield "*"
    for kind in kinds:
        for form in resource_type_formats(action, kind):
            text = form.text.replace("${Partition}", "${AWS::Partition}").replace("${Region}", "${AWS::Region}")
            yield text.replace(":${Account}:", ":${AWS::AccountId}:")


def _texts(root: Node, key: str) -> Iterator[Node]:
    node = root.get(key)
    yield from _items(node) if node is not None else ()


def _items(node: Node) -> Iterator[Node]:
    """The texts of a list; empty ones are those that `policy_sentry create-template` writes. Raises IamglueError."""
    if node.is_null:
        return
    if node.kind is not NodeKind.LIST:
        raise IamglueError("expected a list of strings", location=node.location)
    for item in node.items:
        if item.kind is not NodeKind.SCALAR:
            raise IamglueError("expected a string", location=item.location)
        if item.text:
            yield item


def _text(node: Node | None) -> str:
    return node.text if node is not None and node.kind is NodeKind.SCALAR else ""
