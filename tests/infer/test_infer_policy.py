"""`infer policy`: policies become a spec that allows the same, and what it says otherwise is reported."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from pathlib import Path

import pytest
from generate.features import FEATURES
from generate.features import spec_text as feature_spec
from generate.test_functions import FUNCTIONS, HEAD
from infer.test_entries import VERBS, sample
from support.access_strategies import random_policy

from iamglue.catalog.services import find_service
from iamglue.engine.solve.access import access_of
from iamglue.engine.solve.comparison import ComparisonAnswer, compare
from iamglue.errors import IamglueError
from iamglue.formats.policies.spec_text import commented_spec_text, spec_text
from iamglue.generate.deployment_target import DeploymentTarget
from iamglue.generate.generate import generate
from iamglue.infer.policy import infer_policies
from iamglue.model.inference import ChangeKind
from iamglue.model.policy_file import PolicyFile
from iamglue.model.spec import SpecResource
from iamglue.policy.document import read_policy
from iamglue.policy.model import Effect, Policy
from iamglue.readers.spec.reader import parse_spec

HERE = "eu-west-1:123456789012"
TARGET = DeploymentTarget("eu-west-1", "123456789012", use_pseudo_parameters=True, allow_parameters=True)


def inferred(*statements, version="2012-10-17"):
    document = {"Version": version, "Statement": list(statements)}
    return infer_policies([PolicyFile("policy.json", read_policy(json.dumps(document), "policy.json"))], "orders")


def allow(actions, resources, **rest):
    return {"Effect": "Allow", "Action": actions, "Resource": resources, **rest}


def entries(result):
    return [(str(e.access), e.service, e.resource.text, e.do) for e in result.function.function.entries]


def kinds(result):
    return {(str(change.kind), change.subject) for change in result.changes}


def grants(permission_set):
    return {
        (action, resource, statement.conditions)
        for named in permission_set.policies
        for statement in named.policy.statements
        for action in statement.actions.values
        for resource in statement.resources.values
    }


SPECS = [feature_spec(feature) for feature in FEATURES] + [HEAD + item["spec"] for item in FUNCTIONS]


@pytest.mark.parametrize("text", SPECS)
def test_a_generated_policy_becomes_a_spec_that_generates_it(text):
    (declared,) = parse_spec(text, "spec.yaml").functions
    target = replace(TARGET, region=declared.region, account=declared.account)
    generated = generate(declared, target)
    files = [PolicyFile("policy.json", named.policy) for named in generated.policies]
    if not files:
        return
    result = infer_policies(files, generated.function)
    (read,) = parse_spec(commented_spec_text([result.function]), "spec.yaml").functions
    there = replace(target, region=read.region or target.region, account=read.account or target.account)
    assert grants(generate(read, there)) == grants(generated)
    assert all(change.is_exact for change in result.changes)


ROUND_TRIP = """\
iamglue: 1
function: orders
region: eu-west-1
account: "123456789012"
reads:
  - s3: images-bucket
    do: [get, list]
  - dynamodb: orders
    do: [get, query]
  - ssm: /orders/limit
writes:
  - s3: reports
    prefix: daily/
  - cloudwatch: Shop
calls:
  - lambda: resize
    account: "210987654321"
settings:
  vpc: true
  tracing: true
"""


def test_the_entries_of_a_generated_policy_are_those_of_its_spec():
    (function,) = parse_spec(ROUND_TRIP, "spec.yaml").functions
    generated = generate(function, TARGET)
    result = infer_policies([PolicyFile("policy.json", named.policy) for named in generated.policies])
    (canonical,) = parse_spec(ROUND_TRIP, "spec.yaml").functions
    read = parse_spec(spec_text([result.function.function]), "spec.yaml").functions[0]
    assert set(map(plain, read.entries)) == set(map(plain, canonical.entries))
    assert (read.name, read.region, read.account, read.settings) == (
        "orders",
        "eu-west-1",
        "123456789012",
        canonical.settings,
    )


def plain(entry):
    return replace(entry, location=None, resource_location=None, do_locations=())


def test_a_policy_without_logs_is_a_function_without_logs():
    result = inferred(allow("s3:GetObject", "arn:aws:s3:::images-bucket/*"))
    assert not result.function.function.settings.logs.enabled


def test_a_wildcard_of_few_actions_is_the_actions():
    result = inferred(allow("sqs:Receive*", f"arn:aws:sqs:{HERE}:orders"))
    assert entries(result) == [("reads", "sqs", "orders", ("receive",))]
    assert ("narrowed", "`sqs:Receive*`") in kinds(result)


def test_a_wildcard_of_many_actions_stays_as_it_is():
    result = inferred(allow("dynamodb:*", f"arn:aws:dynamodb:{HERE}:table/orders"))
    (raw,) = result.function.function.raw
    assert (raw.actions, raw.resources) == (("dynamodb:*",), (f"arn:aws:dynamodb:{HERE}:table/orders",))


@pytest.mark.parametrize(
    "statement",
    [
        {"Effect": "Deny", "Action": "s3:DeleteObject", "Resource": "*"},
        {"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"},
        {"Effect": "Allow", "Action": "s3:GetObject", "NotResource": "arn:aws:s3:::secrets/*"},
        {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::images-bucket/*"},
    ],
    ids=["Deny", "NotAction", "NotResource", "Principal"],
)
def test_a_statement_that_a_spec_cannot_say_is_reported_as_dropped(statement):
    result = inferred(allow("s3:GetObject", "arn:aws:s3:::images-bucket/*"), statement)
    assert ("dropped", "statement 2") in kinds(result)
    assert len(entries(result)) == 1


def test_a_dropped_deny_that_limited_something_widens():
    everything = "arn:aws:s3:::images-bucket/*"
    result = inferred(allow("s3:GetObject", everything), {"Effect": "Deny", "Action": "s3:*", "Resource": everything})
    assert any(change.kind is ChangeKind.WIDENED for change in result.changes)


def test_a_condition_stays_with_its_actions():
    result = inferred(
        allow("ec2:DescribeInstances", "*", Condition={"StringEquals": {"aws:RequestedRegion": "eu-west-1"}})
    )
    (entry,) = result.function.function.entries
    assert [condition.key for condition in entry.when] == ["aws:RequestedRegion"]


def test_what_no_entry_says_is_raw_with_a_reason():
    result = inferred(allow("s3:GetObject", "*"))
    (raw,) = result.function.function.raw
    assert (raw.actions, raw.resources, bool(raw.why)) == (("s3:GetObject",), ("*",), True)
    assert ("raw", "s3:GetObject on *") in kinds(result)


def test_an_action_on_a_resource_that_it_never_has_is_reported():
    result = inferred(allow(["s3:GetObject", "s3:ListBucket"], ["arn:aws:s3:::images", "arn:aws:s3:::images/*"]))
    assert entries(result) == [("reads", "s3", "images", ("get", "list"))]
    assert any(
        kind == "dropped" and "s3:GetObject on arn:aws:s3:::images" in subject for kind, subject in kinds(result)
    )


def test_what_a_trigger_may_need_has_a_comment():
    actions = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"]
    result = inferred(allow(actions, f"arn:aws:sqs:{HERE}:orders"))
    assert "triggers: - sqs" in commented_spec_text([result.function])


def test_dollar_and_brace_in_a_policy_of_2008_are_only_text():
    result = inferred(allow("s3:GetObject", "arn:aws:s3:::images/${aws:username}"), version="2008-10-17")
    assert [entry.resource.text for entry in result.function.function.entries] == ["images/${$}{aws:username}"]


@pytest.mark.parametrize("seed", range(40))
def test_the_spec_of_any_policy_is_read_and_allows_no_more_than_its_allow_statements(seed):
    policy = random_policy(random.Random(seed))
    allowed = Policy(tuple(s for s in policy.statements if s.effect is Effect.ALLOW), policy.version)
    result = infer_policies([PolicyFile("policy.json", policy)], "f")
    (read,) = parse_spec(commented_spec_text([result.function]), "spec.yaml").functions
    written = access_of([named.policy for named in generate(read, TARGET).policies])
    assert compare(written, access_of([allowed])).answer is not ComparisonAnswer.NEW_ACCESS


EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*/spec.yaml"))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.parent.name)
def test_the_entries_of_every_example_come_back_from_its_policy(path):
    (declared,) = parse_spec(path.read_text(encoding="utf-8"), "spec.yaml").functions
    generated = generate(declared, replace(TARGET, region=declared.region, account=declared.account))
    result = infer_policies([PolicyFile("policy.json", named.policy) for named in generated.policies])
    assert {replace(plain(entry), why=None) for entry in declared.entries} <= set(
        map(plain, result.function.function.entries)
    )


KEY = "1f6c3a52-7d1b-4c0e-9a53-0e6b1c9d2f47"


def spec_entries(text):
    (declared,) = parse_spec(ROUND_TRIP.partition("reads:")[0] + text, "spec.yaml").functions
    generated = generate(declared, TARGET)
    result = infer_policies([PolicyFile("policy.json", named.policy) for named in generated.policies])
    return set(map(plain, declared.entries)), set(map(plain, result.function.function.entries))


@pytest.mark.parametrize(
    "text",
    [
        f"writes:\n- s3: reports\n  key: {KEY}\n",
        f"reads:\n- s3: reports\n  key: {KEY}\nwrites:\n- s3: reports\n  key: {KEY}\n",
        "calls:\n- ecs: nightly\n  pass_role: nightly-task\n",
        "calls:\n- ecs: nightly\n  pass_role: [nightly-execution, nightly-task]\n",
    ],
)
def test_a_key_or_role_that_one_entry_alone_can_need_is_its_option(text):
    declared, written = spec_entries(text)
    assert declared == written


def test_a_key_that_several_entries_may_need_is_an_entry_of_its_own():
    _, written = spec_entries(f"reads:\n- s3: images\n  key: {KEY}\n- s3: reports\n")
    assert {(entry.service, entry.key) for entry in written} == {("s3", None), ("kms", None)}


def random_entry(chance):
    verb = chance.choice(VERBS)
    words = f"\n  do: {verb.name}"
    kind = None if verb.resource_type == "*" else find_service(verb.service).resource_types[verb.resource_type.lower()]
    resource = sample(kind) if kind else SpecResource("*")
    value = json.dumps(resource.text if resource.text is not None else dict(resource.variables))
    account = chance.choice(["", '\n  account: "210987654321"']) if kind else ""
    limit = chance.choice(["", '\n  when: {StringEquals: {"aws:RequestedRegion": eu-west-1}}'])
    return verb.access, f"- {verb.service}: {value}{words}{account}{limit}\n"


@pytest.mark.parametrize("seed", range(60))
def test_the_policy_of_a_random_spec_becomes_a_spec_that_generates_it(seed):
    chance = random.Random(seed)
    lists = {}
    for _ in range(chance.randint(1, 8)):
        access, text = random_entry(chance)
        lists.setdefault(access, []).append(text)
    body = "".join(f"{access}:\n{''.join(dict.fromkeys(texts))}" for access, texts in lists.items())
    try:
        (declared,) = parse_spec(ROUND_TRIP.partition("reads:")[0] + body, "spec.yaml").functions
        generated = generate(declared, TARGET)
    except IamglueError:
        pytest.skip("no valid spec")
    result = infer_policies([PolicyFile("policy.json", named.policy) for named in generated.policies])
    (read,) = parse_spec(commented_spec_text([result.function]), "spec.yaml").functions
    assert grants(generate(read, TARGET)) == grants(generated)
    assert all(change.is_exact for change in result.changes)


@pytest.mark.parametrize("resource", ["*", "arn:aws:account::123456789012:account"])
def test_an_entry_of_the_account_service_is_one_that_a_spec_can_have(resource):
    result = inferred(allow("account:GetAccountInformation", resource))
    (read,) = parse_spec(commented_spec_text([result.function]), "spec.yaml").functions
    assert grants(generate(read, TARGET)) == {("account:GetAccountInformation", resource, ())}
