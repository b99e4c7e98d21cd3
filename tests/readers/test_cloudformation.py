"""Policies of CloudFormation and SAM templates, and what intrinsic functions become in them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.reading_policies import plain, read, resources, written
from support.rows import every_row

from iamglue.generate.deployment_target import DeploymentTarget
from iamglue.generate.generate import generate
from iamglue.policy.document import policy_data
from iamglue.policy.parsed_policy import PolicyType
from iamglue.policy.patterns.variables import parameter_of
from iamglue.policy.source.nodes import NodeKind
from iamglue.readers.spec.reader import read_spec
from iamglue.readers.templates.cloudformation_policy_properties import POLICY_PROPERTIES

EXAMPLES = sorted(Path("examples").glob("*/expected"))


def template(body: str, head: str = "") -> str:
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    return f"AWSTemplateFormatVersion: '2010-09-09'\n{head}Resources:\n  X:\n{lines}"


def policy_with(value: str, element: str = "Resource", head: str = "") -> str:
    """A template whose one policy has one element with this value."""
    body = (
        f"Type: AWS::IAM::ManagedPolicy\nProperties:\n  PolicyDocument:\n    Statement:\n      - {element}: {value}\n"
    )
    return template(body, head)


IN_MAP = "!FindInMap [Names, !Ref AWS::Region, bucket]"
AFTER_OPTIONAL_ITEM = "!Select [1, [!If [C, x, !Ref AWS::NoValue], a, b]]"
# A value, the text it becomes, whether it has holes.
TEXTS = [
    ("!Sub 'arn:${AWS::Partition}:s3:::${Bucket}/*'", "arn:${AWS::Partition}:s3:::${Bucket}/*", True),
    ("{'Fn::Sub': 'arn:${AWS::Partition}:s3:::${Bucket}/*'}", "arn:${AWS::Partition}:s3:::${Bucket}/*", True),
    ("!Sub 'arn:aws:s3:::b/${!aws:username}/*'", "arn:aws:s3:::b/${aws:username}/*", False),
    ("!Sub '${Table.Arn}/index/*'", "${Table.Arn}/index/*", True),
    ("!Sub ['${A}-${B}', {A: x, B: !GetAtt T.Arn}]", "x-${T.Arn}", True),
    ("!Sub ['${A}', {A: x}]", "x", False),
    ("!GetAtt Table.Arn", "${Table.Arn}", True),
    ("{'Fn::GetAtt': [Table, Stream.Arn]}", "${Table.Stream.Arn}", True),
    ("!Ref Bucket", "${Bucket}", True),
    ("!Ref AWS::AccountId", "${AWS::AccountId}", True),
    ("!Join ['', ['arn:aws:s3:::', !Ref Bucket, '/*']]", "arn:aws:s3:::${Bucket}/*", True),
    ("!Join [':', [a, b]]", "a:b", False),
    ("!Join [',', !Split [';', !Ref X]]", parameter_of("!Split [';', !Ref X]"), True),
    ("!Select [1, [a, b]]", "b", False),
    # an item that may be left out moves those behind it
    (AFTER_OPTIONAL_ITEM, parameter_of(AFTER_OPTIONAL_ITEM), True),
    ("!Select [0, [a, !If [C, x, !Ref AWS::NoValue]]]", "a", False),
    ("!Select [0, !Split [',', !Ref X]]", parameter_of("!Select [0, !Split [',', !Ref X]]"), True),
    ("!ImportValue net-Bucket", "${ImportValue.net-Bucket}", True),
    ("{'Fn::ImportValue': !Sub '${Net}-Bucket'}", parameter_of("ImportValue.${Net}-Bucket"), True),
    (IN_MAP, parameter_of(IN_MAP), True),
    ("'arn:aws:s3:::${aws:username}'", "arn:aws:s3:::${aws:username}", False),
    ("'arn:aws:s3:::${Forgotten}'", "arn:aws:s3:::${Forgotten}", False),
    ("'arn:aws:s3:::${self:custom.bucket}/*'", "arn:aws:s3:::${self.custom.bucket}/*", True),
]


@every_row("value, text, holes", TEXTS)
def test_functions_become_texts_with_holes(value, text, holes):
    (policy,) = read(policy_with(value)).policies
    assert resources(policy) == [(text, holes)]
    (policy,) = read(policy_with(f"[{value}, x]")).policies
    assert resources(policy) == [(text, holes), ("x", False)]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("!Ref Names", "!Ref Names"),
        ("{Ref: Names}", "!Ref Names"),
        ("!Split [',', !Ref X]", "!Split ,"),
        ("!If [Prod, [a], b]", "!If Prod"),
        ("!Cidr [a, 1, 2]", "!Cidr a"),
        ("{'Fn::Transform': {Name: 'AWS::Include'}}", "!Transform AWS::Include"),
        ("!Unheard of", "!Unheard of"),
        ("{'Fn::Sub': {a: b}}", "!Sub b"),
    ],
)
def test_values_that_may_be_lists_are_unknown(value, text):
    head = "Parameters:\n  Names: {Type: CommaDelimitedList}\n"
    (policy,) = read(policy_with(value, head=head)).policies
    element = policy.statements[0].resource
    assert (element.node.kind, element.node.text, element.is_resolved) == (NodeKind.UNKNOWN, text, False)


def test_both_branches_of_a_condition_stand_in_a_list():
    text = policy_with("[!If [A, a, !If [B, b, !Ref AWS::NoValue]], !Ref AWS::NoValue, c]")
    assert resources(read(text).policies[0]) == [("a", False), ("b", False), ("c", False)]


def test_an_element_without_a_value_is_not_there():
    (policy,) = read(policy_with("!Ref AWS::NoValue", "Condition")).policies
    assert plain(policy.node) == {"Statement": [{}]}
    assert not policy.statements[0].node.source.is_editable


@pytest.mark.parametrize("value", ["!If [A, {Statement: [a]}, {Statement: [b]}]", "!If [A, {Statement: [a]}, !Ref X]"])
def test_each_document_that_a_property_may_be_is_a_policy(value):
    text = template(f"Type: AWS::SQS::QueuePolicy\nProperties:\n  PolicyDocument: {value}\n")
    first, second = read(text).policies
    assert plain(first.node) == {"Statement": ["a"]}
    assert plain(second.node) in ({"Statement": ["b"]}, "<${X}>")


DOCUMENT = '{"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}'


@pytest.mark.parametrize(
    ("kind", "properties", "name"),
    [
        ("AWS::S3Tables::TablePolicy", f"ResourcePolicy: {DOCUMENT}", "X/ResourcePolicy"),
        ("AWS::Transfer::User", f"Policy: '{DOCUMENT}'", "X/Policy"),
        ("Custom::Grant", f"Rules: [{{Grant: {DOCUMENT}}}]", "X/Rules/Grant"),
        ("Custom::Grant", f"Rules: !If [Prod, {DOCUMENT}, !Ref AWS::NoValue]", "X/Rules"),
    ],
)
def test_a_policy_of_a_type_that_is_not_known_is_read_wherever_it_is(kind, properties, name):
    (policy,) = read(template(f"Type: {kind}\nProperties:\n  {properties}\n")).policies
    assert (policy.name, plain(policy.node)) == (name, json.loads(DOCUMENT))


def test_a_policy_in_another_language_than_that_of_iam_is_not_evaluated():
    parsed = read(template(f"Type: AWS::IoT::Policy\nProperties:\n  PolicyDocument: {DOCUMENT}\n"))
    assert (parsed.policies, len(parsed.not_evaluated)) == ((), 1)


def test_nodes_stand_where_the_function_does():
    text = policy_with("[!Sub 'a-${B}', {'Fn::Join': ['', [a]]}, d]")
    found = [written(node) for _, node in read(text).policies[0].resources]
    assert found == ["!Sub 'a-${B}'", "{'Fn::Join': ['', [a]]}", "d"]


ROLE = """\
Type: AWS::IAM::Role
Properties:
  AssumeRolePolicyDocument: {Statement: [{Effect: Allow}]}
  ManagedPolicyArns: [arn:aws:iam::aws:policy/A, !Ref B]
  PermissionsBoundary: !Sub "arn:${AWS::Partition}:iam::aws:policy/C"
  Policies:
    - PolicyName: One
      PolicyDocument: {Statement: []}
    - !If [Prod, {PolicyName: !Sub "${AWS::StackName}-2", PolicyDocument: {Statement: []}}, !Ref AWS::NoValue]
"""


def test_a_role_has_its_trust_its_policies_and_what_is_attached():
    file = read(template(ROLE))
    assert [(each.type, each.name, each.owner) for each in file.policies] == [
        (PolicyType.TRUST, "X", None),
        (PolicyType.IDENTITY, "X/One", "X"),
        (PolicyType.IDENTITY, "X/${AWS::StackName}-2", "X"),
    ]
    assert [(each.node.text, each.kind) for each in file.attachments] == [
        ("arn:aws:iam::aws:policy/A", "managed-policy"),
        ("${B}", "managed-policy"),
        ("arn:${AWS::Partition}:iam::aws:policy/C", "permissions-boundary"),
    ]


@pytest.mark.parametrize(
    ("type", "more", "expected"),
    [
        ("AWS::IAM::Policy", "Roles: [!Ref R]", ("identity", "R", "role", False)),
        ("AWS::IAM::Policy", "Users: [u]", ("identity", "u", "user", False)),
        ("AWS::IAM::GroupPolicy", "GroupName: !Ref G", ("identity", "G", "group", False)),
        ("AWS::IAM::ManagedPolicy", "Roles: [!Ref R]", ("identity", None, "role", True)),
        ("AWS::S3::BucketPolicy", "Bucket: b", ("resource", None, "role", False)),
        ("Custom::Thing", "A: b", ("identity", None, "role", False)),
    ],
)
def test_the_kind_of_a_policy_comes_from_its_resource(type, more, expected):
    (policy,) = read(template(f"Type: {type}\nProperties:\n  {more}\n  PolicyDocument: {{Statement: []}}\n")).policies
    assert (policy.type, policy.owner, policy.owner_kind, policy.managed) == expected


@every_row("type, places", POLICY_PROPERTIES.items())
def test_every_place_of_the_table_is_read(type, places):
    for place in places:
        value: object = {"Statement": [], "Id": place.path}
        for step in reversed(place.path.split(".")):
            value = {step.removesuffix("[]"): [value] if step.endswith("[]") else value}
        text = json.dumps({"Resources": {"X": {"Type": type, "Properties": value}}})
        (policy,) = read(text, "t.json").policies
        assert (policy.type, policy.resource_type, plain(policy.node.get("Id"))) == (
            PolicyType.RESOURCE,
            place.resource_type,
            place.path,
        )


@pytest.mark.parametrize(("type", "kind"), [("SERVICE_CONTROL_POLICY", "scp"), ("RESOURCE_CONTROL_POLICY", "rcp")])
def test_policies_of_organizations_have_the_kind_they_name(type, kind):
    body = f"Type: AWS::Organizations::Policy\nProperties:\n  Type: {type}\n  Content: {{Statement: []}}\n"
    assert [each.type for each in read(template(body)).policies] == [kind]
    assert read(template(body.replace(type, "TAG_POLICY"))).policies == ()


@pytest.mark.parametrize("type", ["!Ref Type", "!If [C, SERVICE_CONTROL_POLICY, TAG_POLICY]", "!ImportValue t"])
def test_a_policy_of_organizations_whose_type_is_not_known_is_not_evaluated(type):
    body = f"Type: AWS::Organizations::Policy\nProperties:\n  Type: {type}\n  Content: {{Statement: []}}\n"
    parsed_file = read(template(body))
    assert parsed_file.policies == ()
    assert [gap.what for gap in parsed_file.not_evaluated] == ["the type of the policy at f.yaml:7:16"]


def permission(more: str) -> object:
    head = "Type: AWS::Lambda::Permission\nProperties:\n  Action: lambda:InvokeFunction\n"
    (policy,) = read(template(head + "".join(f"  {line}\n" for line in more.splitlines()))).policies
    return policy


def test_a_permission_is_the_statement_that_lambda_makes_of_it():
    policy = permission(
        "FunctionName: f\nPrincipal: s3.amazonaws.com\nSourceArn: !GetAtt B.Arn\nSourceAccount: !Ref AWS::AccountId"
    )
    assert plain(policy.node.get("Statement")) == [
        {
            "Effect": "Allow",
            "Principal": {"Service": "s3.amazonaws.com"},
            "Action": "lambda:InvokeFunction",
            "Resource": "arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:f",
            "Condition": {
                "ArnLike": {"aws:SourceArn": "${B.Arn}"},
                "StringEquals": {"aws:SourceAccount": "${AWS::AccountId}"},
            },
        }
    ]
    key = policy.statements[0].key("Principal")
    assert (written(key), key.line) == ("Principal", 8)


@pytest.mark.parametrize(
    ("principal", "expected"),
    [
        ("'*'", "*"),
        ("123456789012", {"AWS": "123456789012"}),
        ("!Ref Account", "<${Account}>"),
        ("!Sub 'arn:aws:iam::${A}:root'", {"AWS": "arn:aws:iam::${A}:root"}),
    ],
)
def test_whom_a_permission_is_for(principal, expected):
    policy = permission(f"FunctionName: !Ref F\nPrincipal: {principal}\nFunctionUrlAuthType: NONE")
    (statement,) = policy.statements
    assert plain(statement.get("Principal")) == expected
    assert plain(statement.get("Resource")) == "${F}"
    assert plain(statement.get("Condition")) == {"StringEquals": {"lambda:FunctionUrlAuthType": "NONE"}}


@pytest.mark.parametrize(
    ("written_name", "name"),
    [
        ("orders-function:live", "orders-function:live"),
        ("123456789012:function:orders", "orders"),
        ("!Sub '${AWS::AccountId}:function:orders:1'", "orders:1"),
        ("!Sub '${AWS::StackName}-function'", "${AWS::StackName}-function"),
        ("!Ref Orders", "${Stage}-function"),
        ("!Sub '${Orders}:live'", "${Stage}-function:live"),
    ],
)
def test_the_function_of_a_permission_is_named_in_each_way_that_lambda_takes(written_name, name):
    text = f"""Parameters: {{Stage: {{Type: String}}}}
Resources:
  Orders: {{Type: AWS::Lambda::Function, Properties: {{FunctionName: !Sub '${{Stage}}-function'}}}}
  Permission:
    Type: AWS::Lambda::Permission
    Properties:
      Action: lambda:InvokeFunction
      Principal: s3.amazonaws.com
      FunctionName: {written_name}
"""
    (policy,) = read(text).policies
    resource = policy.statements[0].get("Resource").text
    assert resource == "arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:" + name


def test_a_function_name_that_may_be_an_arn_is_not_made_an_arn():
    policy = permission("FunctionName: !Sub '${Function}:live'\nPrincipal: s3.amazonaws.com")
    assert policy.statements[0].get("Resource").text == "${Function}:live"


def test_a_policy_of_an_event_bus_is_one_statement():
    body = "Type: AWS::Events::EventBusPolicy\nProperties:\n  StatementId: a\n"
    new = body + "  Statement: {Effect: Allow, Principal: '*', Action: 'events:*', Resource: '*'}\n"
    (policy,) = read(template(new)).policies
    assert policy.statements[0].principal is not None
    old = body + "  Action: events:PutEvents\n  Principal: '*'\n"
    old += "  Condition: {Type: StringEquals, Key: aws:PrincipalOrgID, Value: o-1}\n"
    (policy,) = read(template(old)).policies
    assert plain(policy.statements[0].get("Condition")) == {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}


TEXT = '{\n  "Statement": [\n    {"Resource": "arn:aws:s3:::${Bucket}/${!aws:username}"}\n  ]\n}'
BLOCK = "\n".join(f"    {line}" for line in TEXT.splitlines())
QUEUE = "Type: AWS::SQS::QueuePolicy\nProperties:\n  PolicyDocument: "


def test_json_in_a_block_of_lines_has_the_places_of_its_lines():
    (policy,) = read(template(f"{QUEUE}!Sub |\n{BLOCK}\n")).policies
    assert resources(policy) == [("arn:aws:s3:::${Bucket}/${aws:username}", True)]
    ((_, node),) = policy.resources
    assert (node.line, node.column) == (9, 26)
    assert not node.source.is_editable


def test_json_in_quotes_has_places_too():
    (policy,) = read(template(f'{QUEUE}\'{{"Statement": [{{"Resource": "x"}}]}}\'')).policies
    ((_, node),) = policy.resources
    assert (node.text, node.line, node.column) == ("x", 6, 52)


def test_json_that_functions_put_together_is_read_or_unknown():
    joined = "!Join ['', ['{\"Statement\": [{\"Resource\": \"', !Ref A, '\"}]}']]"
    assert resources(read(template(QUEUE + joined)).policies[0]) == [("${A}", True)]
    parts = "!Sub '{\"Statement\": ${Statements}}'"
    assert read(template(QUEUE + parts)).policies[0].node.kind is NodeKind.UNKNOWN


FUNCTION = """\
Type: AWS::Serverless::Function
Properties:
  Policies:
    - AWSLambdaExecute
    - S3ReadPolicy: {BucketName: b}
    - Statement: [{Effect: Allow}]
    - !If [Prod, {Version: '2012-10-17', Statement: []}, !Ref AWS::NoValue]
"""


def test_a_sam_function_has_policies_and_templates_of_policies():
    file = read(template(FUNCTION, "Transform: AWS::Serverless-2016-10-31\n"))
    assert [(each.name, each.owner) for each in file.policies] == [
        ("X/XRolePolicy2", "X"),
        ("X/XRolePolicy3", "X"),
    ]
    assert [(each.node.text, each.owner, each.kind) for each in file.attachments] == [
        ("AWSLambdaExecute", "X", "managed-policy"),
        ("S3ReadPolicy", "X", "sam-template"),
    ]


def test_a_sam_api_has_a_policy_of_its_statements():
    body = (
        "Type: AWS::Serverless::Api\nProperties:\n  Auth:\n    ResourcePolicy: {CustomStatements: [{Effect: Deny}]}\n"
    )
    (policy,) = read(template(body)).policies
    assert plain(policy.node) == {"Version": "2012-10-17", "Statement": [{"Effect": "Deny"}]}
    assert policy.resource_type == "AWS::ApiGateway::RestApi"


def test_what_macros_make_is_named_as_not_looked_at():
    text = "Resources:\n  Fn::ForEach::A: [a, b, {}]\n  X: {Type: AWS::S3::Bucket, Properties: {Fn::Transform: {}}}\n"
    assert [each.what for each in read(text).not_evaluated] == [
        "the resources at f.yaml:2:3",
        "the properties at f.yaml:3:42",
    ]


@pytest.mark.parametrize("folder", EXAMPLES, ids=lambda path: path.parent.name)
@pytest.mark.parametrize("name", ["template.yaml", "sam.yaml", "serverless.yml"])
def test_what_generate_writes_is_read_back(folder, name):
    if not (folder / name).exists():
        pytest.skip("this example is not written in this format")
    file = read((folder / name).read_text(), name)
    expected = []
    for function in read_spec(str(folder.parent / "spec.yaml")).functions:
        choice = DeploymentTarget(function.region, function.account, function.partition)
        bundle = generate(function, choice)
        expected += [policy_data(policy) for policy in (bundle.trust, *(each.policy for each in bundle.policies))]
    found = [plain(each.node) for each in file.policies if each.type is not PolicyType.RESOURCE]
    assert found == expected


LINES = st.lists(st.sampled_from(template(ROLE).splitlines() + template(FUNCTION).splitlines()), max_size=25)


@given(LINES)
def test_no_template_torn_to_pieces_raises(lines):
    read("\n".join(["Resources:", *lines]))


def test_functions_in_functions_end():
    doubled = "x"
    for _ in range(30):
        doubled = f"!Sub ['${{A}}${{A}}', {{A: {doubled}}}]"
    (policy,) = read(policy_with(doubled)).policies
    assert len(policy.node.get("Statement").items) == 1
    read(policy_with("'" + "${" * 20_000 + "'"))
    read(policy_with("!Sub '" + "${" * 20_000 + "}" * 20_000 + "'"))
