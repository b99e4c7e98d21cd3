"""Listeners of load balancers that call a function for everyone on the internet, of CloudFormation templates.

https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-elasticloadbalancingv2-listener.html
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-elasticloadbalancingv2-listenerrule.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from iamglue.policy.patterns.variables import has_parameters
from iamglue.readers.templates.open_routes import OPEN, RESTRICTED, RouteAccess, access_by_values, add_route
from iamglue.readers.templates.template_functions import FunctionIndex
from iamglue.readers.templates.template_properties import ResourceProperties, resource_of_reference

_V2 = "AWS::ElasticLoadBalancingV2::"
_LISTENER, _RULE, _GROUP, _BALANCER = (
    f"{_V2}{name}" for name in ("Listener", "ListenerRule", "TargetGroup", "LoadBalancer")
)
_SECURITY_GROUP, _INGRESS = "AWS::EC2::SecurityGroup", "AWS::EC2::SecurityGroupIngress"
_ALL_ADDRESSES = frozenset({"0.0.0.0/0", "::/0"})
SCHEME = "the scheme of the load balancer"
_AUTHENTICATION = "whether the listener authenticates callers"
AUTHENTICATION_UNKNOWN = RouteAccess(None, f"{_AUTHENTICATION} is not known before deployment")
BALANCER_NOT_IN_TEMPLATE = RouteAccess(None, "the load balancer is not in the template")
RANGES_UNKNOWN = RouteAccess(
    None, "which addresses the security groups of the load balancer allow is not known before deployment"
)
GROUPS_UNKNOWN = RouteAccess(None, "not all security groups of the load balancer are in the template")
_Resources = Mapping[str, ResourceProperties]


def add_listener_routes(resources: _Resources, functions: FunctionIndex) -> None:
    """Add the listeners and their rules that everyone may use to the functions to which they forward requests."""
    for rule in resources.values():
        if rule.resource.type not in (_LISTENER, _RULE):
            continue
        is_rule = rule.resource.type == _RULE
        listener = resource_of_reference(rule.text("ListenerArn"), resources) if is_rule else rule
        balancer = resource_of_reference(listener.text("LoadBalancerArn"), resources) if listener is not None else None
        name = balancer.id if balancer is not None else (listener or rule).id
        access = [
            _rule_access(rule, is_rule=is_rule),
            mutual_tls_access(listener.possible_texts("MutualAuthentication", "Mode") if listener is not None else ()),
            *_balancer_access(balancer, resources),
        ]
        for target in _targets(rule, "Actions" if is_rule else "DefaultActions", resources):
            add_route(functions.find(target), name, _route(rule), *access, kind="load balancer")


def _targets(rule: ResourceProperties, actions: str, resources: _Resources) -> Iterator[str]:
    """The texts of the functions to which a listener or its rule forwards requests."""
    for action in rule.items(actions):
        several = (group.text("TargetGroupArn") for group in action.items("ForwardConfig", "TargetGroups"))
        for text in dict.fromkeys((action.text("TargetGroupArn"), *several)):
            group = resource_of_reference(text, resources)
            if group is not None and group.resource.type == _GROUP and group.text("TargetType") == "lambda":
                yield from (target.text("Id") for target in group.items("Targets"))


def _rule_access(rule: ResourceProperties, *, is_rule: bool) -> RouteAccess:
    """Whether requests are forwarded without authentication, whatever address they are from."""
    actions = "Actions" if is_rule else "DefaultActions"
    certain = _rule_settings(rule.certain_items(actions), rule.certain_items("Conditions"))
    return rule_access(certain, _rule_settings(rule.items(actions), rule.items("Conditions")))


def _rule_settings(
    actions: Iterable[ResourceProperties], conditions: Iterable[ResourceProperties]
) -> list[tuple[str, ...]]:
    """The texts that the type of each action, and the field of each condition, can have."""
    types = [action.possible_texts("Type") for action in actions]
    return types + [condition.possible_texts("Field") for condition in conditions]


def rule_access(certain: Iterable[Sequence[str]], possible: Iterable[Sequence[str]]) -> RouteAccess:
    """The access by the types of actions and conditions: those that a rule has for certain, and all that it can have.

    For each there are the texts that it can be.
    """
    if any(all(map(_is_restricting, texts)) for texts in certain):
        return RESTRICTED
    texts = {text for texts in possible for text in texts}
    # What may be there or not is a value of several: `forward` stands for the case without it.
    return access_by_values(_AUTHENTICATION, {*texts, "forward"}, lambda text: not _is_restricting(text))


def _is_restricting(text: str) -> bool:
    """Whether an action of this type authenticates callers, or a condition on this field is for some addresses."""
    return text.startswith(("authenticate-", "jwt-")) or text == "source-ip"


def mutual_tls_access(modes: Iterable[str]) -> RouteAccess:
    """The access by the mode of mutual TLS: with `verify` only clients with a trusted certificate can connect."""
    return access_by_values(
        "whether the listener verifies the certificates of clients", modes, lambda text: text != "verify"
    )


def address_access(ranges: Iterable[Sequence[str]]) -> RouteAccess:
    """The access by the address ranges that security groups allow; for each, the texts that it can be."""
    known = [texts for texts in ranges if any(texts)]
    if any(_ALL_ADDRESSES.issuperset(texts) for texts in known):
        return OPEN
    is_known = not any(text in _ALL_ADDRESSES or has_parameters(text) for texts in known for text in texts)
    return RESTRICTED if is_known else RANGES_UNKNOWN


def _balancer_access(balancer: ResourceProperties | None, resources: _Resources) -> Iterator[RouteAccess]:
    """Whether a load balancer is on the internet, and which addresses its security groups allow."""
    if balancer is None or balancer.resource.type != _BALANCER:
        yield BALANCER_NOT_IN_TEMPLATE
        return
    yield access_by_values(SCHEME, balancer.possible_texts("Scheme"), lambda text: text != "internal")
    groups = [resource_of_reference(text, resources) for text in balancer.texts("SecurityGroups")]
    known = [group for group in groups if group is not None and group.resource.type == _SECURITY_GROUP]
    access = address_access(texts for group in known for texts in _ranges(group, resources))
    yield GROUPS_UNKNOWN if access.is_open is False and (not known or len(known) < len(groups)) else access


def _ranges(group: ResourceProperties, resources: _Resources) -> Iterator[tuple[str, ...]]:
    """The texts that each address range can be which a security group allows, in it or in a resource of its own."""
    rules = [*group.items("SecurityGroupIngress")]
    for rule in resources.values():
        owner = resource_of_reference(rule.text("GroupId"), resources) if rule.resource.type == _INGRESS else None
        rules += [rule] if owner is not None and owner.id == group.id else []
    for rule in rules:
        yield rule.possible_texts("CidrIp")
        yield rule.possible_texts("CidrIpv6")


def _route(rule: ResourceProperties) -> str:
    """The protocol and port of a listener; of a rule the paths that it is for."""
    paths = [
        text
        for condition in rule.items("Conditions")
        for path in (("Values",), ("PathPatternConfig", "Values"))
        for text in condition.texts(*path)
    ]
    return ", ".join(paths) or f"{rule.text('Protocol')} {rule.text('Port')}".strip() or rule.id
