"""What a text is taken for: documents, lists of them, what the AWS CLI prints."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.reading_policies import plain, read, written

from iamglue.policy.parsed_policy import PolicyType
from iamglue.policy.source.nodes import NodeKind
from iamglue.readers.policy_texts import may_contain_policies

IDENTITY = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}
TRUST = {"Statement": {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}}


def on(action: str, resource: str = "*") -> dict:
    statement = {"Effect": "Allow", "Principal": {"AWS": "123456789012"}, "Action": action, "Resource": resource}
    return {"Statement": [statement]}


@pytest.mark.parametrize(
    ("document", "type"),
    [
        (IDENTITY, PolicyType.IDENTITY),
        (TRUST, PolicyType.TRUST),
        (on("s3:GetObject"), PolicyType.RESOURCE),
        (on("sts:AssumeRole"), PolicyType.RESOURCE),
        ({"Statement": [{"Effect": "Allow", "NotPrincipal": "*", "Action": "s3:*"}]}, PolicyType.RESOURCE),
        ({"Version": "2012-10-17"}, PolicyType.IDENTITY),
        ({"statements": [{"effect": "Allow", "action": "s3:*"}]}, PolicyType.IDENTITY),
        (IDENTITY["Statement"][0], PolicyType.IDENTITY),
        (IDENTITY["Statement"], PolicyType.IDENTITY),
        (on("s3:GetObject")["Statement"], PolicyType.RESOURCE),
    ],
)
def test_a_bare_document_is_one_policy_whose_kind_its_statements_tell(document, type):
    (policy,) = read(json.dumps(document), "p.json").policies
    assert (policy.type, policy.name, plain(policy.node)) == (type, "", document)


def test_the_type_that_is_given_counts_where_nothing_around_a_policy_says_it():
    assert read(json.dumps(IDENTITY), "p.json", PolicyType.SCP).policies[0].type is PolicyType.SCP
    role = {"Role": {"RoleName": "R", "AssumeRolePolicyDocument": TRUST}}
    assert read(json.dumps(role), "p.json", PolicyType.SCP).policies[0].type is PolicyType.TRUST


@pytest.mark.parametrize("text", ['{"a": 1}', "[]", "{}", "[1, null]", "null", "3", "iamglue: 1\nfunction: f\n", "a"])
def test_other_texts_hold_no_policy(text):
    file = read(text)
    assert (file.policies, file.syntax_error) == ((), None)


@pytest.mark.parametrize(("text", "path"), [("{", "f.json"), ("", "f.yaml"), ("a: [", "f.yaml"), ("", "f.json")])
def test_what_cannot_be_read_says_why(text, path):
    file = read(text, path)
    assert file.syntax_error is not None
    assert file.syntax_error.location is not None


def test_documents_of_lists_and_of_yaml_are_policies_of_their_own():
    both = [IDENTITY, on("s3:GetObject")]
    assert [plain(each.node) for each in read(json.dumps(both), "p.json").policies] == both
    text = "Version: '2012-10-17'\n---\nVersion: '2008-10-17'\n---\na: b\n"
    assert [(each.name, each.node.line) for each in read(text).policies] == [("document 1", 1), ("document 2", 3)]


@pytest.mark.parametrize("text", [quote(json.dumps(IDENTITY)), json.dumps(json.dumps(IDENTITY))])
def test_a_document_as_one_text_is_read(text):
    (policy,) = read(text, "p.json").policies
    assert plain(policy.node) == IDENTITY


def test_merge_keys_and_aliases_are_resolved():
    text = "a: &a {Effect: Allow, Action: x}\nVersion: '2012-10-17'\nStatement:\n  - <<: *a\n    Action: s3:GetObject\n"
    file = read(text)
    assert file.duplicate_keys == ()
    assert plain(file.policies[0].node.get("Statement")) == [{"Effect": "Allow", "Action": "s3:GetObject"}]


def test_keys_that_stand_twice_count_within_policies():
    assert len(read('{"Statement": [], "Id": "a", "Id": "b"}', "p.json").duplicate_keys) == 1
    role = (
        '{"Other": 1, "Other": 2, "RoleName": "R", "AssumeRolePolicyDocument": {"Statement": [{"Sid": "", "Sid": ""}]}}'
    )
    (problem,) = read(role, "p.json").duplicate_keys
    assert "`Sid`" in problem.message


def only(printed: dict) -> tuple:
    (policy,) = read(json.dumps(printed), "p.json").policies
    return policy.type, policy.name, policy.resource_type, policy.owner, policy.owner_kind, policy.managed


ENCODED, TEXT = quote(json.dumps(IDENTITY)), json.dumps(IDENTITY)
NAMED = {"PolicyName": "P", "PolicyDocument": IDENTITY}


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        ({"RoleName": "R", **NAMED}, (PolicyType.IDENTITY, "R/P", None, "R", "role", False)),
        ({"UserName": "U", **NAMED}, (PolicyType.IDENTITY, "U/P", None, "U", "user", False)),
        ({"GroupName": "G", **NAMED}, (PolicyType.IDENTITY, "G/P", None, "G", "group", False)),
        ({"PolicyVersion": {"Document": ENCODED}}, (PolicyType.IDENTITY, "", None, None, "role", True)),
        (
            {"Roles": [{"RoleName": "R", "AssumeRolePolicyDocument": TRUST}]},
            (PolicyType.TRUST, "R", "AWS::IAM::Role", None, "role", False),
        ),
        (
            {"Policy": {"PolicySummary": {"Name": "S", "Type": "SERVICE_CONTROL_POLICY"}, "Content": TEXT}},
            (PolicyType.SCP, "S", None, None, "role", False),
        ),
        (
            {"Policy": {"PolicySummary": {"Name": "S", "Type": "RESOURCE_CONTROL_POLICY"}, "Content": TEXT}},
            (PolicyType.RCP, "S", None, None, "role", False),
        ),
    ],
)
def test_the_cli_prints_policies_of_principals(printed, expected):
    assert only(printed) == expected


@pytest.mark.parametrize(
    ("key", "document", "resource_type"),
    [
        ("Policy", on("s3:GetObject"), "AWS::S3::Bucket"),
        ("Policy", on("s3:GetObject", "arn:aws:s3:eu-west-1:1:accesspoint/a/*"), "AWS::S3::AccessPoint"),
        ("Policy", on("lambda:InvokeFunction"), "AWS::Lambda::Function"),
        ("Policy", on("kms:*"), "AWS::KMS::Key"),
        ("ResourcePolicy", on("secretsmanager:GetSecretValue"), "AWS::SecretsManager::Secret"),
        ("policyText", on("ecr:*"), "AWS::ECR::Repository"),
        ("Policy", on("*"), None),
    ],
)
def test_the_cli_prints_policies_of_resources(key, document, resource_type):
    printed = {key: json.dumps(document)}
    assert only(printed)[:3] == (PolicyType.RESOURCE, "", resource_type)


def test_attributes_of_queues_and_apis_with_escapes_are_read():
    assert only({"Attributes": {"Policy": json.dumps(on("SQS:SendMessage"))}})[2] == "AWS::SQS::Queue"
    twice = json.dumps(json.dumps(on("execute-api:Invoke")))[1:-1]
    assert only({"name": "api", "policy": twice})[1:3] == ("api", "AWS::ApiGateway::RestApi")


def test_policies_of_other_languages_are_left_out():
    other = {"Policy": {"PolicySummary": {"Name": "S", "Type": "TAG_POLICY"}, "Content": TEXT}}
    assert read(json.dumps(other), "p.json").policies == ()
    assert read(json.dumps({"name": "x", "policy": "strict"}), "p.json").policies == ()


def test_an_accounts_details_give_each_policy_once():
    role = {"RoleName": "r", "AssumeRolePolicyDocument": TRUST}
    versions = [{"VersionId": "v1", "Document": TRUST}, {"VersionId": "v2", "Document": IDENTITY}]
    attached = [{"PolicyName": "a", "PolicyArn": "arn:aws:iam::aws:policy/a"}]
    details = {
        "UserDetailList": [{"UserName": "u", "UserPolicyList": [NAMED]}],
        "RoleDetailList": [
            {
                **role,
                "RolePolicyList": [NAMED, NAMED | {"PolicyName": "Q"}],
                "InstanceProfileList": [{"Roles": [role]}],
                "AttachedManagedPolicies": attached,
            }
        ],
        "Policies": [
            {
                "PolicyName": "m",
                "Arn": "arn:aws:iam::1:policy/m",
                "DefaultVersionId": "v2",
                "PolicyVersionList": versions,
            },
            {
                "PolicyName": "a",
                "Arn": "arn:aws:iam::aws:policy/a",
                "DefaultVersionId": "v2",
                "PolicyVersionList": versions,
            },
        ],
    }
    file = read(json.dumps(details), "p.json")
    assert [(each.name, each.owner, each.managed) for each in file.policies] == [
        ("u/P", "u", False),
        ("r", None, False),
        ("r/P", "r", False),
        ("r/Q", "r", False),
        ("m", None, True),
    ]
    assert [(each.owner, each.node.text) for each in file.attachments] == [("r", "arn:aws:iam::aws:policy/a")]


def test_a_document_in_a_string_stands_where_the_string_does():
    text = '{"PolicyName": "p",\n "PolicyDocument": "{\\"Statement\\": []}"}'
    (policy,) = read(text, "p.json").policies
    assert (policy.node.line, policy.node.column) == (2, 20)


def test_a_document_in_a_string_that_is_no_json_is_told_beside_the_others():
    text = '{"Roles": [{"AssumeRolePolicyDocument": "{,}"}, {"AssumeRolePolicyDocument": {"Statement": []}}]}'
    file = read(text, "p.json")
    assert len(file.policies) == 1
    assert file.syntax_error is not None
    assert file.syntax_error.location.column == 43


def test_files_that_cannot_hold_a_policy_need_not_be_read():
    assert not may_contain_policies('{"name": "package", "dependencies": {}}')
    assert all(may_contain_policies(text) for text in (TEXT, ENCODED, "functions: {a: {iamRoleStatements: []}}"))


TEXTS = st.sampled_from(["Allow", "s3:*", "*", "", "{", "%7B", "${self:a}", "${", '{"Statement": []}', "AWS::NoValue"])
NAMES = """Statement Effect Action Policy PolicyDocument Ref Fn::If Fn::Sub Fn::Join Fn::GetAtt Fn::Select
Resources Type
Properties Policies provider service iam role statements functions Roles RoleName PolicySummary Content
Globals Parameters
PolicyVersionList"""
KEYS = st.sampled_from(NAMES.split())
TREES = st.recursive(
    TEXTS | st.none() | st.booleans() | st.integers(),
    lambda below: st.lists(below, max_size=4) | st.dictionaries(KEYS, below, max_size=5),
    max_leaves=25,
)


@given(TREES)
def test_no_tree_raises(tree):
    for path in ("p.json", "p.yaml"):
        for policy in read(json.dumps(tree), path).policies:
            assert all(node.start <= node.end for node in policy.node.walk())


@given(st.text(max_size=40) | st.text(alphabet='{}[]":,!& \n-*<SubRef', max_size=40))
def test_no_text_raises(text):
    for path in ("p.json", "p.yaml", "p"):
        read(text, path)


def test_a_text_is_found_where_it_stands():
    (policy,) = read('{"Statement": [{"Action": "s3:GetObject"}]}', "p.json").policies
    ((_, node),) = policy.actions
    assert (written(node), node.kind) == ('"s3:GetObject"', NodeKind.SCALAR)
