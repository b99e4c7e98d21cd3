"""Console-generated policies: AWS managed ones that are too broad, and those that the Lambda console adds to roles."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from hashlib import sha256

from iamglue.catalog.services import service_names
from iamglue.catalog.tables import table_rows
from iamglue.catalog.verbs import default_verb
from iamglue.policy.arns import ARN_FIELD_COUNT, is_single_star, pattern_fields, resource_covers
from iamglue.policy.model import Policy, Statement

# The names of the inline policies that the console once generated: the role, and a time in milliseconds.
_CONSOLE_NAME = re.compile(r"oneClick_.+_[0-9]{13}")
_SERVICE_PATHS = ("/service-role/", "/aws-service-role/")
_LEAST_ACTIONS = 2
_SHOWN = 3
_DIGEST = 16


@dataclass(frozen=True, slots=True)
class BroadPolicy:
    """Why a policy is too broad, and an alternative; `name` is AWS's name for it.

    `is_usual`: SAM and the console attach it to every function by themselves.
    """

    name: str
    allows: str
    alternative: str
    is_usual: bool = False


@dataclass(frozen=True, slots=True)
class ServiceShare:
    """How many of a service's write and data actions (`total`) a policy allows on every resource."""

    service: str
    allowed: int
    total: int

    @property
    def is_broad(self) -> bool:
        """Whether these are half of the actions, and more than one: one action may be all that a service has."""
        return self.allowed >= _LEAST_ACTIONS and 2 * self.allowed >= self.total


EVERY_SERVICE = ServiceShare("*", _LEAST_ACTIONS, _LEAST_ACTIONS)  # the share of a policy with full access


def find_broad_policy(name: str, shares: Sequence[ServiceShare], path: str = "/") -> BroadPolicy | None:
    """Why an AWS managed policy with these shares is too broad for a function; None if it is not.

    Service role policies, by their path, are what AWS asks for on the role of one of its services. Those that are made
    for functions have rows of their own in the table.
    https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSLambdaSQSQueueExecutionRole.html
    """
    listed = _listed_policies().get(name)
    if listed is not None:
        return listed
    broad = [share for share in shares if share.is_broad]
    if not broad or path.startswith(_SERVICE_PATHS):
        return None
    if broad == [EVERY_SERVICE]:
        return BroadPolicy(name, "every action on every resource", "the required actions on the required resources")
    return BroadPolicy(name, _shares_text(broad), _alternative(broad[0].service))


def _shares_text(shares: Sequence[ServiceShare]) -> str:
    """The services that are allowed as a whole; if there are none, the share of the first one."""
    whole = [service_names()[share.service] for share in shares if share.allowed == share.total]
    if not whole:
        first = shares[0]
        name = service_names()[first.service]
        return f"{first.allowed} of the {first.total} write and data actions of {name}, on every resource"
    return f"all write and data actions of {_names_text(whole)}, on every resource"


def _names_text(names: Sequence[str]) -> str:
    """The names as a list in words, the first few of many."""
    more = len(names) - _SHOWN
    if more > 0:
        return f"{', '.join(names[:_SHOWN])} and {more} more {'service' if more == 1 else 'services'}"
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def _alternative(service: str) -> str:
    """What to allow instead, with the actions of the service's default verbs as an example."""
    examples = _default_actions(service)
    example = " or ".join(filter(None, (", ".join(examples[:-1]), *examples[-1:])))
    return "the required actions on the required resources" + (f", for example {example}" if example else "")


def _default_actions(service: str) -> tuple[str, ...]:
    usual = (default_verb(service, access) for access in ("reads", "writes", "calls"))
    return tuple(dict.fromkeys(action for verb in usual if verb is not None for action in verb.actions))


@cache
def broad_managed_policies() -> dict[str, BroadPolicy]:
    """The AWS managed policies that are too broad, by name: those of the table, and by their documents' shares."""
    rows = table_rows("broad_managed_policies")
    broad_policies = (find_broad_policy(row["name"], _parse_shares(row["shares"])) for row in rows)
    return {policy.name: policy for policy in broad_policies if policy is not None}


def _parse_shares(text: str) -> list[ServiceShare]:
    """The shares of a row: `sqs 10/12 sns 1/11`, or `*` for full access."""
    if text == EVERY_SERVICE.service:
        return [EVERY_SERVICE]
    words = text.split()
    return [
        ServiceShare(service, *map(int, share.split("/")))
        for service, share in zip(words[::2], words[1::2], strict=True)
    ]


@cache
def _listed_policies() -> dict[str, BroadPolicy]:
    """The policies that are too broad for a reason other than their share of a service, by name."""
    return {
        row["name"]: BroadPolicy(row["name"], row["allows"], row["instead"], bool(row["usual"]))
        for row in table_rows("one_click_policies")
    }


def is_console_policy_name(name: str) -> bool:
    """Whether the name of an inline policy was generated by the console."""
    return _CONSOLE_NAME.fullmatch(name) is not None


def find_managed_policy_copy(policy: Policy) -> BroadPolicy | None:
    """The broad managed policy that a document copies, ignoring Sids and order; None if it copies none."""
    name = _names_by_digest().get(content_digest(policy)) if policy.statements else None
    return None if name is None else broad_managed_policies().get(name)


@cache
def _names_by_digest() -> dict[str, str]:
    return {row["digest"]: row["name"] for row in table_rows("broad_managed_policies")}


def content_digest(policy: Policy) -> str:
    """A digest of a policy's statements without Sids and order: equal for copies of the same policy."""
    statements = sorted(json.dumps(_content(statement)) for statement in policy.statements)
    return sha256("\n".join(statements).encode()).hexdigest()[:_DIGEST]


def find_console_template(statement: Statement) -> BroadPolicy | None:
    """The console template that a statement was generated from, for any Region and account; None if there is none.

    The console's templates change: of two actions or more one may be missing, or one of the same service be added. That
    does not apply to log groups: their actions are in policies of every origin.
    """
    resources = statement.resources
    if statement.conditions or statement.actions.negated or resources is None or resources.negated:
        return None
    for template, resource in _templates_of(statement.actions.values):
        if all(_is_at_least_as_wide(value, resource) for value in resources.values):
            return template
    return None


# Thousands of policies name the same few actions together.
@lru_cache(maxsize=4096)
def _templates_of(values: tuple[str, ...]) -> list[tuple[BroadPolicy, str]]:
    """The templates with these actions, then those with similar ones, and their resources."""
    actions = _lowercase(values)
    similar = [entry for known, entries in _templates().items() if _is_similar(actions, known) for entry in entries]
    return _templates().get(actions, []) + similar


def _is_similar(actions: frozenset[str], known: frozenset[str]) -> bool:
    """Whether actions differ from those of a template by one that is missing, or one that is added."""
    if abs(len(actions) - len(known)) != 1 or len(actions ^ known) != 1 or len(actions & known) < 2:
        return False
    services = {action.partition(":")[0] for action in known}
    return services != {"logs"} and all(action.partition(":")[0] in services for action in actions)


def _is_at_least_as_wide(value: str, resource: str) -> bool:
    """Whether a Resource value covers the same resource part as the template."""
    if is_single_star(resource) or is_single_star(value):
        return is_single_star(value)
    value_fields, template_fields = pattern_fields(value), pattern_fields(resource)
    same_resource = (
        value_fields is not None
        and template_fields is not None
        and len(value_fields) == ARN_FIELD_COUNT
        and value_fields[5] == template_fields[5]
    )
    return same_resource and resource_covers(resource, value)


@cache
def _templates() -> dict[frozenset[str], list[tuple[BroadPolicy, str]]]:
    """The console templates and their resources, by set of actions."""
    templates: dict[frozenset[str], list[tuple[BroadPolicy, str]]] = {}
    for row in table_rows("console_templates"):
        key = _lowercase(tuple(row["actions"].split()))
        templates.setdefault(key, []).append(
            (BroadPolicy(row["template"], row["allows"], row["instead"]), row["resource"])
        )
    return templates


def _content(statement: Statement) -> list[object]:
    """A statement without Sid and order: Effect, actions, negated or not, resources, negated or not, conditions."""
    resources = statement.resources
    return [
        statement.effect,
        sorted(_lowercase(statement.actions.values)),
        statement.actions.negated,
        sorted(set(resources.values)) if resources is not None else None,
        resources is not None and resources.negated,
        sorted([str(c.operator), c.key.lower(), *sorted(set(c.values))] for c in statement.conditions),
    ]


@lru_cache(maxsize=4096)
def _lowercase(values: tuple[str, ...]) -> frozenset[str]:
    return frozenset(value.lower() for value in values)
