"""Templates as accounts: CloudFormation, SAM (held against what AWS's own translator makes of it), Terraform."""

from __future__ import annotations

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.drawn_changes import change_anywhere
from support.sam import translate

from iamglue.audit.run import audit
from iamglue.catalog.maintain.refresh_sam import sam_policies
from iamglue.catalog.sam_policy_templates import sam_policy_document
from iamglue.errors import IamglueError
from iamglue.findings import NotEvaluatedKind
from iamglue.policy.parsed_policy import ParameterValues
from iamglue.readers.templates.template_account import read_template_account

LAMBDA = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
TRUST = {"Version": "2012-10-17", "Statement": [LAMBDA]}
HERE = "${AWS::Region}:${AWS::AccountId}"


def document(*statements):
    return {"Version": "2012-10-17", "Statement": list(statements)}


def allow(action, resource):
    return {"Effect": "Allow", "Action": action, "Resource": resource}


def resource(kind, **properties):
    return {"Type": kind, "Properties": properties}


def arn(of):
    return {"Fn::GetAtt": [of, "Arn"]}


ROLE = resource(
    "AWS::IAM::Role",
    AssumeRolePolicyDocument=TRUST,
    Policies=[{"PolicyName": "reads", "PolicyDocument": document(allow("s3:GetObject", arn("Images")))}],
)
FUNCTION = resource("AWS::Lambda::Function", FunctionName="exif", Role=arn("Role"), Runtime="python3.13")


def template(**resources):
    return {"AWSTemplateFormatVersion": "2010-09-09", "Resources": resources}


def account(data, path="template.json", **values):
    text = data if isinstance(data, str) else json.dumps(data)
    return read_template_account(path, text, ParameterValues(tuple(values.items())))


def role_of(found, name):
    return next(each for each in found.roles if each.name == name)


def statements(policy):
    return json.loads(policy.text)["Statement"]


# CloudFormation


def test_a_function_runs_as_the_role_that_it_refers_to():
    found = account(template(Role=ROLE, Exif=FUNCTION))
    (role,), (function,) = found.roles, found.functions
    assert function.role_arn == role.arn == "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/${Role}"
    assert function.arn == f"arn:${{AWS::Partition}}:lambda:{HERE}:function:exif"
    assert (role.name, role.trust.policy.statements[0].actions.values) == ("Role", ("sts:AssumeRole",))


@pytest.mark.parametrize("length", [80, 200])
def test_long_logical_ids_that_differ_in_their_last_letter_are_two_roles(length):
    one, other = "R" * length, "R" * length + "x"
    admin = {"Statement": [{"Effect": "Allow", "Action": "iam:*", "Resource": "*"}]}
    policy = resource("AWS::IAM::Policy", PolicyName="p", PolicyDocument=admin, Roles=[{"Ref": other}])
    found = account(template(**{one: resource("AWS::IAM::Role"), other: resource("AWS::IAM::Role")}, Policy=policy))
    assert [(role.name, len(role.policies)) for role in found.roles] == [(one, 0), (other, 1)]


def test_a_reference_to_a_named_resource_is_its_arn():
    images = resource("AWS::S3::Bucket", BucketName="images")
    found = account(template(Role=ROLE, Images=images))
    assert statements(found.roles[0].policies[0])[0]["Resource"] == "arn:${AWS::Partition}:s3:::images"


def test_a_reference_to_a_resource_without_a_name_tells_its_service_and_type():
    found = account(template(Role=ROLE, Images=resource("AWS::S3::Bucket")))
    assert statements(found.roles[0].policies[0])[0]["Resource"] == "arn:${AWS::Partition}:s3:::${Images}"


def test_what_is_given_with_set_stands_in_every_text():
    given_ = {"Region": "eu-west-1", "AWS::AccountId": "123456789012", "Partition": "aws", "Stage": "prod"}
    data = template(
        Role=ROLE, Exif=resource("AWS::Lambda::Function", FunctionName={"Fn::Sub": "${Stage}-exif"}, Role=arn("Role"))
    )
    found = account(data, **given_)
    assert (found.id, found.partition) == ("123456789012", "aws")
    assert found.functions[0].arn == "arn:aws:lambda:eu-west-1:123456789012:function:prod-exif"
    assert found.functions[0].name == "prod-exif"


def test_policies_of_every_kind_are_the_roles():
    managed = resource("AWS::IAM::ManagedPolicy", PolicyDocument=document(allow("sqs:SendMessage", "*")))
    listed = resource(
        "AWS::IAM::ManagedPolicy", PolicyDocument=document(allow("sns:Publish", "*")), Roles=[{"Ref": "Role"}]
    )
    apart = resource(
        "AWS::IAM::Policy",
        PolicyName="x",
        PolicyDocument=document(allow("kms:Decrypt", "*")),
        Roles=["a", {"Ref": "Role"}],
    )
    role = resource(
        "AWS::IAM::Role",
        AssumeRolePolicyDocument=TRUST,
        ManagedPolicyArns=[{"Ref": "Managed"}, {"Fn::Sub": "arn:${AWS::Partition}:iam::aws:policy/AWSLambdaExecute"}],
        PermissionsBoundary="arn:aws:iam::aws:policy/PowerUserAccess",
    )
    found = account(template(Role=role, Managed=managed, Listed=listed, Apart=apart)).roles[0]
    assert [each.name for each in found.policies] == ["Apart", "Listed", "Managed", "AWSLambdaExecute"]
    assert found.policies[-1].is_aws_managed
    assert found.boundary.name == "PowerUserAccess"


def test_a_managed_policy_that_nobody_knows_is_a_gap_that_fails_no_run():
    role = resource("AWS::IAM::Role", AssumeRolePolicyDocument=TRUST, ManagedPolicyArns=[{"Ref": "Given"}])
    (gap,) = account(template(Role=role)).gaps
    assert (gap.kind, gap.subject.name) == (NotEvaluatedKind.UNDECIDABLE, "Role")
    assert "${Given}" in gap.what
    assert gap.policies_unknown


def test_a_boundary_that_nobody_knows_hides_no_policy_that_allows():
    role = resource("AWS::IAM::Role", AssumeRolePolicyDocument=TRUST, PermissionsBoundary={"Ref": "Given"})
    (gap,) = account(template(Role=role)).gaps
    assert not gap.policies_unknown


def test_a_statement_whose_action_is_not_known_is_left_out_and_told():
    unknown = allow({"Ref": "Action"}, "*")
    policy = {"PolicyName": "p", "PolicyDocument": document(unknown, allow("s3:GetObject", {"Ref": "Anything"}))}
    found = account(template(Role=resource("AWS::IAM::Role", AssumeRolePolicyDocument=TRUST, Policies=[policy])))
    assert statements(found.roles[0].policies[0]) == [allow("s3:GetObject", "${Anything}")]
    (gap,) = found.gaps
    assert gap.kind is NotEvaluatedKind.UNDECIDABLE


def test_a_malformed_document_is_a_gap_that_fails_the_run():
    policy = {"PolicyName": "p", "PolicyDocument": document(allow("GetObject", "*"))}
    found = account(template(Role=resource("AWS::IAM::Role", AssumeRolePolicyDocument=TRUST, Policies=[policy])))
    assert found.roles[0].policies[0].policy is None
    assert [gap.kind for gap in found.gaps] == [NotEvaluatedKind.FAILED]


def test_what_is_wrong_with_a_malformed_document_is_one_line():
    policy = {"PolicyName": "p", "PolicyDocument": {**document(allow("s3:GetObject", "*")), "Version": "2012-99-17"}}
    found = account(template(Role=resource("AWS::IAM::Role", AssumeRolePolicyDocument=TRUST, Policies=[policy])))
    (gap,) = found.gaps
    assert gap.reason.endswith("`2012-99-17` is not a valid policy version")


def test_a_function_whose_role_is_elsewhere_is_a_gap():
    found = account(template(Exif=resource("AWS::Lambda::Function", Role={"Ref": "RoleArn"})))
    assert found.functions == ()
    assert [(gap.kind, gap.subject.name) for gap in found.gaps] == [(NotEvaluatedKind.UNDECIDABLE, "Exif")]


def test_what_stands_beside_a_function_belongs_to_it():
    found = account(
        template(
            Role=ROLE,
            Exif=FUNCTION,
            Jobs=resource("AWS::SQS::Queue", QueueName="jobs"),
            Live=resource("AWS::Lambda::Alias", FunctionName={"Ref": "Exif"}, Name="live"),
            Map=resource("AWS::Lambda::EventSourceMapping", FunctionName=arn("Exif"), EventSourceArn=arn("Jobs")),
            Url=resource("AWS::Lambda::Url", TargetFunctionArn={"Ref": "Live"}, AuthType="NONE"),
            Config=resource(
                "AWS::Lambda::EventInvokeConfig",
                FunctionName="exif",
                DestinationConfig={"OnFailure": {"Destination": arn("Jobs")}},
            ),
            Invoke=resource(
                "AWS::Lambda::Permission",
                FunctionName={"Ref": "Exif"},
                Action="lambda:InvokeFunction",
                Principal="s3.amazonaws.com",
                SourceArn="arn:aws:s3:::images",
            ),
        )
    )
    (function,) = found.functions
    queue = f"arn:${{AWS::Partition}}:sqs:{HERE}:jobs"
    assert [each.arn for each in function.event_sources] == [queue]
    assert function.on_failure == queue
    assert [each.auth_type for each in function.urls] == ["NONE"]
    (statement,) = function.permissions[0].policy.policy.statements
    assert statement.resources.values == (function.arn,)
    assert statement.conditions[0].values == ("arn:aws:s3:::images",)


@pytest.mark.parametrize(
    "named",
    [
        "exif",
        "exif:live",
        "function:exif",
        "123456789012:function:exif:live",
        "arn:aws:lambda:eu-west-1:123456789012:function:exif",
        "arn:aws:lambda:eu-west-1:123456789012:function:exif:live",
        {"Ref": "Exif"},
        {"Fn::Sub": "${Exif}:live"},
        {"Fn::Sub": "${Exif.Arn}:live"},
        {"Fn::Sub": "${AWS::AccountId}:function:${Exif}"},
    ],
)
def test_a_permission_belongs_to_its_function_in_each_way_that_lambda_names_it(named):
    permission = resource(
        "AWS::Lambda::Permission", FunctionName=named, Action="lambda:InvokeFunction", Principal="123456789012"
    )
    (function,) = account(template(Role=ROLE, Exif=FUNCTION, Invoke=permission)).functions
    assert len(function.permissions) == 1


def test_a_functions_settings_are_read_without_the_values_of_its_variables():
    settings_ = {
        "Environment": {"Variables": {"B": "hunter2", "A": "x"}},
        "TracingConfig": {"Mode": "Active"},
        "VpcConfig": {"SubnetIds": {"Ref": "Subnets"}},
        "KmsKeyArn": "arn:aws:kms:eu-west-1:123456789012:key/x",
        "LoggingConfig": {"LogGroup": "/exif"},
        "DeadLetterConfig": {"TargetArn": "arn:aws:sqs:eu-west-1:123456789012:dead"},
    }
    found = account(template(Role=ROLE, Exif=resource("AWS::Lambda::Function", Role=arn("Role"), **settings_)))
    (function,) = found.functions
    assert (function.environment, function.tracing, function.in_vpc) == (("A", "B"), True, True)
    assert (function.log_group, function.dead_letter[-4:]) == ("/exif", "dead")
    assert "hunter2" not in repr(found)


def test_a_durable_function_is_read_with_its_key():
    key = "arn:aws:kms:eu-west-1:123456789012:key/x"
    durable = {"ExecutionTimeout": 60, "KMSKeyArn": key}
    found = account(
        template(
            Role=ROLE, Exif=resource("AWS::Lambda::Function", Role=arn("Role"), DurableConfig=durable), Plain=FUNCTION
        )
    )
    assert [(each.durable, each.durable_key) for each in found.functions] == [(True, key), (False, None)]


# SAM

MQ = "arn:aws:mq:eu-west-1:123456789012:broker"
DOCUMENTS = "arn:aws:rds:eu-west-1:123456789012:cluster:docs"


def secret(*kinds):
    uri = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:s-abcdef"
    return {"SourceAccessConfigurations": [{"Type": kind, "URI": uri} for kind in kinds]}


GLOBALS = {"Function": {"Runtime": "python3.13", "Handler": "a.b", "CodeUri": "s3://a/b", "Tracing": "Active"}}
SAM = {
    "Transform": "AWS::Serverless-2016-10-31",
    "Globals": GLOBALS,
    "Resources": {
        "Images": resource("AWS::S3::Bucket"),
        "Jobs": resource("AWS::SQS::Queue"),
        "Table": resource("AWS::DynamoDB::Table", TableName="exif"),
        "Exif": resource(
            "AWS::Serverless::Function",
            VpcConfig={"SubnetIds": ["subnet-1"], "SecurityGroupIds": ["sg-1"]},
            DeadLetterQueue={"Type": "SNS", "TargetArn": "arn:aws:sns:eu-west-1:123456789012:dead"},
            Policies=[
                "AWSLambdaExecute",
                "arn:aws:iam::aws:policy/AmazonS3FullAccess",
                {"DynamoDBCrudPolicy": {"TableName": {"Ref": "Table"}}},
                {"S3ReadPolicy": {"BucketName": {"Ref": "Images"}}},
                document(allow("sqs:SendMessage", arn("Jobs"))),
            ],
            EventInvokeConfig={
                "DestinationConfig": {
                    "OnSuccess": {"Type": "SQS", "Destination": arn("Jobs")},
                    "OnFailure": {"Type": "S3Bucket", "Destination": arn("Images")},
                }
            },
            FunctionUrlConfig={"AuthType": "NONE"},
            DurableConfig={"ExecutionTimeout": 60},
            Events={
                "Upload": {"Type": "S3", "Properties": {"Bucket": {"Ref": "Images"}, "Events": "s3:ObjectCreated:*"}},
                "Work": {"Type": "SQS", "Properties": {"Queue": arn("Jobs")}},
                "Daily": {"Type": "Schedule", "Properties": {"Schedule": "rate(1 day)"}},
                "Broker": {
                    "Type": "MQ",
                    "Properties": {"Broker": f"{MQ}:x:b-1", "Queues": ["q"], **secret("BASIC_AUTH")},
                },
                "Own": {
                    "Type": "MQ",
                    "Properties": {
                        "Broker": f"{MQ}:y:b-2",
                        "Queues": ["q"],
                        "DynamicPolicyName": True,
                        "SecretsManagerKmsKeyId": "1234",
                        **secret("BASIC_AUTH"),
                    },
                },
                "Docs": {
                    "Type": "DocumentDB",
                    "Properties": {"Cluster": DOCUMENTS, "DatabaseName": "d", **secret("BASIC_AUTH")},
                },
                "Servers": {
                    "Type": "SelfManagedKafka",
                    "Properties": {
                        "KafkaBootstrapServers": ["a.example:9092"],
                        "Topics": ["t"],
                        **secret(
                            "VPC_SUBNET", "VPC_SECURITY_GROUP", "SASL_SCRAM_512_AUTH", "SERVER_ROOT_CA_CERTIFICATE"
                        ),
                    },
                },
                "Open": {
                    "Type": "SelfManagedKafka",
                    "Properties": {"KafkaBootstrapServers": ["b.example:9092"], "Topics": ["t"], **secret("IAM_AUTH")},
                },
                "Queued": {
                    "Type": "SNS",
                    "Properties": {"Topic": "arn:aws:sns:eu-west-1:123456789012:told", "SqsSubscription": True},
                },
                "Between": {
                    "Type": "SNS",
                    "Properties": {
                        "Topic": "arn:aws:sns:eu-west-1:123456789012:told",
                        "SqsSubscription": {"QueueArn": arn("Jobs"), "QueueUrl": {"Ref": "Jobs"}},
                    },
                },
                "Told": {"Type": "SNS", "Properties": {"Topic": "arn:aws:sns:eu-west-1:123456789012:told"}},
                "Get": {"Type": "Api", "Properties": {"Path": "/images/{id}", "Method": "get"}},
                "Any": {"Type": "HttpApi", "Properties": {"Path": "/x/", "Method": "any"}},
                "Logs": {"Type": "CloudWatchLogs", "Properties": {"LogGroupName": "/a", "FilterPattern": ""}},
                "Thing": {"Type": "IoTRule", "Properties": {"Sql": "SELECT 1"}},
                "Rule": {"Type": "EventBridgeRule", "Properties": {"Pattern": {"source": ["x"]}}},
                "Skill": {"Type": "AlexaSkill", "Properties": {"SkillId": "amzn1.ask.skill.x"}},
            },
        ),
    },
}


@pytest.fixture(scope="module")
def translated():
    """The template as AWS's translator makes it, read as a template of CloudFormation's."""
    return account(translate(SAM))


def meaning(policy):
    said = [
        each | {"Action": [each["Action"]] if isinstance(each["Action"], str) else each["Action"]}
        for each in statements(policy)
    ]
    text = json.dumps(sorted(json.dumps(each, sort_keys=True).lower() for each in said))
    return text.replace("${aws::partition}", "aws").replace("${aws::region}", "eu-west-1")


def test_sams_role_has_the_policies_that_the_translator_writes(translated):
    ours, theirs = role_of(account(SAM), "ExifRole"), role_of(translated, "ExifRole")
    assert {each.arn for each in ours.policies if each.arn} == {each.arn for each in theirs.policies if each.arn}
    inline = [[meaning(each) for each in role.policies if each.arn is None] for role in (ours, theirs)]
    assert sorted(inline[0]) == sorted(inline[1])
    assert meaning(ours.trust).replace("[", "").replace("]", "") == meaning(theirs.trust).replace("[", "").replace(
        "]", ""
    )


def test_sams_function_has_the_event_sources_and_settings_that_the_translator_writes(translated):
    (ours,), (theirs,) = account(SAM).functions, translated.functions
    assert sorted(each.arn for each in ours.event_sources) == sorted(each.arn for each in theirs.event_sources)
    for name in (
        "in_vpc",
        "tracing",
        "dead_letter",
        "on_success",
        "on_failure",
        "durable",
        "runtime",
        "role_arn",
        "urls",
    ):
        assert getattr(ours, name) == getattr(theirs, name)


def test_sams_function_may_be_invoked_by_whom_the_translator_permits(translated):
    def permitted(found):
        policy = found.functions[0].permissions[0].policy
        return sorted(
            json.dumps({key: of for key, of in each.items() if key not in ("Sid", "Resource")}, sort_keys=True)
            .replace("${AWS::Partition}", "aws")
            .replace("true", "True")
            for each in statements(policy)
        )

    assert permitted(account(SAM)) == permitted(translated)


def test_a_function_with_a_role_of_its_own_is_given_none():
    data = {
        "Transform": "AWS::Serverless-2016-10-31",
        "Resources": {"Role": ROLE, "Exif": resource("AWS::Serverless::Function", Role=arn("Role"))},
    }
    found = account(data)
    assert [role.name for role in found.roles] == ["Role"]
    assert found.functions[0].role_arn == found.roles[0].arn


@pytest.mark.parametrize(
    "given_",
    [
        {"Policies": [{"NoSuchPolicy": {}}]},
        {"Events": {"X": {"Type": "Unheard"}}},
        {"Events": {"X": {"Type": "MQ", "Properties": {"Broker": "arn:aws:mq:eu-west-1:123456789012:broker:x:y"}}}},
        {
            "Events": {
                "X": {
                    "Type": "SelfManagedKafka",
                    "Properties": {
                        "KafkaBootstrapServers": ["a.example:9092"],
                        "Topics": ["t"],
                        "SchemaRegistryConfig": {"SchemaRegistryURI": "https://registry.example"},
                        **secret("BASIC_AUTH"),
                    },
                }
            }
        },
        {"EventInvokeConfig": {"DestinationConfig": {"OnFailure": {"Type": "Lambda"}}}},
        {"FunctionUrlConfig": {"AuthType": {"Ref": "Authentication"}}},
    ],
)
def test_what_sam_makes_of_something_unknown_is_a_gap_that_fails_no_run(given_):
    data = {
        "Transform": "AWS::Serverless-2016-10-31",
        "Resources": {"Exif": resource("AWS::Serverless::Function", **given_)},
    }
    assert {gap.kind for gap in account(data).gaps} == {NotEvaluatedKind.UNDECIDABLE}


def test_the_table_of_policy_templates_is_that_of_the_translator():
    assert {name: sam_policy_document(name, {})["Statement"] for name in sam_policies()} == sam_policies()
    assert sam_policy_document("NoSuchPolicy", {}) is None


# Terraform

CONFIGURATION = """
resource "aws_iam_role" "exif" {
  name               = "exif-role"
  assume_role_policy = data.aws_iam_policy_document.trust.json
  inline_policy {
    name   = "inline"
    policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "s3:*", Resource = "*" }] })
  }
}
data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["lambda.amazonaws.com"]
    }
  }
}
data "aws_iam_policy_document" "writes" {
  statement {
    actions   = ["dynamodb:PutItem"]
    resources = [aws_dynamodb_table.exif.arn]
  }
}
resource "aws_dynamodb_table" "exif" {
  name = "exifDataTable"
}
resource "aws_iam_role_policy" "own" {
  role   = aws_iam_role.exif.id
  policy = data.aws_iam_policy_document.writes.json
}
resource "aws_iam_policy" "managed" {
  name   = "managed"
  policy = data.aws_iam_policy_document.writes.json
}
resource "aws_iam_role_policy_attachment" "managed" {
  role       = aws_iam_role.exif.name
  policy_arn = aws_iam_policy.managed.arn
}
resource "aws_iam_role_policy_attachment" "execute" {
  role       = aws_iam_role.exif.name
  policy_arn = "arn:aws:iam::aws:policy/AWSLambdaExecute"
}
resource "aws_sqs_queue" "jobs" {
  name = "jobs"
}
resource "aws_lambda_function" "exif" {
  function_name = "exif"
  role          = aws_iam_role.exif.arn
  environment {
    variables = { TABLE = "hunter2" }
  }
  tracing_config {
    mode = "Active"
  }
  durable_config {
    execution_timeout = 60
    kms_key_arn       = "arn:aws:kms:eu-west-1:123456789012:key/x"
  }
}
resource "aws_lambda_event_source_mapping" "jobs" {
  function_name    = aws_lambda_function.exif.arn
  event_source_arn = aws_sqs_queue.jobs.arn
}
resource "aws_lambda_function_url" "exif" {
  function_name      = aws_lambda_function.exif.function_name
  authorization_type = "NONE"
}
resource "aws_lambda_permission" "s3" {
  function_name = aws_lambda_function.exif.function_name
  action        = "lambda:InvokeFunction"
  principal     = "s3.amazonaws.com"
}
"""


def test_a_configuration_of_terraform_is_an_account():
    found = account(CONFIGURATION, "main.tf")
    (role,), (function,) = found.roles, found.functions
    assert (role.name, role.trust.policy is not None, found.gaps) == ("exif-role", True, ())
    assert [each.name for each in role.policies] == ["inline", "own", "managed", "AWSLambdaExecute"]
    assert statements(role.policies[1])[0]["Resource"] == [
        f"arn:${{AWS::Partition}}:dynamodb:{HERE}:table/exifDataTable"
    ]
    assert (function.name, function.role_arn, function.tracing) == ("exif", role.arn, True)
    assert (function.environment, [each.auth_type for each in function.urls]) == (("TABLE",), ["NONE"])
    assert (function.durable, function.durable_key) == (True, "arn:aws:kms:eu-west-1:123456789012:key/x")
    assert [each.arn for each in function.event_sources] == [f"arn:${{AWS::Partition}}:sqs:{HERE}:jobs"]
    assert function.permissions[0].policy.policy.statements[0].resources.values == (function.arn,)
    assert "hunter2" not in repr(found)


_TWO_ALIASES = "".join(
    f"""
resource "aws_lambda_function_event_invoke_config" "{alias}" {{
  function_name = aws_lambda_function.exif.function_name
  qualifier     = "{alias}"
  destination_config {{
    on_failure {{
      destination = "arn:aws:sqs:eu-west-1:123456789012:{alias}"
    }}
  }}
}}
"""
    for alias in ("live", "beta")
)


def _invoked(alias):
    destination = {"OnFailure": {"Destination": f"arn:aws:sqs:eu-west-1:123456789012:{alias}"}}
    return resource(
        "AWS::Lambda::EventInvokeConfig", FunctionName={"Ref": "Exif"}, Qualifier=alias, DestinationConfig=destination
    )


@pytest.mark.parametrize(
    "document",
    [
        (template(Role=ROLE, Exif=FUNCTION, Live=_invoked("live"), Beta=_invoked("beta")),),
        (CONFIGURATION + _TWO_ALIASES, "main.tf"),
    ],
    ids=["CloudFormation", "Terraform"],
)
def test_destinations_of_a_second_alias_are_reported_as_not_evaluated(document):
    found = account(*document)
    (function,) = found.functions
    assert function.on_failure == "arn:aws:sqs:eu-west-1:123456789012:live"
    (gap,) = found.gaps
    assert "`arn:aws:sqs:eu-west-1:123456789012:beta`" in gap.what
    assert gap.kind is NotEvaluatedKind.UNDECIDABLE


def planned(kind, name, values, **written):
    address = f"{kind}.{name}"
    expressions = {key: {"references": [of, of.rpartition(".")[0]]} for key, of in written.items()}
    return (
        {"address": address, "mode": "managed", "type": kind, "name": name, "values": values},
        {"address": address, "mode": "managed", "type": kind, "name": name, "expressions": expressions},
    )


def plan(*resources, module=None):
    planned_, written = ([each[at] for each in resources] for at in (0, 1))
    values, configured = {"resources": planned_}, {"resources": written}
    if module:
        for each in planned_:
            each["address"] = f"module.{module}.{each['address']}"
        values = {"child_modules": [{"address": f"module.{module}", **values}]}
        configured = {"module_calls": {module: {"module": configured}}}
    return {
        "format_version": "1.2",
        "terraform_version": "1.14.0",
        "planned_values": {"root_module": values},
        "resource_changes": [],
        "configuration": {"root_module": configured},
    }


PLANNED = (
    planned("aws_iam_role", "exif", {"name": "exif-role", "assume_role_policy": json.dumps(TRUST)}),
    planned("aws_iam_policy", "own", {"name": "own", "policy": json.dumps(document(allow("s3:*", "*")))}),
    planned(
        "aws_iam_role_policy",
        "in",
        {"name": "in", "policy": json.dumps(document(allow("sqs:*", "*")))},
        role="aws_iam_role.exif.id",
    ),
    planned("aws_iam_role_policy_attachment", "a", {"role": "exif-role"}, policy_arn="aws_iam_policy.own.arn"),
    planned("aws_lambda_function", "exif", {"function_name": "exif"}, role="aws_iam_role.exif.arn"),
    planned("aws_sqs_queue", "jobs", {"name": "jobs"}),
    planned(
        "aws_lambda_event_source_mapping",
        "m",
        {},
        function_name="aws_lambda_function.exif.arn",
        event_source_arn="aws_sqs_queue.jobs.arn",
    ),
)


@pytest.mark.parametrize("module", [None, "app"])
def test_what_a_plan_knows_only_after_apply_follows_from_the_configuration(module):
    found = account(plan(*json.loads(json.dumps(PLANNED)), module=module))
    (role,), (function,) = found.roles, found.functions
    assert [each.name for each in role.policies] == ["in", "own"]
    assert (function.name, function.role_arn) == ("exif", role.arn)
    assert [each.arn for each in function.event_sources] == [f"arn:${{AWS::Partition}}:sqs:{HERE}:jobs"]
    assert found.gaps == ()


# As a whole


def test_what_the_deployment_fills_in_is_no_forgotten_placeholder():
    found = audit([account(SAM), account(template(Role=ROLE, Exif=FUNCTION))])
    assert found.role_results
    assert [each.message for each in found.report.findings if each.rule == "placeholder"] == []
    assert [gap for gap in found.report.not_evaluated if gap.kind is NotEvaluatedKind.FAILED] == []


# Whatever is given


@pytest.mark.parametrize(
    ("text", "path", "message"),
    [
        ("", "t.yaml", "empty"),
        ("", "t.json", "empty"),
        ("{}", "t.json", "not a template"),
        ("[]", "t.json", "not a template"),
        ('{"Statement": []}', "t.json", "lint"),
        ('{"RoleDetailList": []}', "t.json", "--input"),
        ("Resources: [", "t.yaml", "t.yaml"),
        ('resource "x" {', "main.tf", "main.tf"),
    ],
)
def test_what_is_no_template_is_an_error_with_a_place(text, path, message):
    with pytest.raises(IamglueError) as raised:
        account(text, path)
    assert message in str(raised.value)
    assert raised.value.location.path == path


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4) | st.just({"Ref": "Exif"}),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(st.sampled_from(["Ref", "Fn::If", "Fn::Sub", "x"]), inner, max_size=2)
    ),
    max_leaves=4,
)


@given(st.data())
def test_a_template_with_anything_anywhere_is_read_or_refused(data):
    base = data.draw(st.sampled_from([SAM, plan(*PLANNED), template(Role=ROLE, Exif=FUNCTION)]))
    tree = json.loads(json.dumps(base))
    change_anywhere(tree, data, VALUES, deepest=8)
    with suppress(IamglueError):
        account(tree)
