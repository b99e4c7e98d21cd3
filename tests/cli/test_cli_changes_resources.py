"""`iamglue changes`: resources that give access otherwise than by a policy that is compared."""

from __future__ import annotations

import pytest

TEMPLATE = """\
AWSTemplateFormatVersion: "2010-09-09"
Resources:
  Topic: {Type: AWS::SNS::Topic}
"""
ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"
PUBLIC_READ = '{Statement: {Effect: Allow, Principal: "*", Action: "sqs:SendMessage", Resource: "*"}}'
BASE = 'resource "aws_sqs_queue" "q" {\n  name = "q"\n}\n'
ROLE = (
    'resource "aws_iam_role" "r" {\n  name = "r"\n  assume_role_policy = jsonencode({Statement = [{Effect = "Allow", '
    'Principal = {Service = "lambda.amazonaws.com"}, Action = "sts:AssumeRole"}]})\n}\n'
)


def answers(report) -> dict[str, str]:
    return {file["path"]: file["answer"] for file in report["files"]}


def resource(resource_type: str, properties: str) -> str:
    return f"{TEMPLATE}  New: {{Type: '{resource_type}', Properties: {{{properties}}}}}\n"


@pytest.mark.parametrize(
    ("resource_type", "properties"),
    [
        ("AWS::Lambda::Url", "AuthType: NONE"),
        ("AWS::IoT::Policy", f"PolicyDocument: {PUBLIC_READ}"),
        ("AWS::OpenSearchServerless::AccessPolicy", "Policy: '[]'"),
        ("AWS::Cognito::UserPoolUserToGroupAttachment", "GroupName: admin, Username: any"),
        ("AWS::QuickSight::DataSource", "Permissions: [{Principal: p}]"),
        ("AWS::Transfer::User", "SshPublicKeys: [k]"),
        ("AWS::EC2::Instance", "IamInstanceProfile: admin"),
        ("AWS::ECS::TaskDefinition", "TaskRoleArn: 'arn:aws:iam::123456789012:role/admin'"),
        ("Custom::AttachPolicy", "ServiceToken: t"),
        ("AWS::NewService::NewType", "Any: thing"),
        (
            "AWS::ApiGatewayV2::Route",
            "ApiId: a, RouteKey: 'GET /'",
        ),  # without an authorization type, anyone may call it
        ("AWS::ElasticBeanstalk::Environment", "OptionSettings: [{OptionName: IamInstanceProfile, Value: admin}]"),
        ("AWS::ElasticLoadBalancingV2::TrustStore", "CaCertificatesBundleS3Key: k"),
        ("AWS::EMR::SecurityConfiguration", "SecurityConfiguration: '{}'"),
        ("AWS::EC2::EnclaveCertificateIamRoleAssociation", "CertificateArn: c"),
        ("AWS::AutoScaling::AutoScalingGroup", "LaunchTemplate: {LaunchTemplateId: t}"),
        ("AWS::ECS::Service", "TaskDefinition: t"),
        ("AWS::ElastiCache::ReplicationGroup", "UserGroupIds: [g]"),
        ("AWS::SNS::Topic", "Subscription: [{Endpoint: e, Protocol: email}]"),
        ("AWS::ApiGateway::UsagePlan", "ApiStages: [{ApiId: a, Stage: s}]"),
        ("AWS::ApiGatewayV2::Api", "Body: {openapi: 3.0.1, paths: {/: {get: {}}}}"),
        ("AWS::CodeBuild::Project", "Triggers: {Webhook: true}"),
    ],
)
def test_a_new_resource_that_may_give_access_is_unknown(compare, resource_type, properties):
    code, report = compare({"t.yaml": TEMPLATE}, {"t.yaml": resource(resource_type, properties)})
    assert (code, answers(report)) == (1, {"t.yaml": "unknown"})


def test_a_new_policy_in_a_resource_of_a_type_that_is_not_known_is_new_access(compare):
    policy = resource("AWS::S3Vectors::VectorBucketPolicy", f"Policy: {PUBLIC_READ}")
    code, report = compare({"t.yaml": TEMPLATE}, {"t.yaml": policy})
    assert (code, answers(report)) == (1, {"t.yaml": "new-access"})


def test_a_narrower_policy_in_a_resource_of_a_type_that_is_not_known_is_unknown(compare):
    before = resource("AWS::S3Vectors::VectorBucketPolicy", f"Policy: {PUBLIC_READ}")
    after = before.replace('Principal: "*"', "Principal: {AWS: '123456789012'}")
    code, report = compare({"t.yaml": before}, {"t.yaml": after})
    assert (code, answers(report), before == after) == (1, {"t.yaml": "unknown"}, False)


@pytest.mark.parametrize(
    ("resource_type", "before", "after"),
    [
        ("AWS::ApiGateway::Method", "AuthorizationType: AWS_IAM", "AuthorizationType: NONE"),
        ("AWS::ApiGatewayV2::Route", "RouteKey: k, AuthorizationType: JWT", "RouteKey: k"),
        ("AWS::ApiGatewayV2::Authorizer", "JwtConfiguration: {Issuer: a}", "JwtConfiguration: {Issuer: b}"),
        ("AWS::ApiGateway::RestApi", f"Policy: {PUBLIC_READ}", "Name: a"),
        ("AWS::ApiGateway::RestApi", "DisableExecuteApiEndpoint: true", "Name: a"),
        ("AWS::Serverless::Api", "StageName: s, Auth: {DefaultAuthorizer: AWS_IAM}", "StageName: s"),
        ("AWS::EC2::SnapshotBlockPublicAccess", "State: block-all-sharing", "State: unblocked"),
        ("AWS::RDS::DBInstance", "PubliclyAccessible: false", "PubliclyAccessible: true"),
        ("AWS::ECS::Service", "EnableExecuteCommand: false", "EnableExecuteCommand: true"),
        ("AWS::S3::AccessPoint", f"Bucket: a, Policy: {PUBLIC_READ}", f"Bucket: b, Policy: {PUBLIC_READ}"),
    ],
)
def test_a_changed_setting_that_tells_of_access_is_unknown(compare, resource_type, before, after):
    code, report = compare({"t.yaml": resource(resource_type, before)}, {"t.yaml": resource(resource_type, after)})
    assert (code, answers(report)) == (1, {"t.yaml": "unknown"})


@pytest.mark.parametrize(
    ("resource_type", "before", "after"),
    [
        ("AWS::DynamoDB::Table", "TableName: a", "TableName: a, BillingMode: PAY_PER_REQUEST"),
        ("AWS::ECS::TaskDefinition", "TaskRoleArn: r, Cpu: 1", "TaskRoleArn: r, Cpu: 2"),
        (
            "AWS::Serverless::Api",
            "StageName: s, Auth: {ApiKeyRequired: true}",
            "StageName: t, Auth: {ApiKeyRequired: true}",
        ),
        ("AWS::NewService::NewType", "Any: a, Tags: [{Key: k, Value: a}]", "Any: a, Tags: [{Key: k, Value: b}]"),
        ("AWS::NewService::NewType", "Any: a, Description: b", "Any: a, Description: c"),
        ("AWS::EC2::Instance", "SecurityGroupIds: [a]", "SecurityGroupIds: [b]"),
    ],
)
def test_a_changed_setting_that_gives_nobody_access_is_no_new_access(compare, resource_type, before, after):
    code, report = compare({"t.yaml": resource(resource_type, before)}, {"t.yaml": resource(resource_type, after)})
    assert (code, answers(report)) == (0, {"t.yaml": "no-new-access"})


def test_a_new_function_with_a_role_of_before_is_unknown(compare):
    function = "  New: {Type: AWS::Lambda::Function, Properties: {Role: 'arn:aws:iam::123456789012:role/admin'}}\n"
    code, report = compare({"t.yaml": TEMPLATE}, {"t.yaml": TEMPLATE + function})
    assert (code, answers(report)) == (1, {"t.yaml": "unknown"})


@pytest.mark.parametrize(
    ("section", "reference"),
    [
        ("Parameters: {P: {Type: String, Default: '%s'}}\n", "!Ref P"),
        ("Mappings: {M: {a: {b: '%s'}}}\n", "!FindInMap [M, a, b]"),
    ],
)
def test_a_value_that_decides_who_has_access_is_unknown_where_it_changes(compare, section, reference):
    resources = resource("AWS::SQS::QueuePolicy", f"Queues: [{reference}], PolicyDocument: {PUBLIC_READ}")
    code, report = compare({"t.yaml": section % "a" + resources}, {"t.yaml": section % "b" + resources})
    assert (code, answers(report)) == (1, {"t.yaml": "unknown"})


def test_the_default_of_a_parameter_for_a_functions_role_is_unknown_where_it_changes(compare):
    text = "Parameters: {P: {Type: String, Default: '%s'}}\n" + resource("AWS::Lambda::Function", "Role: !Ref P")
    code, report = compare({"t.yaml": text % "a"}, {"t.yaml": text % "b"})
    assert (code, answers(report)) == (1, {"t.yaml": "unknown"})


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", 'resource "aws_iot_policy" "x" {\n  policy = "p"\n}\n'),
        ("", 'resource "aws_new_service_thing" "x" {\n  any = "p"\n}\n'),
        ("", 'resource "aws_apigatewayv2_route" "x" {\n  route_key = "GET /"\n}\n'),
        ("", 'resource "aws_route53_vpc_association_authorization" "x" {\n  vpc_id = "v"\n}\n'),
        ("", 'resource "aws_lb_trust_store" "x" {\n  name = "t"\n}\n'),
        ("", 'resource "aws_emr_security_configuration" "x" {\n  configuration = "{}"\n}\n'),
        ("", 'resource "aws_codebuild_webhook" "x" {\n  project_name = "p"\n}\n'),
        ("", 'resource "aws_elastic_beanstalk_environment" "x" {\n  name = "e"\n}\n'),
        ("", 'resource "aws_db_instance_role_association" "x" {\n  db_instance_identifier = "d"\n}\n'),
        ("", 'resource "aws_lambda_function" "x" {\n  function_name = "f"\n  role = aws_iam_role.r.arn\n}\n'),
        ("", 'resource "kubernetes_service_account" "x" {\n  a = { "eks.amazonaws.com/role-arn" = "r" }\n}\n'),
        ("", 'resource "null_resource" "x" {\n  provisioner "local-exec" {\n    command = "./any.sh"\n  }\n}\n'),
        (
            'resource "aws_api_gateway_method" "x" {\n  authorization = "AWS_IAM"\n}\n',
            'resource "aws_api_gateway_method" "x" {\n  authorization = "NONE"\n}\n',
        ),
        (
            'resource "aws_apigatewayv2_authorizer" "x" {\n  jwt_configuration {\n    issuer = "a"\n  }\n}\n',
            'resource "aws_apigatewayv2_authorizer" "x" {\n  jwt_configuration {\n    issuer = "b"\n  }\n}\n',
        ),
        ('provider "aws" {\n  profile = "a"\n}\n', 'provider "aws" {\n  profile = "b"\n}\n'),
        (
            'provider "aws" {\n  assume_role {\n    role_arn = "a"\n  }\n}\n',
            'provider "aws" {\n  assume_role {\n    role_arn = "b"\n  }\n}\n',
        ),
        ('data "aws_iam_role" "x" {\n  name = "a"\n}\n', 'data "aws_iam_role" "x" {\n  name = "b"\n}\n'),
        (
            'resource "aws_iam_access_key" "x" {\n  user = each.key\n  for_each = var.a\n}\n',
            'resource "aws_iam_access_key" "x" {\n  user = each.key\n  for_each = var.b\n}\n',
        ),
        (
            'resource "aws_iam_user" "x" {\n  name = "a"\n}\n',
            'resource "aws_iam_user" "x" {\n  name = "a"\n  provider = aws.other\n}\n',
        ),
    ],
)
def test_what_a_resource_of_terraform_may_give_is_unknown(compare, before, after):
    code, report = compare({"main.tf": BASE + ROLE + before}, {"main.tf": BASE + ROLE + after})
    assert (code, answers(report)) == (1, {"./": "unknown"})


@pytest.mark.parametrize("name", ["a.tfdeploy.hcl", "a.tfcomponent.hcl"])
def test_a_changed_stack_of_terraform_is_unknown(compare, name):
    text = 'component "x" {\n  source = "./%s"\n}\n'
    code, report = compare({name: text % "a"}, {name: text % "b"})
    assert (code, answers(report)) == (1, {name: "unknown"})


def test_another_condition_of_a_statements_values_is_unknown_of_terraform(compare):
    policy = (
        'resource "aws_iam_role_policy" "p" {\n  role = aws_iam_role.r.id\n'
        "  policy = data.aws_iam_policy_document.d.json\n}\n"
        'data "aws_iam_policy_document" "d" {\n  statement {\n    actions = ["s3:GetObject"]\n'
        '    resources = var.%s ? ["arn:aws:s3:::a/*"] : ["*"]\n  }\n}\n'
    )
    code, report = compare({"main.tf": ROLE + policy % "a"}, {"main.tf": ROLE + policy % "b"})
    assert (code, answers(report)) == (1, {"./": "unknown"})


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", 'resource "aws_dynamodb_table" "x" {\n  name = "t"\n}\n'),
        (
            'resource "aws_lambda_function" "x" {\n  function_name = "f"\n  role = "r"\n  memory_size = 128\n}\n',
            'resource "aws_lambda_function" "x" {\n  function_name = "f"\n  role = "r"\n  memory_size = 256\n}\n',
        ),
        (
            'resource "aws_new_service_thing" "x" {\n  any = "p"\n}\n',
            'resource "aws_new_service_thing" "x" {\n  any = "p"\n  tags = { a = "b" }\n}\n',
        ),
        ('provider "aws" {\n}\n', 'provider "aws" {\n  default_tags {\n    tags = { a = "b" }\n  }\n}\n'),
    ],
)
def test_what_gives_nobody_access_is_no_new_access_of_terraform(compare, before, after):
    code, report = compare({"main.tf": BASE + before}, {"main.tf": BASE + after})
    assert (code, answers(report)) == (0, {"./": "no-new-access"})


def test_a_removed_policy_of_a_group_may_be_a_limit(compare):
    before = resource("AWS::IAM::Group", f"ManagedPolicyArns: ['{ADMINISTRATOR}']")
    code, report = compare({"t.yaml": before}, {"t.yaml": TEMPLATE})
    assert (code, answers(report)) == (1, {"t.yaml": "unknown"})


SERVICE = """\
service: s
provider:
  name: aws
  %s
functions:
  f:
    handler: h.h
    %s
%s
"""
PROTECTED = "events: [{http: {path: a, method: get, authorizer: aws_iam}}]"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (("", PROTECTED, ""), ("", PROTECTED.replace(", authorizer: aws_iam", ""), "")),
        (("endpointType: PRIVATE", "", ""), ("", "", "")),
        (
            ("httpApi: {authorizers: {x: {issuerUrl: a}}}", "", ""),
            ("httpApi: {authorizers: {x: {issuerUrl: b}}}", "", ""),
        ),
        (("profile: a", "", ""), ("profile: b", "", "")),
        (("iam: {deploymentRole: a}", "", ""), ("iam: {deploymentRole: b}", "", "")),
        (("", "", "layers: {l: {path: p}}"), ("", "", "layers: {l: {path: p, allowedAccounts: ['*']}}")),
        (("", "", "stepFunctions: {a: {role: a}}"), ("", "", "stepFunctions: {a: {role: b}}")),
        (
            ("role: '${self:custom.r.${sls:stage}}'", "", "custom: {r: {dev: a}}"),
            ("role: '${self:custom.r.${sls:stage}}'", "", "custom: {r: {dev: b}}"),
        ),
    ],
)
def test_what_a_serverless_file_gives_otherwise_than_by_policies_is_unknown(compare, before, after):
    code, report = compare({"serverless.yml": SERVICE % before}, {"serverless.yml": SERVICE % after})
    assert (code, answers(report)) == (1, {"serverless.yml": "unknown"})


@pytest.mark.parametrize(("before", "after"), [("memorySize: 128", "memorySize: 256"), ("", "tags: {a: b}")])
def test_settings_of_a_serverless_file_that_give_nobody_access_are_no_new_access(compare, before, after):
    first, second = (SERVICE % (text, "", "") for text in (before, after))
    code, report = compare({"serverless.yml": first}, {"serverless.yml": second})
    assert (code, answers(report)) == (0, {"serverless.yml": "no-new-access"})


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("resources.yml", "K: {Type: AWS::IAM::AccessKey, Properties: {UserName: '%s'}}\n"),
        ("resource.yml", "Type: AWS::IAM::AccessKey\nProperties: {UserName: '%s'}\n"),
        ("serverless-compose.yml", "services: {a: {path: a, params: {x: '%s'}}}\n"),
        (".env", "ACTION=%s\n"),
    ],
)
def test_what_a_file_gives_that_a_serverless_file_reads_is_unknown(compare, name, text):
    code, report = compare({name: text % "a"}, {name: text % "b"})
    assert (code, answers(report)) == (1, {name: "unknown"})


LISTED = "{Statement: [{Effect: Allow, Action: 's3:*', Resource: %s}]}"
FUNCTION = """\
Transform: AWS::Serverless-2016-10-31
Globals: {Api: {%s}}
Resources:
  F: {Type: AWS::Serverless::Function, Properties: {Events: {A: {Type: Api, Properties: {Path: /, Method: get%s}}}}}
"""
PERMISSION = (
    "Type: AWS::Lambda::Permission, Properties: {FunctionName: f, Action: 'lambda:InvokeFunction', Principal: '*'}"
)


def managed_policy(arns: str) -> str:
    return resource("AWS::IAM::ManagedPolicy", f"PolicyDocument: {LISTED % arns}")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "Parameters: {P: {Type: CommaDelimitedList, Default: a}}\n" + managed_policy("!Ref P"),
            "Parameters: {P: {Type: CommaDelimitedList, Default: '*'}}\n" + managed_policy("!Ref P"),
        ),
        (
            "Parameters: {P: {Type: String, Default: a}}\n" + managed_policy("!Split [',', !Ref P]"),
            "Parameters: {P: {Type: String, Default: '*'}}\n" + managed_policy("!Split [',', !Ref P]"),
        ),
        (managed_policy("'{{resolve:ssm:/a}}'"), managed_policy("'{{resolve:ssm:/b}}'")),
        (f"{TEMPLATE}  N: {{Condition: C, {PERMISSION}}}\n", f"{TEMPLATE}  N: {{{PERMISSION}}}\n"),
        (FUNCTION % ("", ", Auth: {Authorizer: AWS_IAM}"), FUNCTION % ("", "")),
        (FUNCTION % ("Auth: {DefaultAuthorizer: AWS_IAM}", ""), FUNCTION % ("", "")),
        (
            TEMPLATE + "  Fn::ForEach::X: [A, [a], {'K${A}': {Type: AWS::IAM::AccessKey}}]\n",
            TEMPLATE + "  Fn::ForEach::X: [A, [a, b], {'K${A}': {Type: AWS::IAM::AccessKey}}]\n",
        ),
        (TEMPLATE, TEMPLATE + "---\n" + resource("AWS::IAM::AccessKey", "UserName: a")),
    ],
)
def test_what_decides_the_access_of_a_template_is_unknown_where_it_changes(compare, before, after):
    code, report = compare({"t.yaml": before}, {"t.yaml": after})
    assert (code, answers(report)) == (1, {"t.yaml": "unknown"})


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        (
            "o.yaml",
            "openapi: 3.0.1\nsecurity: [{a: []}]\nx-amazon-apigateway-cors: {}\n",
            "openapi: 3.0.1\nx-amazon-apigateway-cors: {}\n",
        ),
        ("a.asl.json", '{"Credentials": {"RoleArn": "a"}}', '{"Credentials": {"RoleArn": "b"}}'),
        ("s.graphql", "type Q { a: String @aws_iam }", "type Q { a: String @aws_api_key }"),
        ("a.ts", "t.grantRead(f);", "t.grantFullAccess(f);"),
        ("a.py", "ROLE = {'Effect': 'Allow', 'Action': 'a'}", "ROLE = {'Effect': 'Allow', 'Action': '*'}"),
        ("Dockerfile", "FROM a\n", "FROM a\nRUN aws iam attach-role-policy --role-name r\n"),
        ("deploy", "#!/bin/sh\n", "#!/bin/sh\naws iam attach-role-policy --role-name r\n"),
        ("Makefile", "d:\n\tterraform apply -var x=a\n", "d:\n\tterraform apply -var x=b\n"),
        ("w.yaml", "run: sam deploy --parameter-overrides A=b\n", "run: sam deploy --parameter-overrides A=c\n"),
        ("w.yaml", "env: {TF_VAR_a: b}\n", "env: {TF_VAR_a: c}\n"),
    ],
)
def test_what_another_file_decides_of_access_is_unknown(compare, name, before, after):
    code, report = compare({name: before}, {name: after})
    assert (code, answers(report)) == (1, {name: "unknown"})


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        ("Makefile", "d:\n\tterraform apply -var x=a\n", "d:\n\techo\n\tterraform apply -var x=a\n"),
        ("a.ts", "const a = 1;", "const a = 2;"),
        ("Dockerfile", "FROM a\n", "FROM b\n"),
    ],
)
def test_another_change_of_a_file_that_is_not_read_is_no_new_access(compare, name, before, after):
    code, report = compare({name: before}, {name: after})
    assert (code, answers(report)) == (0, {})
