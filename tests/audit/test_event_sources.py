"""What Lambda needs to read an event source is compared with the role, for every event of SAM that it reads."""

from __future__ import annotations

import json

import pytest
from support.sam import account_of, function, resource, sam_template, translate
from support.sam_corpus import EVENTS, SECRET

from iamglue.audit.run import audit
from iamglue.policy.parsed_policy import ParameterValues
from iamglue.readers.templates.sam_event_sources import SAM_EVENT_SOURCES
from iamglue.readers.templates.template_account import read_template_account

TRUST = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
PARTS = {
    "Queue": resource("AWS::SQS::Queue"),
    "Topic": resource("AWS::SNS::Topic"),
    "Table": resource("AWS::DynamoDB::Table", TableName="orders"),
    "Stream": resource("AWS::Kinesis::Stream", Name="clicks"),
    "Cluster": resource("AWS::MSK::Cluster", ClusterName="clicks"),
    "Broker": resource("AWS::AmazonMQ::Broker", BrokerName="jobs"),
    "Documents": resource("AWS::DocDB::DBCluster"),
    "Login": resource("AWS::SecretsManager::Secret"),
    "Empty": resource("AWS::IAM::Role", AssumeRolePolicyDocument={"Version": "2012-10-17", "Statement": [TRUST]}),
}
# What Lambda calls with the role first of all, and a reference to the source in the template.
SOURCES = {
    "DocumentDB": (
        "rds:DescribeDBClusters",
        "Cluster",
        {"Fn::Sub": "arn:aws:rds:${AWS::Region}:${AWS::AccountId}:cluster:${Documents}"},
    ),
    "DynamoDB": ("dynamodb:DescribeStream", "Stream", {"Fn::GetAtt": ["Table", "StreamArn"]}),
    "Kinesis": ("kinesis:DescribeStream", "Stream", {"Fn::GetAtt": ["Stream", "Arn"]}),
    "MQ": ("mq:DescribeBroker", "Broker", {"Fn::GetAtt": ["Broker", "Arn"]}),
    "MSK": ("kafka:DescribeClusterV2", "Stream", {"Ref": "Cluster"}),
    "SQS": ("sqs:DeleteMessage", "Queue", {"Fn::GetAtt": ["Queue", "Arn"]}),
    "SelfManagedKafka": ("secretsmanager:GetSecretValue", "KafkaBootstrapServers", ["a.example:9092"]),
}
POLLED = [name for name in EVENTS if name.split()[0] in SOURCES or name.startswith("SNS ")]


def template(kind, properties, **more):
    worker = function(Events={"On": {"Type": kind, "Properties": properties}}, **more)
    return sam_template({**PARTS, "Worker": worker}, Parameters={"Source": {"Type": "String"}})


def report(kind, properties, *, own_role=False):
    """The report on a function with one event, in a role that allows nothing or in the one that SAM creates."""
    more = {} if own_role else {"Role": {"Fn::GetAtt": ["Empty", "Arn"]}}
    return audit([account_of(template(kind, properties, **more))]).report


def errors(found):
    return [item for item in found.findings if (item.rule, item.severity.value) == ("missing-access", "error")]


def undecided(found):
    return [item for item in found.not_evaluated if "needs" in item.what or "requires" in item.what]


def test_every_event_of_sam_that_lambda_polls_is_known():
    from samtranslator.model.eventsources import pull

    classes = vars(pull).values()
    polled = {kind.resource_type for kind in classes if isinstance(kind, type) and hasattr(kind, "get_policy_arn")}
    assert set(SOURCES) == set(SAM_EVENT_SOURCES) == polled - {None}


@pytest.mark.parametrize("kind", SOURCES)
def test_the_needs_of_a_source_in_the_template_are_missed_in_an_empty_role(kind):
    action, key, source = SOURCES[kind]
    found = report(kind, EVENTS[kind] | {key: source})
    assert any(f"`{action}`" in item.message for item in errors(found))
    assert undecided(found) == []


@pytest.mark.parametrize("kind", sorted(set(SOURCES) - {"SelfManagedKafka"}))
def test_a_source_that_is_a_parameter_is_missed_or_undecided_in_an_empty_role(kind):
    action, key, _ = SOURCES[kind]
    found = report(kind, EVENTS[kind] | {key: {"Ref": "Source"}})
    assert any(f"`{action}`" in item.message for item in errors(found)) or undecided(found)


@pytest.mark.parametrize("name", POLLED)
def test_the_role_that_sam_creates_lacks_nothing(name):
    found = report(name.split()[0], EVENTS[name], own_role=True)
    assert (errors(found), undecided(found)) == ([], [])


@pytest.mark.parametrize("kind", SOURCES)
def test_the_role_that_sam_creates_for_a_source_in_the_template_lacks_nothing(kind):
    _, key, source = SOURCES[kind]
    found = report(kind, EVENTS[kind] | {key: source}, own_role=True)
    assert (errors(found), undecided(found)) == ([], [])


@pytest.mark.parametrize("name", POLLED)
def test_the_template_that_the_translator_makes_has_the_same_missing_access(name):
    written = template(name.split()[0], EVENTS[name])
    ours, theirs = (audit([account_of(text)]).report for text in (written, translate(written)))
    assert messages(ours) == messages(theirs)


def messages(found):
    texts = sorted(item.message for item in found.findings if item.rule == "missing-access")
    return json.loads(json.dumps(texts).replace("${AWS::Partition}", "aws"))


def test_a_secret_of_the_template_is_read_by_its_name():
    access = {"SourceAccessConfigurations": [{"Type": "BASIC_AUTH", "URI": {"Ref": "Login"}}]}
    found = report("MQ", EVENTS["MQ"] | access, own_role=True)
    assert (errors(found), undecided(found)) == ([], [])


def test_each_secret_of_a_kafka_cluster_is_needed():
    kinds = [("SASL_SCRAM_512_AUTH", SECRET), ("SERVER_ROOT_CA_CERTIFICATE", SECRET.replace(":s-", ":ca-"))]
    access = {"SourceAccessConfigurations": [{"Type": kind, "URI": uri} for kind, uri in kinds]}
    texts = " ".join(item.message for item in errors(report("SelfManagedKafka", EVENTS["SelfManagedKafka"] | access)))
    assert ":secret:s-" in texts
    assert ":secret:ca-" in texts


def test_a_mapping_whose_source_is_not_known_is_undecided():
    mapping = resource(
        "AWS::Lambda::EventSourceMapping", FunctionName={"Ref": "Worker"}, EventSourceArn={"Ref": "Source"}
    )
    worker = function(Role={"Fn::GetAtt": ["Empty", "Arn"]})
    text = sam_template({**PARTS, "Worker": worker, "Map": mapping}, Parameters={"Source": {"Type": "String"}})
    found = audit([account_of(text)]).report
    assert ["the mapping of `${Source}`" in item.what for item in undecided(found)] == [True]


@pytest.mark.parametrize(
    ("property_name", "value", "action"),
    [
        ("Topics", ["t"], "kafka:GetBootstrapBrokers"),
        ("Queues", ["q"], "ec2:CreateNetworkInterface"),
        ("DocumentDBEventSourceConfig", {"DatabaseName": "d"}, "rds:DescribeDBClusterParameters"),
    ],
)
def test_the_properties_of_a_mapping_tell_the_service_of_a_source_that_is_a_parameter(property_name, value, action):
    mapping = resource(
        "AWS::Lambda::EventSourceMapping",
        FunctionName={"Ref": "Worker"},
        EventSourceArn={"Ref": "Source"},
        **{property_name: value},
    )
    worker = function(Role={"Fn::GetAtt": ["Empty", "Arn"]})
    text = sam_template({**PARTS, "Worker": worker, "Map": mapping}, Parameters={"Source": {"Type": "String"}})
    found = audit([account_of(text)]).report
    assert any(f"`{action}`" in item.message for item in found.findings if item.rule == "missing-access")


def test_a_source_that_is_no_arn_is_undecided():
    mapping = resource("AWS::Lambda::EventSourceMapping", FunctionName={"Ref": "Worker"}, EventSourceArn="jobs")
    worker = function(Role={"Fn::GetAtt": ["Empty", "Arn"]})
    found = audit([account_of(sam_template({**PARTS, "Worker": worker, "Map": mapping}))]).report
    assert ["the mapping of `jobs`" in item.what for item in undecided(found)] == [True]


def of_cluster(kind, **properties):
    """The severities of missing access to topics, for a cluster of the template and the role that SAM creates."""
    cluster = resource(kind, ClusterName="clicks", **properties)
    events = {"On": {"Type": "MSK", "Properties": EVENTS["MSK"] | {"Stream": {"Ref": "Own"}}}}
    found = audit([account_of(sam_template({"Own": cluster, "Worker": function(Events=events)}))]).report
    return {item.severity.value for item in found.findings if "`kafka-cluster:Connect`" in item.message}


def test_access_to_topics_is_required_as_the_cluster_of_the_template_authenticates():
    iam, scram = {"Iam": {"Enabled": True}}, {"Scram": {"Enabled": True}}
    assert of_cluster("AWS::MSK::Cluster") == {"warning"}
    assert of_cluster("AWS::MSK::Cluster", ClientAuthentication={"Sasl": iam}) == {"error"}
    assert of_cluster("AWS::MSK::ServerlessCluster", ClientAuthentication={"Sasl": iam}) == {"error"}
    assert of_cluster("AWS::MSK::Cluster", ClientAuthentication={"Sasl": scram}) == set()


@pytest.mark.parametrize(
    "authentication",
    [{"Ref": "Source"}, {"Sasl": {"Ref": "Source"}}, {"Sasl": {"Iam": {"Enabled": {"Ref": "Source"}}}}],
)
def test_an_authentication_that_is_not_known_leaves_open_whether_topics_are_required(authentication):
    assert of_cluster("AWS::MSK::Cluster", ClientAuthentication=authentication) == {"warning"}


TERRAFORM = """
resource "aws_iam_role" "empty" {
  name = "empty"
  assume_role_policy = jsonencode({Version = "2012-10-17", Statement = []})
}
resource "aws_sqs_queue" "jobs" { name = "jobs" }
variable "source" {}
resource "aws_lambda_function" "worker" {
  function_name = "worker"
  role = aws_iam_role.empty.arn
}
resource "aws_lambda_event_source_mapping" "source" {
  function_name = aws_lambda_function.worker.arn
  %s
}
"""


@pytest.mark.parametrize(
    ("arguments", "action"),
    [
        ("event_source_arn = aws_sqs_queue.jobs.arn", "sqs:DeleteMessage"),
        ('event_source_arn = var.source\n  topics = ["t"]', "kafka:GetBootstrapBrokers"),
        (
            'event_source_arn = var.source\n  document_db_event_source_config { database_name = "d" }',
            "rds:DescribeDBClusterParameters",
        ),
    ],
)
def test_a_mapping_of_terraform_is_compared_with_the_role(arguments, action):
    account = read_template_account("main.tf", TERRAFORM % arguments, ParameterValues())
    assert any(f"`{action}`" in item.message for item in errors(audit([account]).report))


def test_a_mapping_of_terraform_whose_service_is_not_known_is_undecided():
    account = read_template_account("main.tf", TERRAFORM % "event_source_arn = var.source", ParameterValues())
    found = audit([account]).report
    assert (errors(found), ["the mapping of" in item.what for item in undecided(found)]) == ([], [True])
