"""Listeners of load balancers that call a function for everyone on the internet, of CloudFormation templates.

https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-elasticloadbalancingv2-listener.html
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-elasticloadbalancingv2-listenerrule.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from iamglue.policy.patterns.variables import has_parameters
from iamglue.readers.templates.open_routes import OPEN, RESTRICTED, RouteAccess, add_route
from iamglue.readers.templates.template_functions import FunctionIndex
from iamglue.readers.templates.template_properties import ResourceProperties, resource_of_reference

_V2 = "AWS::ElasticLoadBalancingV2::"
_LISTENER, _RULE, _GROUP, _BALANCER = (
    f"{_V2}{name}" for name in ("Listener", "ListenerRule", "TargetGroup", "LoadBalancer")
)
_SECURITY_GROUP, _INGRESS = "AWS::EC2::SecurityGroup", "AWS::EC2::SecurityGroupIngress"
EVERYONES_RANGES = frozenset({"0.0.0.0/0", "::/0"})
BALANCER_NOT_HERE = RouteAccess(None, "the load balancer is not in the template")
SCHEME_UNKNOWN = RouteAccess(None, "the scheme of the load balancer is not known before deployment")
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
            _listener_access(listener),
            _balancer_access(balancer, resources),
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
    """Whether requests are forwarded without a question who they are from, whatever address they have."""
    kinds = [action.text("Type") for action in rule.items("Actions" if is_rule else "DefaultActions")]
    conditions = [condition.text("Field") for condition in rule.items("Conditions")]
    return RESTRICTED if asks_who_calls(kinds) or "source-ip" in conditions else OPEN


def asks_who_calls(kinds: Iterable[str]) -> bool:
    """Whether one of the types of a listener's actions authenticates callers."""
    return any(kind.startswith(("authenticate-", "jwt-")) for kind in kinds)


def _listener_access(listener: ResourceProperties | None) -> RouteAccess:
    """A listener that verifies the certificates of clients (mutual TLS) is not open."""
    is_mutual = listener is not None and listener.text("MutualAuthentication", "Mode") == "verify"
    return RESTRICTED if is_mutual else OPEN


def _balancer_access(balancer: ResourceProperties | None, resources: _Resources) -> RouteAccess:
    """Whether a load balancer is on the internet, and a security group of it lets everyone in."""
    if balancer is None or balancer.resource.type != _BALANCER:
        return BALANCER_NOT_HERE
    schemes = set(balancer.possible_texts("Scheme"))
    if schemes == {"internal"}:
        return RESTRICTED
    if "internal" in schemes or any(map(has_parameters, schemes)):
        return SCHEME_UNKNOWN
    groups = [resource_of_reference(text, resources) for text in balancer.texts("SecurityGroups")]
    if any(group is not None and _lets_everyone_in(group, resources) for group in groups):
        return OPEN
    is_known = groups and all(group is not None and group.resource.type == _SECURITY_GROUP for group in groups)
    return RESTRICTED if is_known else GROUPS_UNKNOWN


def _lets_everyone_in(group: ResourceProperties, resources: _Resources) -> bool:
    """Whether a rule of a security group, in it or in a resource of its own, allows all addresses."""
    rules = [*group.items("SecurityGroupIngress")]
    for rule in resources.values():
        owner = resource_of_reference(rule.text("GroupId"), resources) if rule.resource.type == _INGRESS else None
        rules += [rule] if owner is not None and owner.id == group.id else []
    return any({rule.text("CidrIp"), rule.text("CidrIpv6")} & EVERYONES_RANGES for rule in rules)


def _route(rule: ResourceProperties) -> str:
    """The protocol and port of a listener; of a rule the paths that it is for."""
    paths = [
        text
        for condition in rule.items("Conditions")
        for path in (("Values",), ("PathPatternConfig", "Values"))
        for text in condition.texts(*path)
    ]
    return ", ".join(paths) or f"{rule.text('Protocol')} {rule.text('Port')}".strip() or rule.id
