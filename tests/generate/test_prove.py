"""`prove`: every line holds for what `generate` makes, and the right one fails for anything else."""

from __future__ import annotations

from dataclasses import replace

import pytest
from architecture.source_tree import ROOT
from support import trigger_cases
from support.generated import HEAD

from iamglue.catalog import services, verbs
from iamglue.engine.evaluate.identity_evaluation import evaluate
from iamglue.engine.evaluate.request import Request
from iamglue.engine.solve.near_misses import neighbouring_resources, other_contexts, sibling_actions
from iamglue.errors import IamglueError
from iamglue.generate.deployment_target import DeploymentTarget
from iamglue.generate.generate import generate
from iamglue.generate.prove import prove
from iamglue.model.permission_set import NamedPolicy
from iamglue.model.proof_table import ProofSection
from iamglue.model.spec import FileSystem, FunctionSettings
from iamglue.policy.model import Policy, allow_statement
from iamglue.readers.spec.reader import parse_spec, read_spec

EXAMPLES = sorted((ROOT / "examples").glob("*/spec.yaml"))
HERE = DeploymentTarget("eu-west-1", "123456789012")
DEPLOYED = DeploymentTarget(use_pseudo_parameters=True, allow_parameters=True)
TABLE = "arn:aws:dynamodb:eu-west-1:111122223333:table/orders"


def function_of(body, head=HEAD):
    return parse_spec(head + body, "spec.yaml").functions[0]


def failing(table):
    return [(line.section, line.claim, line.holds) for line in table.lines if line.holds is not True]


def proof_with(statements, body="writes:\n- dynamodb: orders\nsettings: {logs: false}\n"):
    """The proof of another policy than the one that is generated."""
    function = function_of(body)
    bundle = generate(function, DeploymentTarget(function.region, function.account))
    policy = NamedPolicy("other", Policy(tuple(statements)))
    return prove(function, replace(bundle, policies=(policy,)))


@pytest.mark.parametrize("path", EXAMPLES, ids=[path.parent.name for path in EXAMPLES])
def test_the_examples_are_proved(path):
    for function in read_spec(str(path)).functions:
        table = prove(
            function,
            generate(function, DeploymentTarget(function.region, function.account, use_pseudo_parameters=True)),
        )
        assert failing(table) == []
        assert {line.section for line in table.lines} == set(ProofSection)


@pytest.mark.parametrize("choice", [HERE, DEPLOYED], ids=["here", "deployed"])
@pytest.mark.parametrize("name", trigger_cases.VALUES)
def test_every_trigger_is_proved(name, choice):
    function = trigger_cases.function(trigger_cases.trigger(name))
    assert failing(prove(function, generate(function, choice))) == []


@pytest.mark.parametrize("choice", [HERE, DEPLOYED], ids=["here", "deployed"])
def test_every_setting_is_proved(choice):
    settings = FunctionSettings(
        vpc=True,
        tracing=True,
        insights=True,
        dead_letter=trigger_cases.destination("sqs", "failed"),
        on_success=trigger_cases.destination("sns", "done"),
        environment_key=trigger_cases.KEY,
        file_system=FileSystem("fs-1", "fsap-2", write=True),
    )
    function = trigger_cases.function(settings=settings)
    assert failing(prove(function, generate(function, choice))) == []


def test_no_proof_of_a_verb_fails_on_a_name_a_pattern_and_everything():
    proved = 0
    for prefix in services.service_prefixes():
        for verb in verbs.verbs(prefix):
            for resource in ("thing", "'th*'", "'*'", "a/in/*"):
                body = f"{verb.access}:\n- {prefix}: {resource}\n  do: {verb.name}\nsettings: {{logs: false}}\n"
                try:
                    function = function_of(body)
                    bundle = generate(function, HERE)
                except IamglueError:
                    continue  # this verb takes resources of another form
                lines = prove(function, bundle).lines
                # The tables of calls do not describe a few features: then a line says so, and no other line fails.
                assert [line.claim for line in lines if line.holds is False] == [], body
                unknown = [line for line in lines if line.holds is None]
                assert all(line.section is ProofSection.CALLS for line in unknown), body
                proved += not unknown
    assert proved > 200


def test_a_policy_that_lacks_an_action_fails_at_the_need():
    table = proof_with([allow_statement(("dynamodb:GetItem",), (TABLE,))])
    assert (ProofSection.NEEDED, f"dynamodb:PutItem on {TABLE}", False) in failing(table)
    assert (ProofSection.EXACT, "the policy allows all access that is needed", False) in failing(table)


def test_an_action_too_many_is_not_necessary_and_a_near_miss_that_is_allowed():
    table = proof_with([allow_statement(("dynamodb:PutItem", "dynamodb:DeleteItem"), (TABLE,), sid="Puts")])
    assert failing(table) == [
        (ProofSection.CALLS, "Puts: a call asks for every action on every resource", False),
        (ProofSection.NECESSARY, "Puts: dynamodb:DeleteItem", False),
        (ProofSection.NEAR_MISS, f"no other action of dynamodb on {TABLE} is allowed", False),
        (ProofSection.EXACT, "the policy allows no access that is not needed", False),
    ]


def test_a_wider_resource_fails_at_its_neighbours():
    table = proof_with([allow_statement(("dynamodb:PutItem",), (f"{TABLE}*",))])
    assert (ProofSection.NEAR_MISS, f"dynamodb:PutItem is not allowed on similar names of {TABLE}", False) in failing(
        table
    )


@pytest.mark.parametrize("field", [("eu-west-1", "*"), ("111122223333", "*")], ids=["Region", "account"])
def test_another_region_or_account_fails_at_its_neighbours(field):
    table = proof_with([allow_statement(("dynamodb:PutItem",), (TABLE.replace(*field),))])
    assert ProofSection.NEAR_MISS in {section for section, _, _ in failing(table)}


def test_a_missing_condition_fails_at_the_other_contexts():
    body = "reads:\n- s3: images\n  do: list\n  prefix: in/\nsettings: {logs: false}\n"
    table = proof_with([allow_statement(("s3:ListBucket",), ("arn:aws:s3:::images",))], body)
    assert (
        ProofSection.NEAR_MISS,
        "s3:ListBucket on arn:aws:s3:::images is not allowed in another context",
        False,
    ) in failing(table)


def test_a_statement_that_stands_twice_is_not_necessary():
    put = allow_statement(("dynamodb:PutItem",), (TABLE,), sid="Puts")
    table = proof_with([put, replace(put, sid="PutsAgain")])
    assert [claim for section, claim, _ in failing(table) if section is ProofSection.NECESSARY] == ["Puts", "PutsAgain"]


def test_a_wildcard_that_admits_future_actions_says_so():
    body = "raw:\n- actions: [dynamodb:DeleteItem]\n  resources: ['*']\n  why: x\nsettings: {logs: false}\n"
    table = proof_with([allow_statement(("dynamodb:DeleteIte*",), ("*",))], body)
    assert failing(table) == []
    assert (
        table.lines[-2].detail
        == "true for today's actions; AWS may add actions that differ, such as dynamodb:deleteite on *"
    )


def test_each_resource_of_a_statement_is_shown_to_be_necessary():
    function = function_of("writes:\n- dynamodb: one\n- dynamodb: two\nsettings: {logs: false}\n")
    table = prove(function, generate(function, HERE))
    necessary = [line.claim.rpartition("/")[2] for line in table.lines if line.section is ProofSection.NECESSARY]
    assert necessary[1:] == ["one", "two"]
    assert failing(table) == []


def test_needs_that_overlap_are_each_shown_to_be_necessary():
    body = "writes:\n- dynamodb: 'a*'\n- dynamodb: '*b'\nsettings: {logs: false}\n"
    function = function_of(body)
    assert failing(prove(function, generate(function, HERE))) == []


def test_what_only_the_deployment_knows_is_replaced_by_samples_that_are_told():
    body = "writes:\n- dynamodb: '${Table}'\n- sqs: {Arn: '${QueueArn}'}\nsettings: {logs: false}\n"
    function = function_of(body, head="iamglue: 1\nfunction: f\n")
    table = prove(function, generate(function, DEPLOYED))
    assert failing(table) == []
    told = dict(table.samples)
    assert told["Table"] == "sampleTable"
    assert told["QueueArn"] == "arn:aws:sqs:us-east-1:123456789012:sampleQueueArn"
    assert told["AWS::AccountId"] == "123456789012"


def test_raw_statements_are_needs_too():
    body = "raw:\n- actions: [ec2:DescribeRegions]\n  resources: ['*']\n  why: to know them\nsettings: {logs: false}\n"
    function = function_of(body)
    table = prove(function, generate(function, HERE))
    assert failing(table) == []
    assert any("to know them" in line.detail for line in table.lines)


def test_a_function_that_needs_nothing_has_a_proof_that_nothing_is_allowed():
    function = function_of("settings: {logs: false}\n")
    table = prove(function, generate(function, HERE))
    assert table.holds
    assert [line.section for line in table.lines] == [ProofSection.EXACT, ProofSection.EXACT]


def test_siblings_are_the_other_actions_of_the_service():
    request = Request("dynamodb:PutItem", TABLE)
    names = [each.action for each in sibling_actions(request)]
    assert "dynamodb:PutItem" not in names
    assert len(names) == len(services.find_service("dynamodb").actions) - 1
    assert {"dynamodb:GetItem", "dynamodb:DeleteItem"} <= set(names[:6])


def test_neighbours_are_all_other_requests():
    request = Request("dynamodb:PutItem", TABLE, {"aws:RequestedRegion": ("eu-west-1",)})
    others = [each for _, each in (*neighbouring_resources(request), *other_contexts(request))]
    assert request not in others
    assert len(others) == len({(each.resource, str(each.context)) for each in others})
    exact = [Policy((allow_statement(("dynamodb:PutItem",), (TABLE,)),))]
    assert not any(evaluate(exact, each).allowed for _, each in neighbouring_resources(request))


def test_an_action_of_a_service_that_is_not_known_has_no_siblings():
    assert sibling_actions(Request("nosuch:Thing", "*")) == ()
    assert list(neighbouring_resources(Request("nosuch:Thing", "*"))) == []


def test_a_resource_too_many_is_not_necessary():
    table = proof_with([allow_statement(("dynamodb:PutItem",), (TABLE, f"{TABLE}/index/*"), sid="Puts")])
    assert (ProofSection.NECESSARY, f"Puts: {TABLE}/index/*", False) in failing(table)


def test_the_requests_of_a_proof_are_in_the_function_s_account_and_region():
    table = proof_with(
        [
            allow_statement(("dynamodb:PutItem",), (TABLE,)),
            allow_statement(("sqs:SendMessage",), ("arn:aws:sqs:*:*:*",)),
        ]
    )
    (excess,) = [line for line in table.lines if line.section is ProofSection.EXACT and "sqs" in line.detail]
    assert "arn:aws:sqs:eu-west-1:111122223333:" in excess.detail


def test_access_on_a_resource_that_the_reference_does_not_list_fails_the_proof_and_is_said_so():
    document = "arn:aws:ssm:eu-west-1::document/AWS-RunShellScript"
    table = proof_with(
        [allow_statement(("dynamodb:PutItem",), (TABLE,)), allow_statement(("ssm:SendCommand",), (document,))]
    )
    (excess,) = [line for line in table.lines if line.section is ProofSection.EXACT and "ssm" in line.detail]
    assert excess.detail == f"ssm:SendCommand on {document}; AWS's reference lists no such resource for this action"
