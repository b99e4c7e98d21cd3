"""SAM templates as people write them, small and of our own, in the style of AWS's documentation."""

from __future__ import annotations

from typing import Any

from support.sam import CODE, function, resource, sam_template

from iamglue.catalog.maintain.refresh_sam import sam_connector_grants
from iamglue.catalog.sam_policy_templates import sam_policy_names, sam_policy_parameters

Template = dict[str, Any]
ACCOUNT = "eu-west-1:123456789012"


def ref(name: str) -> dict[str, str]:
    return {"Ref": name}


def arn(name: str) -> dict[str, list[str]]:
    return {"Fn::GetAtt": [name, "Arn"]}


def document(*actions: str, resource: Any = "*", version: str | None = "2012-10-17") -> dict[str, Any]:
    statement = {"Effect": "Allow", "Action": list(actions), "Resource": resource}
    return ({"Version": version} if version else {}) | {"Statement": [statement]}


SECRET = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:s-abcdef"
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "edgelambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    ],
}
ROLE = resource("AWS::IAM::Role", AssumeRolePolicyDocument=TRUST)
SHARED = {
    "Bucket": resource("AWS::S3::Bucket"),
    "Queue": resource("AWS::SQS::Queue"),
    "Topic": resource("AWS::SNS::Topic"),
    "Table": resource("AWS::DynamoDB::Table", TableName="orders"),
    "Stream": resource("AWS::Kinesis::Stream", Name="clicks"),
    "Pool": resource("AWS::Cognito::UserPool"),
    "Bus": resource("AWS::Events::EventBus", Name="orders"),
    "Role": ROLE,
}
CONDITIONS = {"IsProduction": {"Fn::Equals": [{"Ref": "AWS::Region"}, "eu-west-1"]}}


def access(*kinds: str) -> dict[str, Any]:
    return {"SourceAccessConfigurations": [{"Type": kind, "URI": SECRET} for kind in kinds]}


def with_function(**properties: Any) -> Template:
    return sam_template({**SHARED, "Worker": function(**properties)}, Conditions=CONDITIONS)


def with_event(kind: str, **properties: Any) -> Template:
    return with_function(Events={"On": {"Type": kind, "Properties": properties}})


def with_machine(**properties: Any) -> Template:
    machine = resource("AWS::Serverless::StateMachine", DefinitionUri="s3://code/machine.json", **properties)
    return sam_template({**SHARED, "Flow": machine}, Conditions=CONDITIONS)


def with_machine_event(kind: str, **properties: Any) -> Template:
    return with_machine(Policies=["AWSLambdaRole"], Events={"On": {"Type": kind, "Properties": properties}})


def policy_template(name: str) -> dict[str, Any]:
    return {
        name: {
            parameter: {"Ref": "Table"} if parameter == "TableName" else f"my-{parameter.lower()}"
            for parameter in sam_policy_parameters(name) or ()
        }
    }


EVENTS: dict[str, dict[str, Any]] = {
    "AlexaSkill": {"SkillId": "amzn1.ask.skill.x"},
    "AlexaSkill any": {},
    "Api": {"Path": "/orders/{id}", "Method": "get"},
    "Api any": {"Path": "/{proxy+}", "Method": "ANY"},
    "Api root": {"Path": "/", "Method": "post"},
    "CloudWatchEvent": {"Pattern": {"source": ["aws.ec2"]}},
    "CloudWatchEvent bus": {"Pattern": {"source": ["a"]}, "EventBusName": {"Ref": "Bus"}},
    "CloudWatchLogs": {"LogGroupName": "/app", "FilterPattern": ""},
    "Cognito": {"UserPool": {"Ref": "Pool"}, "Trigger": "PreSignUp"},
    "DocumentDB": {"Cluster": f"arn:aws:rds:{ACCOUNT}:cluster:docs", "DatabaseName": "d", **access("BASIC_AUTH")},
    "DynamoDB": {"Stream": {"Fn::GetAtt": ["Table", "StreamArn"]}, "StartingPosition": "LATEST"},
    "DynamoDB failure": {
        "Stream": {"Fn::GetAtt": ["Table", "StreamArn"]},
        "StartingPosition": "LATEST",
        "DestinationConfig": {"OnFailure": {"Type": "SQS", "Destination": arn("Queue")}},
    },
    "EventBridgeRule": {"Pattern": {"source": ["orders"]}},
    "EventBridgeRule queue": {"Pattern": {"source": ["orders"]}, "DeadLetterConfig": {"Type": "SQS"}},
    "HttpApi": {"Path": "/orders", "Method": "GET"},
    "HttpApi default": {},
    "IoTRule": {"Sql": "SELECT * FROM 'topic'"},
    "Kinesis": {"Stream": arn("Stream"), "StartingPosition": "LATEST"},
    "MQ": {"Broker": f"arn:aws:mq:{ACCOUNT}:broker:x:y", "Queues": ["q"], **access("BASIC_AUTH")},
    "MQ key": {
        "Broker": f"arn:aws:mq:{ACCOUNT}:broker:x:y",
        "Queues": ["q"],
        "SecretsManagerKmsKeyId": "1234",
        **access("BASIC_AUTH"),
    },
    "MSK": {"Stream": f"arn:aws:kafka:{ACCOUNT}:cluster/x/y", "StartingPosition": "LATEST", "Topics": ["t"]},
    "S3": {"Bucket": {"Ref": "Bucket"}, "Events": "s3:ObjectCreated:*"},
    "SNS": {"Topic": {"Ref": "Topic"}},
    "SNS queue": {"Topic": {"Ref": "Topic"}, "SqsSubscription": True},
    "SNS own queue": {
        "Topic": {"Ref": "Topic"},
        "SqsSubscription": {"QueueArn": arn("Queue"), "QueueUrl": {"Ref": "Queue"}},
    },
    "SQS": {"Queue": arn("Queue")},
    "SQS function": {"Queue": arn("Queue"), "FunctionResponseTypes": ["ReportBatchItemFailures"]},
    "Schedule": {"Schedule": "rate(1 day)"},
    "ScheduleV2": {"ScheduleExpression": "rate(1 day)"},
    "ScheduleV2 queue": {"ScheduleExpression": "rate(1 day)", "DeadLetterConfig": {"Arn": arn("Queue")}},
    "ScheduleV2 new queue": {"ScheduleExpression": "rate(1 day)", "DeadLetterConfig": {"Type": "SQS"}},
    "ScheduleV2 role": {"ScheduleExpression": "rate(1 day)", "RoleArn": arn("Role")},
    "ScheduleV2 boundary": {
        "ScheduleExpression": "rate(1 day)",
        "PermissionsBoundary": "arn:aws:iam::aws:policy/PowerUserAccess",
    },
    "SelfManagedKafka": {
        "KafkaBootstrapServers": ["a.example:9092"],
        "Topics": ["t"],
        **access("SASL_SCRAM_512_AUTH", "VPC_SUBNET", "VPC_SECURITY_GROUP"),
    },
}
MACHINE_EVENTS: dict[str, dict[str, Any]] = {
    "Schedule": {"Schedule": "rate(1 day)"},
    "Schedule role": {"Schedule": "rate(1 day)", "RoleArn": "arn:aws:iam::123456789012:role/starts"},
    "ScheduleV2": {"ScheduleExpression": "rate(1 day)"},
    "ScheduleV2 queue": {"ScheduleExpression": "rate(1 day)", "DeadLetterConfig": {"Arn": arn("Queue")}},
    "CloudWatchEvent": {"Pattern": {"source": ["aws.ec2"]}},
    "EventBridgeRule": {"Pattern": {"source": ["orders"]}, "EventBusName": {"Ref": "Bus"}},
    "Api": {"Path": "/start", "Method": "post"},
}


def destinations(kind: str, target: Any) -> dict[str, Any]:
    named = {"Destination": target} if target else {}
    return {"EventInvokeConfig": {"DestinationConfig": {"OnSuccess": {"Type": kind, **named}}}}


FUNCTIONS: dict[str, dict[str, Any]] = {
    "nothing": {},
    "tracing": {"Tracing": "Active"},
    "no tracing": {"Tracing": "Disabled"},
    "vpc": {"VpcConfig": {"SubnetIds": ["subnet-1"], "SecurityGroupIds": ["sg-1"]}},
    "durable": {"DurableConfig": {"ExecutionTimeout": 60}},
    "role": {"Role": arn("Role")},
    "role of a condition": {"Role": {"Fn::If": ["IsProduction", arn("Role"), {"Ref": "AWS::NoValue"}]}},
    "role path": {"RolePath": "/apps/"},
    "boundary": {"PermissionsBoundary": "arn:aws:iam::aws:policy/PowerUserAccess"},
    "trust": {"AssumeRolePolicyDocument": TRUST},
    "tags": {"Tags": {"team": "orders"}},
    "dead letters of a queue": {"DeadLetterQueue": {"Type": "SQS", "TargetArn": arn("Queue")}},
    "dead letters of a topic": {"DeadLetterQueue": {"Type": "SNS", "TargetArn": ref("Topic")}},
    "url of everyone": {"FunctionUrlConfig": {"AuthType": "NONE"}},
    "url with authentication": {"FunctionUrlConfig": {"AuthType": "AWS_IAM"}},
    "success to a queue": destinations("SQS", arn("Queue")),
    "success to a topic": destinations("SNS", ref("Topic")),
    "success to a queue that SAM creates": destinations("SQS", None),
    "success to a topic that SAM creates": destinations("SNS", None),
    "success to a function": destinations("Lambda", f"arn:aws:lambda:{ACCOUNT}:function:next"),
    "success to a bus": destinations("EventBridge", arn("Bus")),
    "success to a bucket": destinations("S3Bucket", arn("Bucket")),
    "alias": {"AutoPublishAlias": "live", "Events": {"On": {"Type": "SNS", "Properties": {"Topic": ref("Topic")}}}},
    "deployment": {"AutoPublishAlias": "live", "DeploymentPreference": {"Type": "Canary10Percent5Minutes"}},
    "deployment role": {
        "AutoPublishAlias": "live",
        "DeploymentPreference": {"Type": "Canary10Percent5Minutes", "Role": arn("Role")},
    },
    "name": {"FunctionName": "worker", "Events": {"On": {"Type": "SNS", "Properties": {"Topic": ref("Topic")}}}},
    "managed policy": {"Policies": "AmazonS3ReadOnlyAccess"},
    "managed policies": {"Policies": ["AmazonS3ReadOnlyAccess", "arn:aws:iam::aws:policy/AWSLambdaExecute"]},
    "managed policy by Sub": {"Policies": [{"Fn::Sub": "arn:${AWS::Partition}:iam::aws:policy/AWSLambdaExecute"}]},
    "the default policy": {"Policies": ["AWSLambdaBasicExecutionRole"]},
    "one document": {"Policies": document("s3:GetObject", resource={"Fn::Sub": "${Bucket.Arn}/*"})},
    "documents": {"Policies": [document("s3:ListBucket", resource=arn("Bucket")), document("sqs:SendMessage")]},
    "document without version": {"Policies": [document("sqs:SendMessage", resource=arn("Queue"), version=None)]},
    "statement list": {"Policies": [{"Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}}]},
    "all kinds": {"Policies": ["AWSLambdaExecute", document("sns:Publish"), policy_template("S3ReadPolicy")]},
    "document of a condition": {
        "Policies": [{"Fn::If": ["IsProduction", document("s3:GetObject"), {"Ref": "AWS::NoValue"}]}]
    },
    "template of a condition": {
        "Policies": [{"Fn::If": ["IsProduction", policy_template("S3ReadPolicy"), policy_template("S3CrudPolicy")]}]
    },
    "name of a condition": {"Policies": [{"Fn::If": ["IsProduction", "AWSLambdaExecute", {"Ref": "AWS::NoValue"}]}]},
    "same template twice": {"Policies": [policy_template("S3ReadPolicy"), {"S3ReadPolicy": {"BucketName": "other"}}]},
}
GLOBALS: dict[str, dict[str, Any]] = {
    "tracing": {"Tracing": "Active"},
    "vpc": {"VpcConfig": {"SubnetIds": ["subnet-1"], "SecurityGroupIds": ["sg-1"]}},
    "boundary": {"PermissionsBoundary": "arn:aws:iam::aws:policy/PowerUserAccess"},
    "trust": {"AssumeRolePolicyDocument": TRUST},
    "path": {"RolePath": "/all/"},
    "tags": {"Tags": {"team": "orders"}},
    "url": {"FunctionUrlConfig": {"AuthType": "NONE"}},
    "destination": destinations("SQS", arn("Queue")),
    "dead letters": {"DeadLetterQueue": {"Type": "SQS", "TargetArn": arn("Queue")}},
    "durable": {"DurableConfig": {"ExecutionTimeout": 60}},
}
MACHINES: dict[str, dict[str, Any]] = {
    "nothing": {},
    "role": {"Role": arn("Role")},
    "tracing": {"Tracing": {"Enabled": True}},
    "path and boundary": {"RolePath": "/flows/", "PermissionsBoundary": "arn:aws:iam::aws:policy/PowerUserAccess"},
    "tags": {"Tags": {"team": "orders"}},
    "all kinds": {"Policies": ["AWSLambdaRole", document("sns:Publish"), policy_template("LambdaInvokePolicy")]},
    "document of a condition": {
        "Policies": [{"Fn::If": ["IsProduction", document("s3:GetObject"), {"Ref": "AWS::NoValue"}]}]
    },
}
AUTHORIZER = {"FunctionArn": arn("Worker"), "Identity": {"Headers": ["Authorization"]}}
OTHERS: dict[str, Template] = {
    "authorizer of an API": sam_template(
        {
            "Worker": function(),
            "Api": resource(
                "AWS::Serverless::Api",
                StageName="prod",
                Auth={"DefaultAuthorizer": "Own", "Authorizers": {"Own": AUTHORIZER}},
            ),
        }
    ),
    "authorizer without permission": sam_template(
        {
            "Worker": function(),
            "Api": resource(
                "AWS::Serverless::Api",
                StageName="prod",
                Auth={"Authorizers": {"Own": {**AUTHORIZER, "DisableFunctionDefaultPermissions": True}}},
            ),
        }
    ),
    "authorizer of an HTTP API": sam_template(
        {
            "Worker": function(),
            "Api": resource(
                "AWS::Serverless::HttpApi",
                Auth={
                    "Authorizers": {
                        "Own": {
                            **AUTHORIZER,
                            "AuthorizerPayloadFormatVersion": "2.0",
                            "EnableFunctionDefaultPermissions": True,
                        }
                    }
                },
            ),
        }
    ),
    "capacity provider": sam_template(
        {
            "Provider": resource(
                "AWS::Serverless::CapacityProvider",
                VpcConfig={"SubnetIds": ["subnet-1"], "SecurityGroupIds": ["sg-1"]},
            )
        }
    ),
    "GraphQL API": sam_template(
        {
            "Table": resource("AWS::DynamoDB::Table", TableName="orders"),
            "Worker": function(),
            "Graph": resource(
                "AWS::Serverless::GraphQLApi",
                SchemaInline="type Query { a: String }",
                Auth={"Type": "AWS_IAM"},
                DataSources={
                    "DynamoDb": {"Orders": {"TableName": ref("Table"), "TableArn": arn("Table")}},
                    "Lambda": {"Run": {"FunctionArn": arn("Worker")}},
                },
            ),
        }
    ),
    "implicit and own API": sam_template(
        {
            "Api": resource("AWS::Serverless::Api", StageName="prod"),
            "Worker": function(
                Events={
                    "Own": {"Type": "Api", "Properties": {"Path": "/a", "Method": "get", "RestApiId": ref("Api")}},
                    "Implicit": {"Type": "Api", "Properties": {"Path": "/b", "Method": "put"}},
                }
            ),
        }
    ),
    "globals are ignored": sam_template(
        {"Worker": {**function(), "IgnoreGlobals": "*"}, "Other": {**function(), "IgnoreGlobals": ["Tracing"]}},
        Globals={"Function": {"Tracing": "Active", "RolePath": "/all/"}},
    ),
    "globals and own": sam_template(
        {"Worker": function(AssumeRolePolicyDocument=TRUST, Tags={"a": "own"}, Tracing="Disabled")},
        Globals={
            "Function": {"AssumeRolePolicyDocument": TRUST, "Tags": {"a": "all", "b": "all"}, "Tracing": "Active"}
        },
    ),
    "policies beside the function": sam_template(
        {
            "Worker": function(),
            "More": resource(
                "AWS::IAM::Policy",
                PolicyName="more",
                PolicyDocument=document("s3:GetObject"),
                Roles=[ref("WorkerRole")],
            ),
        }
    ),
}
CONNECTED = {
    "AWS::DynamoDB::Table": "Table",
    "AWS::S3::Bucket": "Bucket",
    "AWS::SNS::Topic": "Topic",
    "AWS::SQS::Queue": "Queue",
    "AWS::Events::EventBus": "Bus",
}


def connectors() -> dict[str, Template]:
    """A function with a connector to each type of destination, embedded in it."""
    templates = {}
    for pair, grant in sam_connector_grants().items():
        source, destination = pair.split(" > ")
        if source == "AWS::Lambda::Function" and destination in CONNECTED:
            properties = {"Destination": {"Id": CONNECTED[destination]}, "Permissions": list(grant["permissions"])}
            worker = {**function(), "Connectors": {"Data": {"Properties": properties}}}
            templates[f"connector to {destination}"] = sam_template({**SHARED, "Worker": worker})
    return templates


def sam_corpus() -> dict[str, Template]:
    """All templates by name."""
    return {
        **{f"policy template {name}": with_function(Policies=[policy_template(name)]) for name in sam_policy_names()},
        **{f"event {name}": with_event(name.split()[0], **properties) for name, properties in EVENTS.items()},
        **{
            f"event of a state machine {name}": with_machine_event(name.split()[0], **properties)
            for name, properties in MACHINE_EVENTS.items()
        },
        **{f"function: {name}": with_function(**properties) for name, properties in FUNCTIONS.items()},
        **{f"state machine: {name}": with_machine(**properties) for name, properties in MACHINES.items()},
        **{
            f"globals: {name}": sam_template(
                {**SHARED, "Worker": resource("AWS::Serverless::Function", **CODE)}, Globals={"Function": properties}
            )
            for name, properties in GLOBALS.items()
        },
        **connectors(),
        **OTHERS,
    }
