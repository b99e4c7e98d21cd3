"""An account from its export: what moto gives for one that is made here, and exports that are broken."""

from __future__ import annotations

import json
from functools import cache
from urllib.parse import quote

import boto3
import pytest
from hypothesis import given
from hypothesis import strategies as st
from moto import mock_aws
from support.drawn_changes import change_anywhere
from support.rows import every_row

from iamglue.aws.collect import collect
from iamglue.aws.collect_request import CollectRequest
from iamglue.errors import IamglueError, Location
from iamglue.findings import NotEvaluatedKind
from iamglue.model.account import Account
from iamglue.policy.document import read_policy
from iamglue.readers.exports.authorization_details import read_authorization_details

TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"},
    ],
}
READS = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::images/*"}],
}
WRITES = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "dynamodb:PutItem", "Resource": "*"}}
EXECUTE = "arn:aws:iam::aws:policy/AWSLambdaExecute"
ROLE = "arn:aws:iam::123456789012:role/exif/exif-role"
SECRET = "hunter2-very-secret"


@cache
def made() -> tuple[str, str, Account]:
    """A small account as the AWS CLI prints it (IAM's export, and the functions), and as it is collected."""
    with mock_aws():
        iam = boto3.client("iam", region_name="eu-west-1")
        functions = boto3.client("lambda", region_name="eu-west-1")
        customer = iam.create_policy(PolicyName="writes", PolicyDocument=json.dumps(READS))["Policy"]["Arn"]
        iam.create_policy_version(PolicyArn=customer, PolicyDocument=json.dumps(WRITES), SetAsDefault=True)
        iam.create_policy(PolicyName="limit", PolicyDocument=json.dumps(READS))
        iam.create_role(
            RoleName="exif-role",
            Path="/exif/",
            AssumeRolePolicyDocument=json.dumps(TRUST),
            PermissionsBoundary="arn:aws:iam::123456789012:policy/limit",
            Tags=[{"Key": "team", "Value": "images"}],
        )
        iam.put_role_policy(RoleName="exif-role", PolicyName="reads", PolicyDocument=json.dumps(READS))
        iam.attach_role_policy(RoleName="exif-role", PolicyArn=customer)
        iam.create_user(UserName="someone")
        functions.create_function(
            FunctionName="exif",
            Runtime="python3.13",
            Role=ROLE,
            Handler="app.handler",
            Code={"ZipFile": b"x"},
            Environment={"Variables": {"TABLE": SECRET, "BUCKET": "images"}},
            TracingConfig={"Mode": "Active"},
            VpcConfig={"SubnetIds": [], "SecurityGroupIds": []},
        )
        lists = ["Role", "User", "LocalManagedPolicy"]
        details = iam.get_account_authorization_details(Filter=lists)
        listed = functions.list_functions()
        collected = collect(CollectRequest(everything=True, region="eu-west-1"))
    return *(json.dumps(_printed(each), default=str) for each in (details, listed)), collected


def exported() -> tuple[str, str]:
    """The two texts."""
    return made()[:2]


def _printed(answer):
    return {key: value for key, value in answer.items() if key != "ResponseMetadata"}


def account(**changes) -> Account:
    """The account of the export in which keys of its one role are changed."""
    return read_authorization_details("export.json", json.dumps(changed(**changes)))


def changed(**changes):
    data = json.loads(exported()[0])
    data["RoleDetailList"][0] |= changes
    return data


def fault(text, functions=None) -> IamglueError:
    with pytest.raises(IamglueError) as raised:
        read_authorization_details("export.json", text, functions, "functions.json")
    assert raised.value.location is not None
    return raised.value


def test_a_role_has_its_policies_trust_boundary_path_and_tags():
    (role,) = account().roles
    assert (role.name, role.arn, role.path, role.tags) == ("exif-role", ROLE, "/exif/", (("team", "images"),))
    assert role.trust.policy == read_policy(json.dumps(TRUST), "x.json")
    assert [(each.name, each.arn) for each in role.policies] == [
        ("reads", None),
        ("writes", "arn:aws:iam::123456789012:policy/writes"),
    ]
    assert role.policies[0].policy == read_policy(json.dumps(READS), "x.json")
    assert role.boundary.name == "limit"
    assert role.created.endswith("Z")


def test_the_roles_are_those_that_a_live_reading_gives():
    assert account().roles == made()[2].roles


def test_a_managed_policy_counts_in_its_default_version():
    assert account().roles[0].policies[1].policy == read_policy(json.dumps(WRITES), "x.json")


def other_gaps(account):
    """What could not be read besides SCPs and RCPs, which no export has."""
    return tuple(gap for gap in account.gaps if gap.what != "SCPs and RCPs")


def test_an_export_says_that_it_has_no_scps_unless_it_has_no_role_for_them():
    (gap,) = (gap for gap in read_authorization_details("export.json", exported()[0]).gaps if "SCPs" in gap.what)
    assert (gap.kind, gap.subject.kind) == (NotEvaluatedKind.UNDECIDABLE, "account")
    assert read_authorization_details("export.json", '{"RoleDetailList": []}').gaps == ()


def test_the_account_and_its_partition_follow_from_the_roles():
    found = account()
    assert (found.id, found.partition, found.source, other_gaps(found)) == ("123456789012", "aws", "export.json", ())


def test_functions_stand_beside_their_roles_without_the_values_of_their_variables():
    found = read_authorization_details("export.json", *exported(), "functions.json")
    (function,) = found.functions
    assert (function.name, function.role_arn, function.tracing, function.in_vpc) == ("exif", ROLE, True, False)
    assert function.environment == ("BUCKET", "TABLE")
    assert SECRET not in repr(found)


def test_a_durable_function_is_listed_with_its_key():
    details, text = exported()
    listed = json.loads(text)
    key = "arn:aws:kms:eu-west-1:123456789012:key/x"
    listed["Functions"][0]["DurableConfig"] = {"ExecutionTimeout": 60, "KMSKeyArn": key}
    (function,) = read_authorization_details("export.json", details, json.dumps(listed), "functions.json").functions
    assert (function.durable, function.durable_key) == (True, key)


def test_what_a_list_of_functions_does_not_tell_is_a_gap_that_fails_no_run():
    (gap,) = other_gaps(read_authorization_details("export.json", *exported(), "functions.json"))
    assert gap.kind is NotEvaluatedKind.UNDECIDABLE
    assert "resource-based policies" in gap.what


def test_a_document_may_be_text_percent_encoded_as_the_api_gives_it():
    document = quote(json.dumps(TRUST))
    assert account(AssumeRolePolicyDocument=document).roles[0].trust == account().roles[0].trust


def test_equal_documents_are_one_value():
    policies = [{"PolicyName": name, "PolicyDocument": READS} for name in ("a", "b")]
    first, second, *_ = account(RolePolicyList=policies).roles[0].policies
    assert first.policy is second.policy


def test_a_policy_of_aws_that_the_export_lacks_comes_from_the_snapshot():
    found = account(AttachedManagedPolicies=[{"PolicyName": "AWSLambdaExecute", "PolicyArn": EXECUTE}])
    policy = found.roles[0].policies[-1]
    assert policy.is_aws_managed
    assert policy.policy is not None
    assert other_gaps(found) == ()


@pytest.mark.parametrize(
    ("arn", "reason"),
    [
        ("arn:aws:iam::aws:policy/NewerThanTheSnapshot", "snapshot"),
        ("arn:aws:iam::aws:policy/other-path/AWSLambdaExecute", "snapshot"),
        ("arn:aws:iam::123456789012:policy/elsewhere", "--filter"),
    ],
)
def test_a_policy_that_is_nowhere_to_be_found_is_a_gap(arn, reason):
    found = account(AttachedManagedPolicies=[{"PolicyName": "x", "PolicyArn": arn}])
    assert found.roles[0].policies[-1].policy is None
    (gap,) = other_gaps(found)
    assert (gap.kind, gap.subject.name) == (NotEvaluatedKind.FAILED, "exif-role")
    assert arn in gap.what
    assert reason in gap.reason


@pytest.mark.parametrize(
    "document", [{"Statement": [{"Effect": "Alow"}]}, "no JSON", "%7B", [], 3, {"Statement": None}]
)
def test_a_malformed_document_is_a_gap_and_the_rest_is_read(document):
    found = account(RolePolicyList=[{"PolicyName": "broken", "PolicyDocument": document}])
    assert [each.policy is None for each in found.roles[0].policies] == [True, False]
    (gap,) = other_gaps(found)
    assert (gap.kind, gap.what) == (NotEvaluatedKind.FAILED, "the document of `broken`")
    assert "malformed" in gap.reason


@pytest.mark.parametrize("as_text", [True, False])
def test_a_document_of_which_a_key_stands_twice_is_malformed(as_text):
    document = '{"Version": "2012-10-17", "Version": "2012-10-17", "Statement": []}'
    text = json.dumps(changed(AssumeRolePolicyDocument="HERE"))
    text = text.replace('"HERE"', json.dumps(document) if as_text else document)
    found = read_authorization_details("export.json", text)
    assert found.roles[0].trust.policy is None
    assert "twice" in found.gaps[0].reason


def test_a_document_of_which_a_key_stands_twice_spoils_no_other_that_says_the_same():
    text = json.dumps(changed(AssumeRolePolicyDocument="HERE", RolePolicyList=[]))
    twice = json.dumps(READS).replace('"Statement"', '"Version": "2012-10-17", "Statement"')
    text = text.replace('"HERE"', twice)
    policies = json.dumps([{"PolicyName": name, "PolicyDocument": READS} for name in ("a", "b")])
    text = text.replace('"RolePolicyList": []', f'"RolePolicyList": {policies}')
    (role,) = read_authorization_details("export.json", text).roles
    assert role.trust.policy is None
    assert [each.policy is None for each in role.policies[:2]] == [False, False]


def test_pages_may_stand_in_a_list_or_one_behind_another():
    page, other = changed(), changed(Arn=f"{ROLE}2", RoleName="exif-role2")
    for text in (json.dumps([page, other]), f"{json.dumps(page)}\n{json.dumps(other)}\n"):
        assert [role.arn for role in read_authorization_details("x.json", text).roles] == [ROLE, f"{ROLE}2"]


def test_a_policy_may_stand_on_a_later_page_than_its_role():
    data = changed()
    policies = {"Policies": data.pop("Policies")}
    assert read_authorization_details("x.json", json.dumps([data, policies])).roles == account().roles


@pytest.mark.parametrize("key", ["IsTruncated", "NextToken"])
def test_an_export_that_says_it_goes_on_is_told_to_be_a_part(key):
    found = read_authorization_details("x.json", json.dumps(changed() | {key: "true"}))
    assert [(gap.kind, gap.what) for gap in other_gaps(found)] == [(NotEvaluatedKind.FAILED, "the rest of the export")]


def test_a_truncated_page_that_another_follows_lacks_nothing():
    pages = [changed() | {"IsTruncated": True, "Marker": "x"}, {"RoleDetailList": [], "IsTruncated": False}]
    assert other_gaps(read_authorization_details("x.json", json.dumps(pages))) == ()


@every_row(
    "text, message",
    [
        ("", "empty"),
        (" \n", "empty"),
        ("{", "cut off"),
        ('{"RoleDetailList": [', "cut off"),
        ('{"RoleDetailList": [{"RoleName": "x', "cut off"),
        ("[]", "`RoleDetailList` is missing"),
        ("{}", "`RoleDetailList` is missing"),
        ("[1]", "a map"),
        ("3", "a map"),
        ("RoleDetailList:\n- Arn: x\n", "--output json"),
        ('{"RoleDetailList": {}}', "expected a list"),
        ('{"RoleDetailList": [3]}', "RoleDetailList[0]: expected a map, found a number"),
        ('{"RoleDetailList": [{"RoleName": "x"}]}', "RoleDetailList[0].Arn: a value is missing"),
        ('{"RoleDetailList": [{"RoleName": ["x"]}]}', "expected a string, found a list"),
        ('{"RoleDetailList": [{"RoleName": "x", "Arn": "y"}]}', "not an ARN"),
        ('{"RoleDetailList": [{"RoleName": "x", "RoleName": "y"}]}', "twice"),
        ('{"RoleDetailList": [] "Policies": []}', "expected `,`"),
        ('{"Policies": []}', "--filter"),
        ('{"RoleDetailList": [' + "[" * 100_000 + "]}", "nested"),
    ],
)
def test_what_is_no_export_is_an_error_with_a_place_that_says_so(text, message):
    assert message in str(fault(text))


def test_an_error_within_a_role_stands_at_the_role():
    text = json.dumps(changed(Tags={}), indent=1)
    found = fault(text)
    assert text.splitlines()[found.location.line - 1].strip() == "{"
    assert "RoleDetailList[0].Tags: expected a list" in found.message


def test_roles_of_two_accounts_are_judged_each_as_of_its_own_and_that_is_said():
    pages = [changed(), changed(Arn="arn:aws:iam::210987654321:role/x")]
    account = read_authorization_details("export.json", json.dumps(pages))
    assert {role.account for role in account.roles} == {account.id, "210987654321"}
    assert [gap.what for gap in other_gaps(account) if gap.kind is NotEvaluatedKind.UNDECIDABLE] == [
        "the account of the export"
    ]


def test_functions_of_another_account_are_refused():
    export, functions = exported()
    found = fault(export, functions.replace("lambda:eu-west-1:123456789012", "lambda:eu-west-1:210987654321"))
    assert found.location.path == "functions.json"


def test_the_export_given_as_functions_is_recognised():
    assert "--input" in str(fault(exported()[0], exported()[0]))


def test_a_published_version_with_the_role_of_its_function_is_the_function():
    data = json.loads(exported()[1])
    function = data["Functions"][0]
    version = function | {"Version": "3", "FunctionArn": function["FunctionArn"] + ":3", "Timeout": 9}
    other = version | {"Role": f"{ROLE}2"}
    text = json.dumps({"Functions": [version, other, function]})
    found = read_authorization_details("x.json", exported()[0], text, "f.json").functions
    assert [(each.arn, each.role_arn) for each in found] == [
        (function["FunctionArn"], ROLE),
        (function["FunctionArn"], f"{ROLE}2"),
    ]


def assert_read_or_refused(*texts):
    location = Location("x.json")
    try:
        read_authorization_details("x.json", *texts)
    except IamglueError as error:
        location = error.location
    assert location is not None


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.just("%7B"),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner, max_size=2),
    max_leaves=4,
)


@given(st.data())
def test_an_export_with_anything_anywhere_is_read_or_refused_with_a_place(data):
    texts = [json.loads(each) for each in exported()]
    for tree in texts:
        for _ in range(data.draw(st.integers(0, 2))):
            change_anywhere(tree, data, VALUES, deepest=7)
    assert_read_or_refused(*map(json.dumps, texts), "f.json")


@given(st.integers(0, 10_000), st.integers(0, 40), st.text(max_size=3))
def test_a_text_that_is_damaged_is_read_or_refused_with_a_place(at, length, put):
    text = exported()[0]
    assert_read_or_refused(text[: at % len(text)] + put + text[at % len(text) + length :])
