"""Listeners of load balancers that call a function for everyone on the internet, of a Terraform configuration or plan.

https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/lb_listener
https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/lb_target_group_attachment
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from iamglue.policy.patterns.variables import has_parameters
from iamglue.readers.templates.account_draft import AccountDraft
from iamglue.readers.templates.listener_routes import (
    BALANCER_NOT_HERE,
    EVERYONES_RANGES,
    GROUPS_UNKNOWN,
    SCHEME_UNKNOWN,
    asks_who_calls,
)
from iamglue.readers.templates.open_routes import OPEN, RESTRICTED, RouteAccess, add_route
from iamglue.readers.templates.template_functions import FunctionIndex
from iamglue.readers.terraform.reference_values import attribute_parameter
from iamglue.readers.terraform.resources import TerraformResource

# A resource by the names that the provider has for its type.
_BALANCERS, _LISTENERS = ("aws_lb", "aws_alb"), ("aws_lb_listener", "aws_alb_listener")
_RULES, _ATTACHMENTS = (
    ("aws_lb_listener_rule", "aws_alb_listener_rule"),
    ("aws_lb_target_group_attachment", "aws_alb_target_group_attachment"),
)
_GROUPS = ("aws_security_group",)
_INGRESS, _RULE_OF_GROUP = "aws_vpc_security_group_ingress_rule", "aws_security_group_rule"
_RANGES = ("cidr_blocks", "ipv6_cidr_blocks", "cidr_ipv4", "cidr_ipv6")


class ListenerRoutes:
    """The listeners of the load balancers of a configuration."""

    def __init__(self, resources: Iterable[TerraformResource], draft: AccountDraft) -> None:
        self._draft = draft
        self._resources = list(resources)
        self._balancers = self._by_attribute(_BALANCERS, "arn")
        self._groups = self._by_attribute(_GROUPS, "id")

    def add_open_routes(self, functions: FunctionIndex) -> None:
        """Add the listeners and their rules that everyone may use to the functions to which they forward requests."""
        listeners = self._by_attribute(_LISTENERS, "arn")
        for rule in self._resources:
            if rule.kind not in (*_LISTENERS, *_RULES):
                continue
            listener = rule if rule.kind in _LISTENERS else listeners.get(self._text(rule, "listener_arn"))
            balancer = self._balancers.get(self._text(listener, "load_balancer_arn")) if listener is not None else None
            name = (balancer or listener or rule).label
            access = [_rule_access(rule), _listener_access(listener), self._balancer_access(balancer)]
            for target in self._targets(rule):
                add_route(functions.find(target), name, _route(rule), *access, kind="load balancer")

    def _targets(self, rule: TerraformResource) -> Iterator[str]:
        """The texts of what a listener or its rule forwards requests to."""
        for action in _actions(rule):
            several = [
                self._text(group, "arn")
                for forward in action.blocks("forward")
                for group in forward.blocks("target_group")
            ]
            groups = {self._text(action, "target_group_arn"), *several} - {""}
            for attachment in self._resources:
                if attachment.kind in _ATTACHMENTS and self._text(attachment, "target_group_arn") in groups:
                    yield self._text(attachment, "target_id")

    def _balancer_access(self, balancer: TerraformResource | None) -> RouteAccess:
        """Whether a load balancer is on the internet, and a security group of it lets everyone in."""
        if balancer is None:
            return BALANCER_NOT_HERE
        internal = set(balancer.possible_texts("internal"))
        if internal == {"true"}:
            return RESTRICTED
        if "true" in internal or any(map(has_parameters, internal)):
            return SCHEME_UNKNOWN
        texts = [self._draft.fill_references(text) for text in balancer.texts("security_groups")]
        if any(text in self._groups and self._lets_everyone_in(text) for text in texts):
            return OPEN
        # A group without a rule of its own has its rules elsewhere, perhaps in another configuration.
        groups = [self._groups.get(text) for text in texts]
        is_known = groups and all(group is not None and next(group.blocks("ingress"), None) for group in groups)
        return RESTRICTED if is_known else GROUPS_UNKNOWN

    def _lets_everyone_in(self, group: str) -> bool:
        """Whether a rule of a security group, in it or in a resource of its own, allows all addresses."""
        rules = [*self._groups[group].blocks("ingress")]
        for rule in self._resources:
            is_ingress = rule.kind == _INGRESS or (rule.kind == _RULE_OF_GROUP and rule.text("type") == "ingress")
            rules += [rule] if is_ingress and self._text(rule, "security_group_id") == group else []
        return any(text in EVERYONES_RANGES for rule in rules for name in _RANGES for text in rule.texts(name))

    def _by_attribute(self, kinds: Iterable[str], attribute: str) -> dict[str, TerraformResource]:
        """The resources of some kinds by the text of the reference to their ARN or id."""
        named = ((attribute_parameter(item.address, attribute), item) for item in self._resources if item.kind in kinds)
        return {self._draft.fill_references(f"${{{name}}}"): item for name, item in named}

    def _text(self, resource: TerraformResource, name: str) -> str:
        return self._draft.fill_references(resource.text(name))


def _actions(rule: TerraformResource) -> list[TerraformResource]:
    return [*rule.blocks("default_action"), *rule.blocks("action")]


def _rule_access(rule: TerraformResource) -> RouteAccess:
    """Whether requests are forwarded without a question who they are from, whatever address they have."""
    by_address = any(True for condition in rule.blocks("condition") for _ in condition.blocks("source_ip"))
    return RESTRICTED if by_address or asks_who_calls(action.text("type") for action in _actions(rule)) else OPEN


def _listener_access(listener: TerraformResource | None) -> RouteAccess:
    """A listener that verifies the certificates of clients (mutual TLS) is not open."""
    is_mutual = listener is not None and listener.nested_text("mutual_authentication", "mode") == "verify"
    return RESTRICTED if is_mutual else OPEN


def _route(rule: TerraformResource) -> str:
    """The protocol and port of a listener; of a rule the paths that it is for."""
    paths = [
        text
        for condition in rule.blocks("condition")
        for pattern in condition.blocks("path_pattern")
        for text in pattern.texts("values")
    ]
    return ", ".join(paths) or f"{rule.text('protocol')} {rule.text('port')}".strip() or rule.label
