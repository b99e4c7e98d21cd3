"""Listeners of load balancers that call a function for everyone on the internet, of a Terraform configuration or plan.

https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/lb_listener
https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/lb_target_group_attachment
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from iamglue.policy.patterns.variables import has_parameters
from iamglue.readers.templates.account_draft import AccountDraft
from iamglue.readers.templates.listener_routes import (
    AUTHENTICATION_UNKNOWN,
    BALANCER_NOT_IN_TEMPLATE,
    GROUPS_UNKNOWN,
    RANGES_UNKNOWN,
    SCHEME,
    address_access,
    mutual_tls_access,
    rule_access,
)
from iamglue.readers.templates.open_routes import RouteAccess, access_by_values, add_route
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
            modes = (listener.nested_text("mutual_authentication", "mode"),) if listener is not None else ()
            access = [_rule_access(rule), mutual_tls_access(modes), *self._balancer_access(balancer)]
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

    def _balancer_access(self, balancer: TerraformResource | None) -> Iterator[RouteAccess]:
        """Whether a load balancer is on the internet, and which addresses its security groups allow."""
        if balancer is None:
            yield BALANCER_NOT_IN_TEMPLATE
            return
        yield access_by_values(SCHEME, balancer.possible_texts("internal"), lambda text: text != "true")
        texts = [self._draft.fill_references(text) for text in balancer.texts("security_groups")]
        groups = {text: self._groups[text] for text in texts if text in self._groups}
        access = address_access(ranges for text, group in groups.items() for ranges in self._ranges(text, group))
        # A group without a rule of its own has its rules elsewhere, perhaps in another configuration.
        is_known = groups and len(groups) == len(set(texts)) and all(map(_has_ingress, groups.values()))
        if access.is_open is False and any(group.block.has_dynamic_blocks("ingress") for group in groups.values()):
            yield RANGES_UNKNOWN
        else:
            yield GROUPS_UNKNOWN if access.is_open is False and not is_known else access

    def _ranges(self, text: str, group: TerraformResource) -> Iterator[tuple[str, ...]]:
        """The texts that each address range can be which a security group allows, in it or in a resource of its own."""
        rules = [*group.blocks("ingress")]
        for rule in self._resources:
            is_ingress = rule.kind == _INGRESS or (rule.kind == _RULE_OF_GROUP and rule.text("type") == "ingress")
            rules += [rule] if is_ingress and self._text(rule, "security_group_id") == text else []
        for rule in rules:
            for name in _RANGES:
                texts = rule.texts(name)
                # The items of a list that is not wholly known may be those of one branch of a condition.
                yield from [texts] if any(map(has_parameters, texts)) else [(item,) for item in texts]

    def _by_attribute(self, kinds: Iterable[str], attribute: str) -> dict[str, TerraformResource]:
        """The resources of some kinds by the text of the reference to their ARN or id."""
        named = ((attribute_parameter(item.address, attribute), item) for item in self._resources if item.kind in kinds)
        return {self._draft.fill_references(f"${{{name}}}"): item for name, item in named}

    def _text(self, resource: TerraformResource, name: str) -> str:
        return self._draft.fill_references(resource.text(name))


def _actions(rule: TerraformResource) -> list[TerraformResource]:
    return [*rule.blocks("default_action"), *rule.blocks("action")]


def _rule_access(rule: TerraformResource) -> RouteAccess:
    """Whether requests are forwarded without authentication, whatever address they are from."""
    settings = [action.possible_texts("type") for action in _actions(rule)]
    for condition in rule.blocks("condition"):
        settings += [("source-ip",) for _ in condition.blocks("source_ip")]
    access = rule_access(settings, settings)
    is_known = not any(map(rule.block.has_dynamic_blocks, ("default_action", "action", "condition")))
    return access if is_known or access.is_open is False else AUTHENTICATION_UNKNOWN


def _has_ingress(group: TerraformResource) -> bool:
    return next(group.blocks("ingress"), None) is not None


def _route(rule: TerraformResource) -> str:
    """The protocol and port of a listener; of a rule the paths that it is for."""
    paths = [
        text
        for condition in rule.blocks("condition")
        for pattern in condition.blocks("path_pattern")
        for text in pattern.texts("values")
    ]
    return ", ".join(paths) or f"{rule.text('protocol')} {rule.text('port')}".strip() or rule.label
