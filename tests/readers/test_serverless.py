"""Policies of serverless.yml, and the variables of the framework in them."""

from __future__ import annotations

import pytest
from support.linting import linted, rules_of
from support.reading_policies import plain, read, resources, written

from iamglue.policy.parsed_policy import PolicyType
from iamglue.policy.patterns.variables import parameter_of
from iamglue.policy.source.nodes import NodeKind
from iamglue.readers.templates.text_substitution import find_references

HEAD = "service: s\nprovider:\n  name: aws\n"


def statement(resource: str) -> str:
    return f"{HEAD}  iam:\n    role:\n      statements:\n        - Resource: {resource}\n"


@pytest.mark.parametrize(
    ("resource", "text", "holes"),
    [
        ("arn:aws:sqs:${aws:region}:${aws:accountId}:q", "arn:aws:sqs:${AWS::Region}:${AWS::AccountId}:q", True),
        (
            "arn:aws:s3:::${self:custom.${opt:stage, 'dev'}.b}/*",
            "arn:aws:s3:::" + parameter_of("self.custom.${opt:stage, 'dev'}.b") + "/*",
            True,
        ),
        ("arn:aws:s3:::b/${aws:username}/*", "arn:aws:s3:::b/${aws:username}/*", False),
        ("arn:aws:s3:::b/${s3:prefix}", "arn:aws:s3:::b/${s3:prefix}", False),
        ("arn:aws:s3:::${s3:names/bucket}", f"arn:aws:s3:::{parameter_of('s3.names/bucket')}", True),
        ("arn:aws:sns:#{AWS::Region}:1:t", "arn:aws:sns:${AWS::Region}:1:t", True),
        ("arn:aws:sns:${AWS::Region}:1:t", "arn:aws:sns:${AWS::Region}:1:t", True),
        ("!Sub 'arn:aws:s3:::${self:service}-${Bucket}'", "arn:aws:s3:::s-${Bucket}", True),
        ("!Sub 'arn:aws:sns:#{AWS::Region}:1:${!aws:username}'", "arn:aws:sns:${AWS::Region}:1:${aws:username}", True),
        ("${env:TOPIC_ARN}", "${env.TOPIC_ARN}", True),
        ("!GetAtt Table.Arn", "${Table.Arn}", True),
    ],
)
def test_variables_are_holes(resource, text, holes):
    (policy,) = read(statement(resource), "serverless.yml").policies
    assert resources(policy) == [(text, holes)]


@pytest.mark.parametrize("resource", ["${self:custom.arns}", "${file(arns.yml):all}", "${opt:a, self:custom.b}"])
def test_a_variable_that_may_be_a_list_is_unknown(resource):
    (policy,) = read(statement(resource), "serverless.yml").policies
    found = policy.statements[0].resource
    assert (found.node.kind, found.node.text) == (NodeKind.UNKNOWN, resource)


WHOLE = """\
service: s
custom:
  allow: &allow {Effect: Allow}
provider:
  name: aws
  apiGateway:
    resourcePolicy: [{Effect: Deny}]
  iam:
    role:
      managedPolicies: [arn:aws:iam::aws:policy/A]
      permissionsBoundary: arn:aws:iam::1:policy/B
      statements:
        - <<: *allow
          Action: s3:Get*
        - ${file(more.yml)}
functions:
  hello:
    handler: a.b
    iamRoleStatements: [{Effect: Allow, Action: x, Action: y}]
resources:
  - Resources:
      Q: {Type: AWS::SQS::QueuePolicy, Properties: {PolicyDocument: {Statement: []}}}
  - ${file(resources.yml)}
"""


def test_the_provider_functions_and_resources_have_policies():
    file = read(WHOLE, "serverless.yml")
    assert [(each.type, each.name, each.owner) for each in file.policies] == [
        (PolicyType.IDENTITY, "IamRoleLambdaExecution", "IamRoleLambdaExecution"),
        (PolicyType.RESOURCE, "ApiGatewayRestApi", None),
        (PolicyType.IDENTITY, "hello", "hello"),
        (PolicyType.RESOURCE, "Q", None),
    ]
    assert plain(file.policies[0].node) == {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "s3:Get*"}, "<${file(more.yml)}>"],
    }
    assert [(each.node.text, each.kind) for each in file.attachments] == [
        ("arn:aws:iam::aws:policy/A", "managed-policy"),
        ("arn:aws:iam::1:policy/B", "permissions-boundary"),
    ]
    assert [each.location.line for each in file.duplicate_keys] == [19]
    ((_, action),) = file.policies[0].actions
    assert (written(action), action.line) == ("s3:Get*", 14)


def test_the_older_spelling_is_read():
    file = read(f"{HEAD}  iamRoleStatements: [{{Effect: Allow}}]\n  iamManagedPolicies: [a]\n", "serverless.yml")
    assert [each.name for each in file.policies] == ["IamRoleLambdaExecution"]
    assert [each.node.text for each in file.attachments] == ["a"]


@pytest.mark.parametrize(
    "text",
    [
        HEAD,
        "service: s\nprovider: aws\n",
        "service: s\nprovider: {name: google}\nfunctions: [1, {f: null}]\n",
        f"{HEAD}  iam: ${{file(iam.yml)}}\nfunctions: ${{file(f.yml)}}\nresources: ${{file(r.yml)}}\n",
        f"{HEAD}  iam: {{role: arn:aws:iam::1:role/r}}\n",
    ],
)
def test_others_have_none(text):
    file = read(text, "serverless.yml")
    assert (file.policies, file.syntax_error) == ((), None)


def test_braces_are_counted():
    found = [(each.preceding_character, each.name) for each in find_references("{ ${a, ${b}} #{c} ${unclosed ${d}")]
    assert found == [("$", "a, ${b}"), ("#", "c"), ("$", "d")]


LIST = "- {Effect: Allow, Action: 's3:GetObject', Resource: 'arn:aws:s3:::images/*'}\n"


@pytest.mark.parametrize(
    ("included", "rules"), [("./iam/statements.yml", []), ("./iam/others.yml", ["not-a-document"])]
)
def test_a_list_of_statements_that_a_service_includes_is_no_broken_document(tmp_path, included, rules):
    (tmp_path / "iam").mkdir()
    (tmp_path / "serverless.yml").write_text(f"{HEAD}  iam: {{role: {{statements: '${{file({included})}}'}}}}\n")
    (tmp_path / "iam/statements.yml").write_text(LIST)
    report = linted(LIST, str(tmp_path / "iam/statements.yml"))
    assert [rule for rule in rules_of(report) if "document" in rule or "version" in rule] == rules


def test_statements_of_an_included_file_are_read_at_their_place(tmp_path):
    (tmp_path / "statements.yml").write_text(LIST)
    text = f"{HEAD}  iam: {{role: {{statements: '${{file(statements.yml)}}'}}}}\n"
    (policy,) = read(text, str(tmp_path / "serverless.yml")).policies
    assert policy.statements[0].node.path == str(tmp_path / "statements.yml")


def test_the_policies_of_a_function_s_role_are_read():
    text = (
        "service: shop\nprovider: {name: aws}\nfunctions:\n  resize:\n    iam:\n      role:\n"
        "        statements: [{Effect: Allow, Action: 's3:*', Resource: '*'}]\n"
    )
    assert len(read(text, "serverless.yml").policies) == 1
