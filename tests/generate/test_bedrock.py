"""Bedrock entries grant what a call is checked on: profiles, the model in each Region, guardrails, knowledge bases."""

import json

import pytest
from support.generated import HEAD, bundle_of, grants, problems_of, statements_of
from support.rows import every_row

from iamglue.catalog.cross_region_profiles import profile_destinations, profile_model
from iamglue.catalog.tables import table_rows
from iamglue.generate.generate import DeploymentTarget
from iamglue.generate.prove import prove
from iamglue.readers.spec.reader import parse_spec

OHIO = HEAD.replace("eu-west-1", "us-east-2")
HAIKU = "anthropic.claude-3-haiku-20240307-v1:0"
EU = "arn:aws:bedrock:eu-west-1:111122223333"


def model(region, name=HAIKU):
    return f"arn:aws:bedrock:{region}::foundation-model/{name}"


def invocations(*arns):
    return {("bedrock:InvokeModel", arn) for arn in arns}


@every_row(
    "body, expected",
    [
        (f"calls:\n- bedrock: {HAIKU}", invocations(model("eu-west-1"))),
        (
            f"calls:\n- bedrock: {HAIKU}\n  do: converse_stream",
            {("bedrock:InvokeModelWithResponseStream", model("eu-west-1"))},
        ),
        (
            f"calls:\n- bedrock: eu.{HAIKU}",
            invocations(
                f"{EU}:inference-profile/eu.{HAIKU}", model("eu-central-1"), model("eu-west-1"), model("eu-west-3")
            ),
        ),
        (
            f"calls:\n- bedrock: global.{HAIKU}",
            invocations(f"{EU}:inference-profile/global.{HAIKU}", model("eu-west-1"), model("")),
        ),
        (
            f"calls:\n- bedrock/application-inference-profile: abc\n  model: {HAIKU}",
            invocations(f"{EU}:application-inference-profile/abc", model("eu-west-1")),
        ),
        (
            f"calls:\n- bedrock/inference-profile: xx.{HAIKU}\n  regions: [me-south-1]\n  model: {HAIKU}",
            invocations(f"{EU}:inference-profile/xx.{HAIKU}", model("eu-west-1"), model("me-south-1")),
        ),
        (
            "calls:\n- bedrock: cohere.rerank-v3-5:0\n  do: rerank",
            {("bedrock:Rerank", "*"), *invocations(model("eu-west-1", "cohere.rerank-v3-5:0"))},
        ),
        ("reads:\n- bedrock/knowledge-base: KB1", {("bedrock:Retrieve", f"{EU}:knowledge-base/KB1")}),
        (f"calls:\n- bedrock: {EU}:knowledge-base/KB1", {("bedrock:Retrieve", f"{EU}:knowledge-base/KB1")}),
        (
            f"calls:\n- bedrock/knowledge-base: KB1\n  do: [RetrieveAndGenerate, Rerank]\n  model: {HAIKU}",
            {
                ("bedrock:RetrieveAndGenerate", "*"),
                ("bedrock:Rerank", "*"),
                ("bedrock:Retrieve", f"{EU}:knowledge-base/KB1"),
                *invocations(model("eu-west-1")),
            },
        ),
        ("calls:\n- bedrock/guardrail: g1", {("bedrock:ApplyGuardrail", f"{EU}:guardrail/g1")}),
        (
            f"calls:\n- bedrock: {HAIKU}\n  guardrail: g1",
            {("bedrock:ApplyGuardrail", f"{EU}:guardrail/g1"), *invocations(model("eu-west-1"))},
        ),
        (
            "calls:\n- bedrock/guardrail-profile: eu.guardrail.v1:0\n  regions: [eu-west-1, eu-west-3]",
            {
                ("bedrock:ApplyGuardrail", f"{EU}:guardrail-profile/eu.guardrail.v1:0"),
                (
                    "bedrock:ApplyGuardrail",
                    f"{EU.replace('west-1', 'west-3')}:guardrail-profile/eu.guardrail.v1:0",
                ),
            },
        ),
    ],
)
def test_an_entry_grants_every_resource_that_a_call_is_checked_on(body, expected):
    assert grants(body) == expected


def test_the_source_region_counts_though_the_profile_never_routes_to_it():
    granted = grants("calls:\n- bedrock: us.anthropic.claude-3-5-sonnet-20240620-v1:0", head=OHIO)
    assert {arn.split(":")[3] for _, arn in granted if "foundation-model" in arn} == {
        "us-east-1",
        "us-east-2",
        "us-west-2",
    }
    assert "us-east-2" not in profile_destinations("us.anthropic.claude-3-5-sonnet-20240620-v1:0", "us-east-2")


def test_the_models_are_allowed_through_their_profile_only_and_the_profile_without_condition():
    statements = statements_of(f"calls:\n- bedrock: eu.{HAIKU}")
    conditions = {json.dumps(each["Resource"]): each.get("Condition") for each in statements}
    profile = f"{EU}:inference-profile/eu.{HAIKU}"
    assert conditions.pop(json.dumps([profile])) is None
    assert list(conditions.values()) == [{"ArnEquals": {"bedrock:InferenceProfileArn": profile}}]


def test_a_profile_is_tied_to_its_models_in_each_region_of_its_own():
    statements = statements_of(f"calls:\n- bedrock: eu.{HAIKU}\n  region: [eu-west-1, eu-central-1]")
    keys = [each["Condition"]["ArnEquals"]["bedrock:InferenceProfileArn"] for each in statements if "Condition" in each]
    assert {key.split(":")[3] for key in keys} == {"eu-west-1", "eu-central-1"}


def test_a_profile_arn_is_called_in_its_own_region():
    granted = grants(f"calls:\n- bedrock: arn:aws:bedrock:us-west-2:111122223333:inference-profile/us.{HAIKU}")
    assert {arn.split(":")[3] for _, arn in granted} == {"us-west-2", "us-east-1"}


@every_row(
    "body, message, hint",
    [
        ("calls:\n- bedrock: us.anthropic.claude-sonnet-5", "are not known to iamglue", "`regions`"),
        (f"calls:\n- bedrock: us.{HAIKU}", "known for calls from us-east-1, us-east-2, us-west-2", "`regions`"),
        ("calls:\n- bedrock: claude", "not the ID of a Bedrock model", "anthropic.claude"),
        (f"calls:\n- bedrock/foundation-model: eu.{HAIKU}", "not of a model", f"bedrock: eu.{HAIKU}"),
        ("calls:\n- bedrock/application-inference-profile: abc", "does not say which model", "`model`"),
        ("calls:\n- bedrock/inference-profile: abc", "does not say which model", "`model`"),
        ("calls:\n- bedrock/knowledge-base: k\n  do: RetrieveAndGenerate", "does not name it", "`model`"),
        (f"calls:\n- bedrock: {HAIKU}\n  model: {HAIKU}", "`model` is valid for", "remove"),
        (f"calls:\n- bedrock: {HAIKU}\n  regions: us-east-1", "`regions` is valid for", "remove"),
        ("reads:\n- bedrock/knowledge-base: k\n  guardrail: g", "`guardrail` is valid for", "remove"),
        (f"calls:\n- bedrock: {HAIKU}\n  guardrail: g1:2", "names a version", "remove the colon"),
        (f"calls:\n- bedrock: arn:aws:bedrock:*:111122223333:inference-profile/eu.{HAIKU}", "a pattern", "each Region"),
        ("calls:\n- bedrock/guardrail-profile: eu.guardrail.v9:0", "are not known to iamglue", "`regions`"),
    ],
)
def test_what_a_call_is_checked_on_and_the_entry_does_not_say_is_an_error(body, message, hint):
    (error,) = problems_of(body)
    assert message in error.message
    assert hint in (error.hint or "")
    assert error.location.line == 6


def test_a_template_without_region_cannot_list_a_geographic_profiles_regions():
    choice = DeploymentTarget(use_pseudo_parameters=True, allow_parameters=True)
    head = "iamglue: 1\nfunction: f\n"
    with pytest.raises(Exception, match="depend on the function's Region"):
        bundle_of(f"calls:\n- bedrock: eu.{HAIKU}", head=head, choice=choice)
    assert bundle_of(f"calls:\n- bedrock: global.{HAIKU}", head=head, choice=choice).policies


def test_a_region_that_the_spec_leaves_to_the_command_line_is_no_error_of_the_spec():
    assert parse_spec(f"iamglue: 1\nfunction: f\ncalls:\n- bedrock: eu.{HAIKU}", "spec.yaml").functions


@pytest.mark.parametrize(
    ("body", "note"),
    [
        (f"calls:\n- bedrock: {HAIKU}\n  guardrail: g1", "bedrock/guardrail-profile"),
        ('calls:\n- bedrock: "${Model}"', "if it is an inference profile"),
        ("calls:\n- bedrock/knowledge-base: k\n  do: retrieve_and_generate_stream\n  model: a.b", "ResponseStream"),
        ("calls:\n- bedrock/knowledge-base: k\n  do: RetrieveAndGenerateStreamCommand\n  model: a.b", "ResponseStream"),
        (
            f"calls:\n- bedrock/knowledge-base: k\n  do: RetrieveAndGenerate\n  model: eu.{HAIKU}",
            "bedrock:GetInferenceProfile",
        ),
    ],
)
def test_what_may_also_be_needed_is_a_note(body, note):
    choice = DeploymentTarget("eu-west-1", "111122223333", allow_parameters=True)
    assert note in "".join(bundle_of(body, choice=choice).notes)


def test_a_guardrail_profile_in_the_spec_answers_the_note_about_it():
    body = f"calls:\n- bedrock: {HAIKU}\n  guardrail: g1\n- bedrock/guardrail-profile: eu.guardrail.v1:0"
    assert bundle_of(body).notes == ()


def test_profiles_are_proved():
    function = parse_spec(HEAD + f"calls:\n- bedrock: eu.{HAIKU}\n- bedrock: global.{HAIKU}", "spec.yaml").functions[0]
    table = prove(function, bundle_of(f"calls:\n- bedrock: eu.{HAIKU}\n- bedrock: global.{HAIKU}"))
    assert {line.holds for line in table.lines} == {True}


def test_every_row_of_the_profile_table_has_regions_of_one_partition_and_a_source():
    for row in table_rows("cross_region_profiles"):
        regions = {*row["sources"].split(), *row["destinations"].split()}
        assert len({region.startswith("us-gov-") for region in regions}) == 1
        assert row["source"].startswith("https://docs.aws.amazon.com/bedrock/")


def test_no_source_region_of_a_profile_has_two_rows():
    sources = [
        (row["profile"], region) for row in table_rows("cross_region_profiles") for region in row["sources"].split()
    ]
    assert len(sources) == len(set(sources))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"us.{HAIKU}", HAIKU),
        (f"in.{HAIKU}", HAIKU),
        (HAIKU, None),
        ("deepseek.v3.2", None),
        ("minimax.minimax-m2.1", None),
        ("KB1", None),
    ],
)
def test_a_profile_is_told_from_a_model_by_its_geography_or_provider(text, expected):
    assert profile_model(text) == expected
