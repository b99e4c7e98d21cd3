"""Every action of AWS on every resource type it takes: a spec for it allows it, or is refused for a listed reason.

The ARN of the request is filled in here, straight from the reference's format, and judged by `judge.py`, which shares
nothing with iamglue.
"""

import json
import re
from dataclasses import replace

import pytest
from support import judge
from support.generated import HEAD

from iamglue.catalog.services import find_service, service_prefixes
from iamglue.errors import MultipleErrors
from iamglue.generate.deployment_target import DeploymentTarget
from iamglue.generate.generate import generate
from iamglue.policy.document import policy_json, read_policy
from iamglue.readers.spec.reader import parse_spec

GROUPS = 24
# Actions of one entry.
TOGETHER = 6
START = HEAD + "settings: {logs: false}\ncalls:\n"
PLACE = {"Partition": "aws", "Region": "eu-west-1", "Account": "111122223333"}
# Why a pair may be refused: AWS also checks what the entry of this test does not name.
REFUSALS: dict[str, str] = {
    "are not known to iamglue": "a guardrail profile needs `regions`",
    "which model it calls": "an inference profile needs `model`",
    "the entry does not name it": "answers from a knowledge base need `model`",
}
# A KMS alias that is none of AWS's, and the ids of a database, a model (PROVIDER.MODEL), a user pool, a server of
# Transfer Family and a target group of VPC Lattice.
VALUES = {
    "Alias": "alias-of-key",
    "DbiResourceId": "db-0",
    "ResourceId": "resource.id0",
    "UserPoolId": "eu-west-1_a0",
    "ServerId": "s-0123456789abcdef0",
    "TargetGroupId": "tg-0123456789abcdef0",
}


def actions_by_type(prefix):
    """The actions of a service that each of its resource types is for; None is for those that take no resource."""
    service, by_type = find_service(prefix), {}
    for action in service.actions.values():
        if action.has_no_resource_types:
            by_type.setdefault(None, []).append(action)
        for taken in action.resource_types:
            by_type.setdefault(service.resource_types[taken.name.lower()], []).append(action)
    return by_type


def entry(kind, action):
    """The entry of a spec for an action on a resource type, as lines of YAML."""
    named = f'"{action.service}/{kind.name}"' if kind else f'"{action.service}"'
    variables = re.findall(r"\$\{([^}]+)\}", kind.arn_formats[0].split(":", 5)[5]) if kind else []
    service_field = re.findall(r"\$\{([^}]+)\}", kind.arn_formats[0].split(":")[2]) if kind else []
    values = {name: value_of(name) for name in [*service_field, *variables]}
    return f"  - {named}: {json.dumps(values or '*')}\n    do: [{action}]\n"


def value_of(variable):
    """A value for a variable that tells where it stands, in the form that the services ask for."""
    return VALUES.get(variable, f"{variable.lower()}0")


def request_arn(action, kind):
    """The ARN of a request for an action, "*" when it takes no resource.

    Three corrections of the reference, from AWS's own guides: the ARN of a secret ends in six characters that AWS
    adds to its name, CloudWatch Logs checks log group actions but for the
    tagging ones on the group's ARN with a colon behind it, and OpenSearch checks requests on a path of the domain.
    """
    if kind is None:
        return "*"
    if kind.service == "secretsmanager":
        return f"{arn(kind)}-a1b2c3"
    if kind.service == "logs" and kind.name == "log-group" and "tag" not in action.name.lower():
        return f"{arn(kind)}:log-stream:"
    return f"{arn(kind)}/index/_search" if action.name.startswith("ESHttp") else arn(kind)


def arn(kind):
    """An ARN of a resource type, filled in from the reference's own format."""
    fields = kind.arn_formats[0].split(":", 5)
    fields[4] = "111122223333" if fields[4].startswith("${") else fields[4]
    text = ":".join(fields)
    filled = re.sub(r"\$\{([^}]+)\}", lambda match: PLACE.get(match[1], value_of(match[1])), text)
    return filled.replace("*", "star")


def functions_by_type(by_type):
    """By resource type, the function of a spec with one entry, for the first of its actions; empty if one is refused.

    The reader takes any words for actions, so that the others take its place: to read all pairs takes half of the time.
    """
    try:
        function = parsed(entry(kind, actions[0]) for kind, actions in by_type.items())
    except MultipleErrors:
        return {}
    return {kind: replace(function, entries=(one,)) for kind, one in zip(by_type, function.entries, strict=True)}


def accepted(kind, actions):
    """The function for the first action that is not refused."""
    refusal = None
    for action in actions:
        try:
            return parsed([entry(kind, action)])
        except MultipleErrors as problems:
            refusal = problems
    raise refusal


def parsed(entries):
    """The function of a spec with these entries."""
    return parse_spec(START + "".join(entries), "spec.yaml").functions[0]


def few_apart(actions):
    """The actions in groups of a few that are far apart in the reference.

    A policy that grants one action for another is noticed unless both are in one group, which actions that have to do
    with each other are not: their names begin alike. A policy for each pair takes three times as long.
    """
    step = -(-len(actions) // TOGETHER)
    return [actions[start::step] for start in range(step)]


def policies_of(prefix):
    """(actions, resource type, policy text) of all pairs of a service, and the refusals."""
    policies, refusals = [], []
    by_type = actions_by_type(prefix)
    functions = functions_by_type(by_type) if by_type else {}
    for kind, actions in by_type.items():
        pending = few_apart(actions)
        while pending:
            few = pending.pop()
            try:
                functions[kind] = functions.get(kind) or accepted(kind, actions)
                policies.append((few, kind, policy_of(few, functions[kind])))
            except MultipleErrors as problems:
                if len(few) > 1:  # which of them it is about, each alone tells
                    pending += [[action] for action in few]
                else:
                    refusals += [f"{few[0]} on {kind}: {problem.message}" for problem in problems.problems]
    return policies, refusals


def policy_of(actions, function):
    """The text of the policy for actions in place of those of a function's entry."""
    asked = replace(function.entries[0], do=tuple(map(str, actions)), do_locations=())
    (named,) = generate(replace(function, entries=(asked,)), DeploymentTarget("eu-west-1", "111122223333")).policies
    return policy_json(named.policy)


def granted(policy):
    """The actions of a policy."""
    return {action for statement in policy["Statement"] for action in statement["Action"]}


@pytest.mark.parametrize("group", range(GROUPS))
def test_every_action_is_allowed_on_each_resource_type_it_takes(group):
    failures = []
    for prefix in service_prefixes()[group::GROUPS]:
        policies, refusals = policies_of(prefix)
        failures += [text for text in refusals if not any(reason in text for reason in REFUSALS)]
        for actions, kind, text in policies:
            names = ", ".join(map(str, actions))
            if policy_json(read_policy(text, "policy.json")) != text:
                failures.append(f"{names}: {text} does not read back to itself")
            policy = json.loads(text)
            if granted(policy) != set(map(str, actions)):
                failures.append(f"{names}: {text} grants other actions")
            for action in actions:
                request = request_arn(action, kind)
                if judge.verdict([policy], judge.Request(str(action), request)) != judge.ALLOWED:
                    failures.append(f"{action} on {request}: not allowed by {text}")
    assert not failures, f"{len(failures)} failures:\n" + "\n".join(failures[:20])
