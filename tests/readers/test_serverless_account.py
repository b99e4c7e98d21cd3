"""The account that a serverless.yml creates: roles of provider and functions, events, resources and variables."""

from __future__ import annotations

import json

import pytest

from iamglue.audit.run import audit
from iamglue.policy.parsed_policy import ParameterValues
from iamglue.readers.templates.template_account import read_template_account

HERE = "${AWS::Region}:${AWS::AccountId}"
HEAD = "service: shop\nprovider:\n  name: aws\n  runtime: python3.13\n"
ROW = "{Effect: Allow, Action: 's3:GetObject', Resource: 'arn:aws:s3:::images/*'}"
STATEMENTS = f"  iam:\n    role:\n      statements: [{ROW}]\n"
FUNCTION = "functions:\n  resize:\n    handler: app.handler\n"


def account_of(text, path="serverless.yml", **values):
    return read_template_account(path, text, ParameterValues(tuple(values.items())))


def statements_of(role):
    return [
        row for policy in role.policies if not policy.is_aws_managed for row in json.loads(policy.text)["Statement"]
    ]


def actions_of(role):
    actions = [row["Action"] for row in statements_of(role)]
    return {action for listed in actions for action in (listed if isinstance(listed, list) else [listed])}


LOGS = {"logs:CreateLogStream", "logs:CreateLogGroup", "logs:TagResource", "logs:PutLogEvents"}


def only_role(text):
    (role,) = account_of(text).roles
    return role


def test_all_functions_run_as_the_role_of_the_provider():
    account = account_of(HEAD + STATEMENTS + FUNCTION + "  other:\n    handler: app.other\n")
    (role,) = account.roles
    assert {function.role_arn for function in account.functions} == {role.arn}
    assert [function.name for function in account.functions] == ["shop-${sls.stage}-resize", "shop-${sls.stage}-other"]
    assert actions_of(role) == LOGS | {"s3:GetObject"}
    assert "lambda.amazonaws.com" in role.trust.text
    assert account.gaps == ()


def findings_of(functions):
    report = audit([account_of(HEAD + functions)]).report
    return [finding.rule for finding in report.findings if finding.rule == "missing-access"]


@pytest.mark.parametrize("name", ["resize-images", "resize-${opt:stage}", "shop-${sls:stage}-resize"])
def test_the_framework_lets_a_function_with_a_name_of_its_own_write_its_logs(name):
    assert findings_of(f"{FUNCTION}    name: {name}\n") == []


def test_a_function_without_logs_may_write_none():
    (allow, _, deny) = statements_of(only_role(f"{HEAD}{FUNCTION}    disableLogs: true\n  other: {{handler: a.b}}\n"))
    assert allow["Resource"] == [f"arn:${{AWS::Partition}}:logs:{HERE}:log-group:/aws/lambda/shop-${{sls.stage}}*:*"]
    assert (deny["Effect"], deny["Action"]) == ("Deny", "logs:PutLogEvents")
    assert deny["Resource"] == [
        f"arn:${{AWS::Partition}}:logs:{HERE}:log-group:/aws/lambda/shop-${{sls.stage}}-resize:*"
    ]


def test_a_function_whose_logs_are_disabled_on_purpose_misses_none():
    assert findings_of(f"{FUNCTION}    disableLogs: true\n  other: {{handler: a.b}}\n") == []
    (function, other) = account_of(f"{HEAD}{FUNCTION}    disableLogs: true\n  other: {{handler: a.b}}\n").functions
    assert (function.without_logs, other.without_logs) == (True, False)


def test_the_older_settings_of_the_provider_are_read():
    provider = (
        "  iamRoleStatements: [{Effect: Allow, Action: 'sqs:SendMessage', Resource: '*'}]\n"
        "  iamManagedPolicies: ['arn:aws:iam::aws:policy/AWSLambdaExecute']\n"
        "  rolePermissionsBoundary: arn:aws:iam::aws:policy/PowerUserAccess\n"
    )
    role = only_role(HEAD + provider + FUNCTION)
    assert actions_of(role) == LOGS | {"sqs:SendMessage"}
    assert role.policies[-1].name == "AWSLambdaExecute"
    assert role.boundary.name == "PowerUserAccess"


def test_a_function_with_statements_of_its_own_has_a_role_of_its_own():
    own = "    iamRoleStatements: [{Effect: Allow, Action: 'sns:Publish', Resource: '*'}]\n"
    account = account_of(HEAD + STATEMENTS + FUNCTION + own)
    (role,) = account.roles
    assert (role.name, actions_of(role)) == ("ResizeIamRoleLambdaExecution", LOGS | {"sns:Publish"})
    assert account.functions[0].role_arn == role.arn


def test_a_role_of_a_function_inherits_the_statements_of_the_provider_on_demand():
    row = "{Effect: Allow, Action: 'sns:Publish', Resource: '*'}"
    own = f"    iamRoleStatementsInherit: true\n    iamRoleStatements: [{row}]\n"
    assert actions_of(only_role(HEAD + STATEMENTS + FUNCTION + own)) == LOGS | {"sns:Publish", "s3:GetObject"}


@pytest.mark.parametrize("role", ["Own", "!GetAtt Own.Arn", "{'Fn::GetAtt': [Own, Arn]}"])
def test_a_function_may_run_as_a_role_of_the_resources(role):
    resources = (
        "resources:\n  Resources:\n    Own:\n      Type: AWS::IAM::Role\n      Properties:\n"
        "        AssumeRolePolicyDocument: {Version: '2012-10-17', Statement: []}\n"
    )
    account = account_of(f"{HEAD}{FUNCTION}    role: {role}\n{resources}")
    assert [found.name for found in account.roles] == ["Own"]
    assert account.functions[0].role_arn == account.roles[0].arn


def test_a_role_that_is_elsewhere_is_reported():
    account = account_of(HEAD + FUNCTION + "    role: arn:aws:iam::123456789012:role/elsewhere\n")
    assert ["is not in the template" in gap.reason for gap in account.gaps] == [True]


SETTINGS = [
    ("    tracing: Active\n", {"xray:PutTraceSegments", "xray:PutTelemetryRecords"}),
    ("    kmsKeyArn: arn:aws:kms:eu-west-1:123456789012:key/x\n", {"kms:Decrypt"}),
    ("    onError: arn:aws:sns:eu-west-1:123456789012:dead\n", {"sns:Publish"}),
    ("    destinations: {onSuccess: arn:aws:sqs:eu-west-1:123456789012:q}\n", {"sqs:SendMessage"}),
    ("    destinations: {onFailure: other}\n", {"lambda:InvokeFunction"}),
    (
        "    fileSystemConfig: {arn: 'arn:aws:elasticfilesystem:eu-west-1:123456789012:access-point/x'}\n",
        {"elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"},
    ),
    (
        "    events: [{sqs: 'arn:aws:sqs:eu-west-1:123456789012:q'}]\n",
        {"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"},
    ),
    (
        "    events: [{stream: {type: dynamodb, arn: !GetAtt Table.StreamArn}}]\n",
        {"dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:DescribeStream", "dynamodb:ListStreams"},
    ),
    (
        "    events: [{stream: 'arn:aws:kinesis:eu-west-1:123456789012:stream/s'}]\n",
        {"kinesis:GetRecords", "kinesis:GetShardIterator", "kinesis:DescribeStream", "kinesis:ListStreams"},
    ),
]


@pytest.mark.parametrize(("setting", "actions"), SETTINGS)
def test_the_role_has_what_the_framework_adds_for_a_setting(setting, actions):
    assert actions_of(only_role(HEAD + FUNCTION + setting)) == LOGS | actions


def test_functions_in_a_vpc_have_the_policy_for_it():
    role = only_role(HEAD + FUNCTION + "    vpc: {subnetIds: [a], securityGroupIds: [b]}\n")
    assert [policy.name for policy in role.policies if policy.is_aws_managed] == ["AWSLambdaVPCAccessExecutionRole"]


NETWORK = {
    "ec2:CreateNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeVpcs",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeSubnets",
    "ec2:DescribeSecurityGroups",
}
BROKER = "arn: 'arn:aws:mq:eu-west-1:123456789012:broker:jobs:b-1', queue: q"
LOGIN = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:login-a1b2c3"
SERVERS, NET = "bootstrapServers: ['a:9092'], topic: t", "vpcSubnet: [subnet-1], vpcSecurityGroup: [sg-1]"
POLLED = [
    (
        f"{{activemq: {{{BROKER}, basicAuthArn: '{LOGIN}'}}}}",
        {"mq:DescribeBroker", "secretsmanager:GetSecretValue"} | NETWORK,
    ),
    (
        f"{{rabbitmq: {{{BROKER}, basicAuthArn: '{LOGIN}'}}}}",
        {"mq:DescribeBroker", "secretsmanager:GetSecretValue"} | NETWORK,
    ),
    (
        "{msk: {arn: 'arn:aws:kafka:eu-west-1:123456789012:cluster/clicks/a-1', topic: t}}",
        {"kafka:DescribeCluster", "kafka:GetBootstrapBrokers"} | NETWORK,
    ),
    (
        f"{{kafka: {{{SERVERS}, accessConfigurations: {{saslScram512Auth: ['{LOGIN}']}}}}}}",
        {"secretsmanager:GetSecretValue"},
    ),
    (
        f"{{kafka: {{{SERVERS}, accessConfigurations: {{clientCertificateTlsAuth: ['{LOGIN}'], {NET}}}}}}}",
        {"secretsmanager:GetSecretValue"} | NETWORK,
    ),
    ("{websocket: $connect}", {"execute-api:ManageConnections"}),
    ("{schedule: {rate: [rate(1 day)], method: scheduler}}", {"lambda:InvokeFunction"}),
    ("{cloudFront: {eventType: viewer-request}}", set()),
]


@pytest.mark.parametrize(("event", "actions"), POLLED)
def test_the_role_has_what_the_framework_adds_for_an_event(event, actions):
    account = account_of(f"{HEAD}{FUNCTION}    events: [{event}]\n")
    assert (actions_of(account.roles[0]), account.gaps) == (LOGS | actions, ())


@pytest.mark.parametrize(("event", "_"), POLLED[:5])
def test_lambda_may_read_what_the_framework_makes_a_source(event, _):
    report = audit([account_of(f"{HEAD}{FUNCTION}    events: [{event}]\n")]).report
    assert [item.message for item in report.findings if item.severity.value == "error"] == []
    assert [item.what for item in report.not_evaluated if "(triggers" in item.what] == []


def test_the_framework_grants_what_a_source_that_is_not_known_needs():
    report = audit([account_of(f"{HEAD}{FUNCTION}    events: [{{sqs: '${{cf:stack.Queue}}'}}]\n")]).report
    assert [item.message for item in report.findings if item.severity.value == "error"] == []
    assert [item.what for item in report.not_evaluated if "mapping" in item.what or "(triggers" in item.what] == []


@pytest.mark.parametrize(
    ("event", "service"),
    [
        ("{schedule: {rate: [rate(1 day)], method: scheduler}}", "scheduler.amazonaws.com"),
        ("{cloudFront: {eventType: viewer-request}}", "edgelambda.amazonaws.com"),
    ],
)
def test_the_role_trusts_the_service_of_an_event(event, service):
    assert f'"{service}"' in only_role(f"{HEAD}{FUNCTION}    events: [{event}]\n").trust.text


def test_a_function_of_cloudfront_is_in_no_vpc():
    function = FUNCTION + "    vpc: {subnetIds: [a]}\n    events: [{cloudFront: {eventType: viewer-request}}]\n"
    assert [item.in_vpc for item in account_of(HEAD + function).functions] == [False]


def test_the_role_of_the_framework_s_custom_resources_is_said_to_be_unread():
    account = account_of(HEAD + FUNCTION + "    events: [{s3: {bucket: images, existing: true}}]\n")
    assert ["configures the existing source" in gap.what for gap in account.gaps] == [True]


OWN = "    iam:\n      role:\n        statements: [{Effect: Allow, Action: 'sns:Publish', Resource: '*'}]\n"


def test_statements_of_a_function_s_role_are_read():
    account = account_of(HEAD + STATEMENTS + FUNCTION + OWN)
    assert [(role.name, actions_of(role)) for role in account.roles] == [
        ("ResizeIamRoleLambdaExecution", LOGS | {"sns:Publish"})
    ]


def test_a_function_with_managed_policies_of_its_own_has_a_role_of_its_own():
    managed = "    iam: {role: {managedPolicies: ['arn:aws:iam::aws:policy/AWSLambdaExecute'], name: own}}\n"
    role = only_role(HEAD + STATEMENTS + FUNCTION + managed)
    assert (role.name, [policy.name for policy in role.policies if policy.is_aws_managed]) == (
        "own",
        ["AWSLambdaExecute"],
    )


def test_in_the_mode_by_function_each_function_has_a_role_with_the_statements_of_the_provider():
    mode = f"  iam: {{role: {{mode: perFunction, statements: [{ROW}]}}}}\n"
    other = "  other: {handler: app.other, iam: {inheritStatements: false}}\n"
    roles = {role.name: actions_of(role) for role in account_of(HEAD + mode + FUNCTION + other).roles}
    assert roles == {"ResizeIamRoleLambdaExecution": LOGS | {"s3:GetObject"}, "OtherIamRoleLambdaExecution": LOGS}


def test_statements_that_a_role_may_inherit_are_not_evaluated():
    inherits = "    iam: {inheritStatements: '${opt:inherit}', role: {statements: []}}\n"
    account = account_of(HEAD + STATEMENTS + FUNCTION + inherits)
    assert [gap.what for gap in account.gaps if gap.policies_unknown] == [
        "whether the role of `Resize` has the statements at serverless.yml:7:19"
    ]


def test_a_role_of_a_function_has_the_boundary_of_the_provider():
    boundary = "  iam: {role: {permissionsBoundary: 'arn:aws:iam::aws:policy/PowerUserAccess'}}\n"
    assert only_role(HEAD + boundary + FUNCTION + OWN).boundary.name == "PowerUserAccess"


def test_the_plugin_adds_no_statements_for_brokers():
    statement = "{Effect: Allow, Action: 'sns:Publish', Resource: '*'}"
    own = f"    events: [{POLLED[0][0]}]\n    iamRoleStatements: [{statement}]\n"
    role = only_role(HEAD + FUNCTION + own + "plugins: [serverless-iam-roles-per-function]\n")
    assert actions_of(role) == LOGS | {"sns:Publish"}


EVENTS = [
    (
        "{http: GET /a}",
        "apigateway.amazonaws.com",
        f"arn:${{AWS::Partition}}:execute-api:{HERE}:${{ApiGatewayRestApi}}/*/*",
    ),
    ("{httpApi: '*'}", "apigateway.amazonaws.com", f"arn:${{AWS::Partition}}:execute-api:{HERE}:${{HttpApi}}/*"),
    (
        "{schedule: rate(1 day)}",
        "events.amazonaws.com",
        f"arn:${{AWS::Partition}}:events:{HERE}:rule/${{Resize1EventsRule}}",
    ),
    (
        "{eventBridge: {eventBus: orders, pattern: {source: [a]}}}",
        "events.amazonaws.com",
        f"arn:${{AWS::Partition}}:events:{HERE}:rule/orders/${{Resize1EventBridgeRule}}",
    ),
    (
        "{eventBridge: {eventBus: !Ref Bus, name: on-order}}",
        "events.amazonaws.com",
        f"arn:${{AWS::Partition}}:events:{HERE}:rule/${{Bus}}/on-order",
    ),
    (
        "{eventBridge: {eventBus: 'arn:aws:events:eu-west-1:111122223333:event-bus/orders', name: on-order}}",
        "events.amazonaws.com",
        f"arn:${{AWS::Partition}}:events:{HERE}:rule/orders/on-order",
    ),
    (
        "{cloudFront: {eventType: viewer-request}}",
        "edgelambda.amazonaws.com",
        "arn:${AWS::Partition}:cloudfront::${AWS::AccountId}:distribution/${CloudFrontDistribution}",
    ),
    (
        "{alb: {listenerArn: x, priority: 1, conditions: {path: /}}}",
        "elasticloadbalancing.amazonaws.com",
        "${ResizeAlbTargetGroup}",
    ),
    ("{s3: images}", "s3.amazonaws.com", "arn:${AWS::Partition}:s3:::images"),
    ("{sns: topic}", "sns.amazonaws.com", f"arn:${{AWS::Partition}}:sns:{HERE}:topic"),
    ("{sns: {arn: !Ref Topic}}", "sns.amazonaws.com", "${Topic}"),
]


@pytest.mark.parametrize(("event", "service", "source"), EVENTS)
def test_an_event_permits_its_service_to_invoke_the_function(event, service, source):
    (function,) = account_of(f"{HEAD}{FUNCTION}    events: [{event}]\n").functions
    (row, *_) = json.loads(function.permissions[0].policy.text)["Statement"]
    assert row["Principal"] == {"Service": service}
    assert row["Condition"]["ArnLike"]["aws:SourceArn"] == source


def test_a_url_without_an_authorizer_is_open_to_everyone():
    (function,) = account_of(HEAD + FUNCTION + "    url: true\n").functions
    assert [url.auth_type for url in function.urls] == ["NONE"]
    assert '"Principal": "*"' in function.permissions[0].policy.text


@pytest.mark.parametrize("bus", ["!GetAtt Bus.Arn", "{'Fn::GetAtt': [Bus, Arn]}", "!ImportValue Bus"])
def test_a_rule_of_an_event_bus_whose_name_is_not_known_is_reported(bus):
    account = account_of(f"{HEAD}{FUNCTION}    events: [{{eventBridge: {{eventBus: {bus}}}}}]\n")
    assert [gap.reason for gap in account.gaps] == ["its source is not known before deployment"]
    assert account.functions[0].permissions == ()


def test_an_event_that_is_not_known_is_reported():
    account = account_of(HEAD + FUNCTION + "    events: [{datacenter: {arn: x}}]\n")
    assert ["`datacenter`" in gap.what for gap in account.gaps] == [True]


def test_variables_with_values_in_the_file_are_filled_in():
    text = HEAD + (
        "  iam: {role: {statements: '${self:custom.statements}'}}\ncustom:\n  bucket: images\n  statements:\n"
        "    - Effect: Allow\n      Action: s3:GetObject\n"
        "      Resource: arn:aws:s3:::${self:custom.bucket}-${opt:stage, 'dev'}/*\n"
    )
    resources = [
        row["Resource"] for row in statements_of(only_role(text + FUNCTION)) if "s3:GetObject" in row["Action"]
    ]
    assert len(resources) == 1
    assert resources[0].startswith("arn:aws:s3:::images-${")


def test_files_beside_the_service_are_read(tmp_path):
    (tmp_path / "statements.yml").write_text("- {Effect: Allow, Action: 's3:GetObject', Resource: '*'}\n")
    (tmp_path / "functions.yml").write_text("resize: {handler: app.handler}\n")
    (tmp_path / "resources.yml").write_text("Resources: {Bucket: {Type: AWS::S3::Bucket}}\n")
    text = HEAD + (
        "  iam: {role: {statements: '${file(./statements.yml)}'}}\n"
        "functions: ${file(functions.yml)}\nresources: ['${file(resources.yml)}']\n"
    )
    account = account_of(text, str(tmp_path / "serverless.yml"))
    assert (account.gaps, actions_of(account.roles[0])) == ((), LOGS | {"s3:GetObject"})


@pytest.mark.parametrize("part", ["resources: ${file(missing.yml)}\n", "resources: ['${file(missing.yml)}']\n"])
def test_resources_that_cannot_be_read_are_reported(part):
    account = account_of(HEAD + STATEMENTS + FUNCTION + part)
    assert ["the resources at" in gap.what for gap in account.gaps] == [True]


@pytest.mark.parametrize("part", ["functions: ${file(missing.yml)}\n", "functions: {a: '${file(missing.yml)}'}\n"])
def test_functions_that_cannot_be_read_are_reported(part):
    assert any("the function" in gap.what for gap in account_of(HEAD + STATEMENTS + part).gaps)


def test_statements_that_are_not_known_are_reported():
    account = account_of(HEAD + "  iam: {role: {statements: ['${file(missing.yml)}']}}\n" + FUNCTION)
    assert ["the statement at" in gap.what for gap in account.gaps] == [True]


def test_extensions_override_the_role_of_the_framework():
    extension = (
        "resources:\n  extensions:\n    IamRoleLambdaExecution:\n      Properties:\n"
        "        PermissionsBoundary: arn:aws:iam::aws:policy/PowerUserAccess\n"
    )
    assert only_role(HEAD + STATEMENTS + FUNCTION + extension).boundary.name == "PowerUserAccess"


def test_references_to_resources_are_what_cloudformation_returns():
    text = HEAD + (
        "  iam: {role: {statements: [{Effect: Allow, Action: 'sqs:SendMessage', Resource: !GetAtt Jobs.Arn}]}}\n"
    )
    resources = "resources:\n  Resources:\n    Jobs: {Type: AWS::SQS::Queue, Properties: {QueueName: jobs}}\n"
    rows = statements_of(only_role(text + FUNCTION + resources))
    assert rows[-1]["Resource"] == f"arn:${{AWS::Partition}}:sqs:{HERE}:jobs"


CONSTRUCTS = "constructs:\n  jobs:\n    type: queue\n    worker: {handler: worker.handler}\n"


def test_what_constructs_of_a_plugin_add_is_not_evaluated():
    gaps = account_of(HEAD + CONSTRUCTS + FUNCTION).gaps
    assert [gap.what for gap in gaps] == ["the functions and permissions that the constructs `jobs` add"]


def test_a_value_of_a_construct_is_not_known_before_deployment():
    event = "    events:\n      - s3: {bucket: '${construct:files.bucketName}', existing: true}\n"
    (function,) = account_of(HEAD + FUNCTION + event).functions
    assert "${construct.files.bucketName}" in json.dumps([item.policy.text for item in function.permissions])
