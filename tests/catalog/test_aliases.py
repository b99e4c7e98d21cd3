"""The names of other tools: every one of their references is accepted, or answered with the right name first."""

from __future__ import annotations

import inspect
import re
from pathlib import Path
from typing import Any

import botocore.session
import pytest
from support.rows import every_row

from iamglue.catalog.aliases import NameUse, canonical_name, name_choices, nearest_name
from iamglue.catalog.operations import client_prefix
from iamglue.catalog.services import find_service
from iamglue.catalog.tables import table_rows
from iamglue.catalog.triggers import trigger_names
from iamglue.readers.spec.spec_schemas import (
    DESTINATION_OPTIONS,
    ENTRY_OPTIONS,
    SETTINGS_KEYS,
    SPEC_KEYS,
    TRIGGER_OPTIONS,
)

CORPUS = Path(__file__).parents[1] / "corpus"
ROWS = table_rows("aliases")
# Types of services that are closed, or are not in the Service Authorization Reference.
WITHOUT_SERVICE = re.compile("AWS::(CDK|CodeStar|Evidently|IoTThingsGraph|Serverless::(Application|Connector))")
# Their handlers name other services, or misspell theirs.
OTHER_HANDLERS = {
    "AWS::EMR::Step",
    "AWS::EMR::WALWorkspace",
    "AWS::S3ObjectLambda::AccessPoint",
    "AWS::S3ObjectLambda::AccessPointPolicy",
    "AWS::SSMQuickSetup::LifecycleAutomation",
}
# https://www.serverless.com/framework/docs/providers/aws/guide/events, and the names that the framework's code defines.
SERVERLESS_EVENTS = (
    "activemq alb alexaSkill alexaSmartHome cloudFront cloudwatchEvent cloudwatchLog cognitoUserPool eventBridge http "
    "httpApi iot iotFleetProvisioning kafka msk rabbitmq s3 schedule sns sqs stream websocket"
)


def first_name(word: str, use: NameUse) -> str | None:
    """The name that a word is accepted as, or the first that is suggested; "" for a word that has no name."""
    name = canonical_name(word, use)
    if name is not None:
        return name
    choices = name_choices(word, use)
    return choices[0].name if choices else None


def first_service(word: str) -> str:
    return (first_name(word, NameUse.SERVICE) or "").partition("/")[0]


def schema_manager() -> Any:
    """cfn-lint's schemas: imported when they are needed, which takes more than a second."""
    from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

    return PROVIDER_SCHEMA_MANAGER


def cloudformation_types() -> list[str]:
    types = schema_manager().get_resource_types("us-east-1")
    return [name for name in types if name.startswith("AWS::") and not WITHOUT_SERVICE.match(name)]


def test_every_cloudformation_type_leads_to_a_service():
    types = cloudformation_types()
    assert len(types) > 1500
    assert [name for name in types if find_service(first_service(name)) is None] == []


def test_the_service_of_a_cloudformation_type_is_the_one_whose_actions_its_handlers_need():
    wrong = []
    for name in cloudformation_types():
        handlers = schema_manager().get_resource_schema("us-east-1", name).schema.get("handlers") or {}
        prefixes = {action.partition(":")[0].lower() for part in handlers.values() for action in part["permissions"]}
        if prefixes - {"iam", "kms"} and first_service(name) not in prefixes:
            wrong.append(name)
    assert set(wrong) == OTHER_HANDLERS


def test_every_terraform_resource_leads_to_a_service():
    lines = (CORPUS / "terraform_resources.txt").read_text(encoding="utf-8").splitlines()
    names = [line for line in lines if not line.startswith(("#", "aws_evidently_"))]
    assert len(names) > 1500
    assert [name for name in names if find_service(first_service(name)) is None] == []


def test_every_boto3_client_is_a_name_of_its_service():
    session = botocore.session.get_session()
    clients = [name for name in session.get_available_services() if client_prefix(name)]
    assert len(clients) > 400
    # `opensearch` is itself an IAM prefix, of another service than the client.
    wrong = {name for name in clients if canonical_name(name, NameUse.SERVICE) != client_prefix(name)}
    assert wrong == {"opensearch"}
    assert name_choices("opensearch", NameUse.SERVICE)[0].name == "es"


def test_the_client_classes_of_the_sdk_for_javascript_are_names_of_their_services():
    session = botocore.session.get_session()
    lines = (CORPUS / "services.txt").read_text(encoding="utf-8").splitlines()
    wrong = set()
    for client in (line for line in lines if not line.startswith("#")):
        service_id = str(session.get_service_model(client).service_id)
        names = (f"{service_id.replace(' ', '')}Client", f"@aws-sdk/client-{service_id.replace(' ', '-').lower()}")
        if client_prefix(client) and {canonical_name(name, NameUse.SERVICE) for name in names} != {
            client_prefix(client)
        }:
            wrong.add(client)
    assert wrong == set()


def test_every_event_of_sam_is_a_trigger():
    from samtranslator.model.eventsources import cloudwatchlogs, pull, push, scheduler

    modules = (push, pull, scheduler, cloudwatchlogs)
    classes = [kind for module in modules for _, kind in inspect.getmembers(module, inspect.isclass)]
    types = {kind.resource_type for kind in classes if isinstance(getattr(kind, "resource_type", None), str)}
    types = {name for name in types if not name.startswith("AWS::")}
    assert {"SQS", "ScheduleV2", "Api"} <= types
    assert len(types) >= 18
    assert [name for name in types if first_name(name, NameUse.TRIGGER) not in trigger_names()] == []


def test_every_event_of_the_serverless_framework_is_answered():
    names = SERVERLESS_EVENTS.split()
    assert [name for name in names if first_name(name, NameUse.TRIGGER) not in trigger_names()] == []


SOURCES = {
    "alarm": "AWS::CloudWatch::Alarm aws_cloudwatch_metric_alarm CloudWatchAlarm",
    "alexa": "Alexa::ASK::Skill alexaSkill alexaSmartHome skill",
    "apigateway": "AWS::ApiGateway::RestApi AWS::ApiGatewayV2::Api aws_api_gateway_rest_api aws_apigatewayv2_api Api "
    "HttpApi httpApi http websocket api apigw rest-api apigatewayv2 execute-api",
    "appsync": "AWS::AppSync::DataSource aws_appsync_datasource",
    "appsync-authorizer": "AWS::AppSync::GraphQLApi aws_appsync_graphql_api",
    "bedrock": "AWS::Bedrock::Agent aws_bedrockagent_agent bedrock-agent agent",
    "cloudfront": "AWS::CloudFront::Distribution aws_cloudfront_distribution cloudFront lambda-edge",
    "codecommit": "AWS::CodeCommit::Repository aws_codecommit_trigger",
    "codepipeline": "AWS::CodePipeline::Pipeline aws_codepipeline pipeline",
    "cognito-idp": "AWS::Cognito::UserPool aws_cognito_user_pool cognitoUserPool Cognito user-pool",
    "cognito-sync": "AWS::Cognito::IdentityPool aws_cognito_identity_pool",
    "config": "AWS::Config::ConfigRule aws_config_config_rule",
    "connect": "AWS::Connect::Instance aws_connect_lambda_function_association",
    "docdb": "AWS::DocDB::DBCluster aws_docdb_cluster DocumentDB mongodb",
    "dynamodb": "AWS::DynamoDB::Table aws_dynamodb_table DynamoDB dynamodbstreams ddb dynamo stream",
    "elasticloadbalancing": "AWS::ElasticLoadBalancingV2::TargetGroup aws_lb_target_group_attachment alb elbv2",
    "events": "AWS::Events::Rule aws_cloudwatch_event_rule EventBridgeRule CloudWatchEvent cloudwatchEvent eventbridge",
    "firehose": "AWS::KinesisFirehose::DeliveryStream aws_kinesis_firehose_delivery_stream",
    "iot-authorizer": "AWS::IoT::Authorizer aws_iot_authorizer",
    "iot-provisioning": "AWS::IoT::ProvisioningTemplate aws_iot_provisioning_template iotFleetProvisioning",
    "pipes": "AWS::Pipes::Pipe aws_pipes_pipe",
    "transfer": "AWS::Transfer::Server aws_transfer_server",
    "vpc-lattice": "AWS::VpcLattice::TargetGroup aws_vpclattice_target_group",
    "function-url": "AWS::Lambda::Url aws_lambda_function_url FunctionUrlConfig url",
    "iot": "AWS::IoT::TopicRule aws_iot_topic_rule IoTRule",
    "kafka": "AWS::MSK::Cluster aws_msk_cluster MSK msk",
    "kinesis": "AWS::Kinesis::Stream aws_kinesis_stream Kinesis kds",
    "lex": "AWS::Lex::BotAlias aws_lexv2models_bot lexv2-models bot",
    "logs": "AWS::Logs::SubscriptionFilter aws_cloudwatch_log_subscription_filter CloudWatchLogs cloudwatch-logs cwl",
    "mq": "AWS::AmazonMQ::Broker aws_mq_broker MQ activemq rabbitmq amazonmq",
    "s3": "AWS::S3::Bucket aws_s3_bucket_notification S3 bucket",
    "s3-batch": "s3control batch",
    "schedule": "Schedule cron rate timer",
    "scheduler": "AWS::Scheduler::Schedule aws_scheduler_schedule ScheduleV2",
    "secretsmanager": "AWS::SecretsManager::RotationSchedule aws_secretsmanager_secret_rotation rotation secrets",
    "self-managed-kafka": "SelfManagedKafka",
    "ses": "AWS::SES::ReceiptRule aws_ses_receipt_rule sesv2 email",
    "sns": "AWS::SNS::Subscription aws_sns_topic_subscription SNS topic",
    "sqs": "AWS::SQS::Queue aws_sqs_queue SQS queue AWS::Lambda::EventSourceMapping AWS::SQS::QueuePolicy SQSClient",
    "states": "AWS::StepFunctions::StateMachine aws_sfn_state_machine stepfunctions step-functions sfn state-machine",
}


@every_row("trigger, words", SOURCES.items())
def test_a_source_leads_to_its_trigger_first(trigger, words):
    assert {word: first_name(word, NameUse.TRIGGER) for word in words.split()} == dict.fromkeys(words.split(), trigger)


def test_each_trigger_has_names_of_other_tools():
    assert set(SOURCES) == set(trigger_names())


@every_row(
    "word, name",
    [
        ("eventbridge", "events"),
        ("stepfunctions", "states"),
        ("sfn", "states"),
        ("cloudwatch-logs", "logs"),
        ("secrets", "secretsmanager"),
        ("dynamo", "dynamodb"),
        ("AWS::SQS::Queue", "sqs"),
        ("aws_sqs_queue", "sqs"),
        ("AWS::Glue::Table", "glue/table"),
        ("aws_vpc_endpoint", "ec2/vpc-endpoint"),
        ("aws_instance", "ec2/instance"),
        ("S3", "s3"),
        ("stepfunctions/activity", "states/activity"),
        ("AWS::Serverless::Function", "lambda"),
    ],
)
def test_an_exact_synonym_of_a_service_is_accepted(word, name):
    assert canonical_name(word, NameUse.SERVICE) == name


@pytest.mark.parametrize(
    ("word", "names"),
    [
        ("parameter", ["ssm"]),
        ("api", ["execute-api", "apigateway", "lambda"]),
        ("stream", ["kinesis", "firehose", "dynamodb"]),
        ("dlq", ["sqs", "dead_letter", "on_failure"]),
        ("cognito", ["cognito-idp", "cognito-identity", "cognito-sync"]),
        ("AWS::Kinesis::StreamConsumer", ["kinesis"]),
    ],
)
def test_a_word_that_is_no_synonym_is_answered_with_what_it_may_mean(word, names):
    assert canonical_name(word, NameUse.SERVICE) is None
    choices = name_choices(word, NameUse.SERVICE)
    assert [choice.name for choice in choices] == names
    assert all(choice.meaning for choice in choices)


@pytest.mark.parametrize("use", [NameUse.SERVICE, NameUse.TRIGGER])
@pytest.mark.parametrize("word", ["sn", "sms", "alx", "ab4", "q", "stp"])
def test_a_short_word_resembles_no_name(word, use):
    assert nearest_name(word, use) is None


@pytest.mark.parametrize(
    ("word", "name"), [("dyanmodb", "dynamodb"), ("lamda", "lambda"), ("stepfunction", "states"), ("sqss", "sqs")]
)
def test_a_misspelled_word_has_a_nearest_name(word, name):
    assert nearest_name(word, NameUse.SERVICE) == name


def key(word: str) -> str:
    return re.sub("[-_ ]", "", word.lower())


def test_a_synonym_has_one_name():
    exact = [(row["use"], key(row["word"])) for row in ROWS if row["exact"] == "yes" and not row["word"].endswith("*")]
    every = [(row["use"], key(row["word"])) for row in ROWS if not row["word"].endswith("*")]
    assert [word for word in exact if every.count(word) > 1] == []


def test_a_word_has_each_of_its_names_once():
    keys = [(row["use"], key(row["word"]), row["name"]) for row in ROWS]
    assert len(keys) == len(set(keys))


def test_the_names_of_the_table_exist():
    names = {
        NameUse.TRIGGER: set(trigger_names()),
        NameUse.SETTING: set(SETTINGS_KEYS),
        NameUse.OPTION: set(ENTRY_OPTIONS),
        NameUse.TRIGGER_OPTION: set(TRIGGER_OPTIONS),
        NameUse.KEY: set(SPEC_KEYS),
    }
    for row in ROWS:
        use, name = NameUse(row["use"]), row["name"]
        if name == "-":
            assert row["meaning"]
            assert not row["exact"]
        elif use is NameUse.SERVICE:
            prefix, _, kind = name.partition("/")
            service = find_service(prefix)
            others = set(SETTINGS_KEYS) | set(trigger_names())
            assert service is not None or (name in others and not row["exact"]), row
            assert not kind or (service and kind.lower() in service.resource_types), row
        else:
            assert name in names[use], row
        assert row["system"]
        assert row["source"]


def test_no_word_is_an_option():
    options = {key(name) for names in (ENTRY_OPTIONS, TRIGGER_OPTIONS, DESTINATION_OPTIONS) for name in names}
    words = {key(row["word"]) for row in ROWS if row["use"] in (NameUse.SERVICE, NameUse.TRIGGER)}
    assert words & options == set()


@pytest.mark.parametrize(
    ("use", "keys"),
    [(NameUse.OPTION, ENTRY_OPTIONS), (NameUse.TRIGGER_OPTION, TRIGGER_OPTIONS), (NameUse.KEY, SPEC_KEYS)],
)
def test_a_word_for_an_option_or_key_is_not_one_itself(use, keys):
    words = [row["word"] for row in ROWS if row["use"] == use]
    assert len(words) > 20
    assert set(words) & set(keys) == set()
