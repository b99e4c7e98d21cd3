"""`generate`: the whole bundle of a function."""

import json

import pytest
from support.generated import bundle_of, problems_of, statements_of

from iamglue.errors import IamglueError
from iamglue.generate.deployment_target import DeploymentTarget
from iamglue.policy.document import policy_data, policy_size

EXIF = """\
triggers:
- s3: images-bucket
reads:
- s3: images-bucket
writes:
- dynamodb: exifDataTable
"""


def test_the_exif_function_may_do_five_things_and_nothing_else():
    head = 'iamglue: 1\nfunction: exif-extractor\nregion: eu-west-1\naccount: "123456789012"\n'
    (policy,) = bundle_of(EXIF, head=head).policies
    found = {(s["Effect"], *s["Action"], *s["Resource"]) for s in policy_data(policy.policy)["Statement"]}
    place = "eu-west-1:123456789012"
    group = f"arn:aws:logs:{place}:log-group:/aws/lambda/exif-extractor:*"
    assert found == {
        ("Allow", "s3:GetObject", "arn:aws:s3:::images-bucket/*"),
        ("Allow", "dynamodb:PutItem", f"arn:aws:dynamodb:{place}:table/exifDataTable"),
        ("Allow", "logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents", group),
    }


def test_the_trust_policy_lets_lambda_assume_the_role():
    (statement,) = policy_data(bundle_of(EXIF).trust)["Statement"]
    assert statement["Principal"] == {"Service": "lambda.amazonaws.com"}
    assert statement["Action"] == ["sts:AssumeRole"]
    assert "Resource" not in statement


def test_an_edge_function_trusts_both_services():
    (statement,) = policy_data(bundle_of("triggers:\n- cloudfront: E1\n").trust)["Statement"]
    assert statement["Principal"] == {"Service": ["edgelambda.amazonaws.com", "lambda.amazonaws.com"]}


def test_a_role_name_over_the_limit_is_cut_and_said():
    bundle = bundle_of(EXIF, head=f'iamglue: 1\nfunction: {"f" * 64}\nregion: eu-west-1\naccount: "111122223333"\n')
    assert len(bundle.role_name) == 64
    assert bundle.role_name.endswith("-role")
    assert any(bundle.role_name in note for note in bundle.notes)


def test_a_function_that_needs_nothing_has_no_policy():
    assert bundle_of("settings: {logs: false}\n").policies == ()


def test_a_policy_over_the_inline_sum_becomes_managed_policies():
    body = "writes:\n" + "".join(f"- dynamodb: table-{at:03}-{'x' * 60}\n  do: put\n" for at in range(150))
    bundle = bundle_of(body)
    assert len(bundle.policies) > 1
    assert all(each.managed and policy_size(each.policy) <= 6144 for each in bundle.policies)


def test_splitting_neither_adds_nor_loses_a_grant():
    body = "writes:\n" + "".join(f"- dynamodb: table-{at:03}-{'x' * 60}\n" for at in range(150))
    found = [r for s in statements_of(body) for a in s["Action"] for r in s["Resource"]]
    assert len(found) == len(set(found)) == 150


@pytest.mark.parametrize("missing", ["region", "account"])
def test_what_needs_a_place_that_nobody_gave_is_an_error_at_its_line(missing):
    rest = {"region": "region: eu-west-1\n", "account": 'account: "111122223333"\n'}
    del rest[missing]
    head = "iamglue: 1\nfunction: f\n" + "".join(rest.values())
    errors = problems_of("writes:\n- dynamodb: tbl\nsettings: {logs: false}\n", head=head)
    assert [error.location.line for error in errors] == [5]
    assert f"write `{missing}:` in the spec" in errors[0].hint


def test_what_needs_no_place_is_generated_without_one():
    head = "iamglue: 1\nfunction: f\n"
    (statement,) = statements_of("reads:\n- s3: bkt", head=head)
    assert statement["Resource"] == ["arn:aws:s3:::bkt/*"]


def test_a_deployed_document_leaves_the_place_to_the_deployment():
    head = "iamglue: 1\nfunction: f\n"
    (statement,) = statements_of(
        "writes:\n- dynamodb: tbl", head=head, choice=DeploymentTarget(use_pseudo_parameters=True)
    )
    assert statement["Resource"] == ["arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/tbl"]


def test_a_parameter_without_a_value_is_an_error_in_plain_json():
    (error,) = problems_of("writes:\n- dynamodb: ${Table}")
    assert "`${Table}` has no value" in error.message


def test_a_parameter_is_kept_where_the_format_has_parameters():
    choice = DeploymentTarget("eu-west-1", "111122223333", use_pseudo_parameters=True, allow_parameters=True)
    bundle = bundle_of('writes:\n- dynamodb: ${Table}\n- sqs: {Arn: "${QueueArn}"}', choice=choice)
    assert {(each.name, each.is_arn) for each in bundle.parameters} == {("Table", False), ("QueueArn", True)}
    assert "table/${Table}" in json.dumps(policy_data(bundle.policies[0].policy))


@pytest.mark.parametrize(("region", "partition"), [("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov")])
def test_the_partition_follows_from_the_region(region, partition):
    head = f'iamglue: 1\nfunction: f\nregion: {region}\naccount: "111122223333"\n'
    (statement,) = statements_of("writes:\n- dynamodb: tbl", head=head)
    assert statement["Resource"] == [f"arn:{partition}:dynamodb:{region}:111122223333:table/tbl"]


def test_another_accounts_topic_gets_its_other_half():
    bundle = bundle_of('writes:\n- sns: t\n  account: "999988887777"')
    (peer,) = bundle.counterparts
    assert "999988887777" in peer.where
    (statement,) = policy_data(peer.policy)["Statement"]
    assert statement["Principal"] == {"AWS": "arn:aws:iam::111122223333:role/f-role"}
    assert statement["Action"] == ["sns:Publish"]


def test_a_role_of_another_account_gets_its_trust_policy():
    (peer,) = bundle_of("calls:\n- sts: arn:aws:iam::999988887777:role/x\n  do: AssumeRole").counterparts
    (statement,) = policy_data(peer.policy)["Statement"]
    assert "Resource" not in statement
    assert statement["Principal"] == {"AWS": "arn:aws:iam::111122223333:role/f-role"}


def test_another_accounts_resource_without_a_policy_is_said():
    bundle = bundle_of('reads:\n- ssm: p\n  account: "999988887777"')
    assert any("999988887777" in note for note in bundle.notes)


def test_another_accounts_identity_of_ses_gets_its_other_half():
    bundle = bundle_of('writes:\n- ses: example.com\n  account: "999988887777"')
    (peer,) = bundle.counterparts
    assert "identity policy in account 999988887777" in peer.where
    assert not bundle.notes


def test_raw_is_taken_as_it_stands():
    body = "raw:\n- actions: [s3:Get*]\n  resources: ['arn:aws:s3:::bkt/*']\n  why: all reads\n"
    (statement,) = statements_of(body)
    assert (statement["Action"], statement["Resource"]) == (["s3:Get*"], ["arn:aws:s3:::bkt/*"])


@pytest.mark.parametrize(
    ("actions", "resources", "message"),
    [
        ("s3:GetObjct", "*", "unknown action `s3:GetObjct`"),
        ("s4:GetObject", "*", "unknown service `s4`"),
        ("GetObject", "*", "not a valid action"),
        ("'*'", "*", "every service"),
        ("s3:Zzz*", "*", "matches no action"),
        ("s3:GetObject", "bucket", "neither an ARN"),
        ("s3:GetObject", "arn:aws:s3:::<bucket>", "placeholder"),
    ],
)
def test_raw_is_validated(actions, resources, message):
    (error,) = problems_of(f"raw:\n- actions: [{actions}]\n  resources: ['{resources}']\n  why: w\n")
    assert message in error.message


def test_the_same_spec_gives_the_same_bytes_whatever_the_order_of_its_entries():
    one = statements_of("reads:\n- s3: bkt\n- dynamodb: tbl")
    other = statements_of("reads:\n- dynamodb: tbl\n- s3: bkt")
    assert one == other


def test_a_grant_that_no_policy_can_hold_is_an_error_that_says_so():
    head = 'iamglue: 1\nfunction: f\nregion: eu-west-1\naccount: "123456789012"\n'
    with pytest.raises(IamglueError, match="alone is over 6144 characters"):
        bundle_of(f"reads:\n- s3: images/{'x' * 11_000}\n", head=head)
