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
START = HEAD + "settings: {logs: false}\ncalls:\n"
HEAD_LINES = START.count("\n")
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


def pairs(prefix):
    """(action, resource type or None) of a service."""
    for action in find_service(prefix).actions.values():
        if action.has_no_resource_types:
            yield action, None
        for taken in action.resource_types:
            yield action, find_service(prefix).resource_types[taken.name.lower()]


def entry(kind, *actions):
    """The entry of a spec for actions of one service on a resource type, as lines of YAML."""
    service = actions[0].service
    named = f'"{service}/{kind.name}"' if kind else f'"{service}"'
    variables = re.findall(r"\$\{([^}]+)\}", kind.arn_formats[0].split(":", 5)[5]) if kind else []
    service_field = re.findall(r"\$\{([^}]+)\}", kind.arn_formats[0].split(":")[2]) if kind else []
    values = {name: value_of(name) for name in [*service_field, *variables]}
    words = "".join(f"      - {action}\n" for action in actions)
    return f"  - {named}: {json.dumps(values or '*')}\n    do:\n{words}"


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


def parsed_entries(pairs):
    """The function of a spec with an entry for each pair, or with no entry, and the refusals of pairs by their index.

    The spec has one entry for all actions on a resource type, which becomes one for each action: to read one for each
    takes four times as long. Where some are refused, it has one for each, which tells whom the refusal is about.
    """
    by_kind = {}
    for action, kind in pairs:
        by_kind.setdefault(kind, []).append(action)
    try:
        function = parsed([entry(kind, *actions) for kind, actions in by_kind.items()])
    except MultipleErrors:
        return separate_entries(pairs)
    of_kind = dict(zip(by_kind, function.entries, strict=True))
    entries = tuple(replace(of_kind[kind], do=(str(action),), do_locations=()) for action, kind in pairs)
    return replace(function, entries=entries), {}


def separate_entries(pairs):
    """The same of a spec that has an entry for each pair."""
    texts = [entry(kind, action) for action, kind in pairs]
    first_line, lines = HEAD_LINES + 1, texts[0].count("\n")
    refused = {}
    try:
        return parsed(texts), refused
    except MultipleErrors as problems:
        for problem in problems.problems:
            refused[(problem.location.line - first_line) // lines] = problem.message
    texts = [text for at, text in enumerate(texts) if at not in refused]
    return parsed(texts) if texts else None, refused


def parsed(entries):
    """The function of a spec with these entries."""
    return parse_spec(START + "".join(entries), "spec.yaml").functions[0]


def policies_of(prefix):
    """(action, resource type, policy text) of each pair, and the refusals by pair."""
    everything = list(pairs(prefix))
    function, refused = parsed_entries(everything) if everything else (None, {})
    kept = [pair for at, pair in enumerate(everything) if at not in refused]
    found = []
    for at, (action, kind) in enumerate(kept):
        one = replace(function, entries=(function.entries[at],))
        (named,) = generate(one, DeploymentTarget("eu-west-1", "111122223333")).policies
        found.append((action, kind, policy_json(named.policy)))
    return found, {(str(everything[at][0]), everything[at][1]): text for at, text in refused.items()}


def granted(policy):
    """The actions of a policy."""
    return {action for statement in policy["Statement"] for action in statement["Action"]}


@pytest.mark.parametrize("group", range(GROUPS))
def test_every_action_is_allowed_on_each_resource_type_it_takes(group):
    failures = []
    for prefix in service_prefixes()[group::GROUPS]:
        found, refused = policies_of(prefix)
        failures += [f"{pair}: {text}" for pair, text in refused.items() if not any(r in text for r in REFUSALS)]
        for action, kind, text in found:
            request = request_arn(action, kind)
            if policy_json(read_policy(text, "policy.json")) != text:
                failures.append(f"{action}: {text} does not read back to itself")
            if granted(json.loads(text)) != {str(action)}:
                failures.append(f"{action}: {text} grants other actions")
            if judge.verdict([json.loads(text)], judge.Request(str(action), request)) != judge.ALLOWED:
                failures.append(f"{action} on {request}: not allowed by {text}")
    assert not failures, f"{len(failures)} failures:\n" + "\n".join(failures[:20])
