"""Small templates in the many ways in which people write them: each access is seen, or said not to be known.

A template is the Resources of a SAM template in YAML. `see` are the actions that its roles allow or may allow, without
those of AWS's managed policies; `gaps` how many parts are reported as not known.

The lines are long because each template is one.
"""

# ruff: noqa: E501

from __future__ import annotations

import json

from support.reading_policies import read
from support.rows import every_row
from support.sam import account_of

TRUST = "{Version: '2012-10-17', Statement: [{Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: 'sts:AssumeRole'}]}"
ROLE = f"Role: {{Type: AWS::IAM::Role, Properties: {{AssumeRolePolicyDocument: {TRUST}, %s}}}}"
FUNCTION = (
    "Fn: {Type: AWS::Serverless::Function, Properties: {Runtime: python3.13, Handler: a.b, CodeUri: s3://a/b, %s}}"
)
MACHINE = "Flow: {Type: AWS::Serverless::StateMachine, Properties: {DefinitionUri: s3://a/b, %s}}"
GET = "{Effect: Allow, Action: 's3:GetObject', Resource: 'arn:aws:s3:::a/*'}"
DOCUMENT = f"{{Version: '2012-10-17', Statement: [{GET}]}}"
JSON_TEXT = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}'
EMPTY_ROLE = ROLE % "Path: /"

# The resources, what must be seen, and how many gaps are reported.
SEEN = {
    "inline policy": (ROLE % f"Policies: [{{PolicyName: p, PolicyDocument: {DOCUMENT}}}]", {"s3:GetObject"}, 0),
    "policy without a list of statements": (
        ROLE % f"Policies: [{{PolicyName: p, PolicyDocument: {{Statement: {GET}}}}}]",
        {"s3:GetObject"},
        0,
    ),
    "policies of a condition": (
        ROLE % f"Policies: !If [C, [{{PolicyName: p, PolicyDocument: {DOCUMENT}}}], !Ref 'AWS::NoValue']",
        {"s3:GetObject"},
        0,
    ),
    "document of a condition": (
        ROLE % f"Policies: [{{PolicyName: p, PolicyDocument: !If [C, {DOCUMENT}, {DOCUMENT}]}}]",
        {"s3:GetObject"},
        0,
    ),
    "statement of a condition": (
        ROLE % f"Policies: [{{PolicyName: p, PolicyDocument: {{Statement: [!If [C, {GET}, !Ref 'AWS::NoValue']]}}}}]",
        {"s3:GetObject"},
        0,
    ),
    "statements of a condition": (
        ROLE % f"Policies: [{{PolicyName: p, PolicyDocument: {{Statement: !If [C, [{GET}], []]}}}}]",
        {"s3:GetObject"},
        0,
    ),
    "actions of a condition": (
        ROLE % "Policies: [{PolicyName: p, PolicyDocument: {Statement: [{Effect: Allow, Action: !If [C, 's3:GetObject',"
        " ['sqs:*']], Resource: '*'}]}}]",
        {"s3:GetObject", "sqs:*"},
        0,
    ),
    "an unknown effect": (
        ROLE
        % "Policies: [{PolicyName: p, PolicyDocument: {Statement: [{Effect: !Ref E, Action: 's3:*', Resource: '*'}]}}]",
        set(),
        1,
    ),
    "an unknown action": (
        ROLE
        % "Policies: [{PolicyName: p, PolicyDocument: {Statement: [{Effect: Allow, Action: !Ref A, Resource: '*'}]}}]",
        set(),
        1,
    ),
    "a parameter that is the whole document": (
        ROLE % "Policies: [{PolicyName: p, PolicyDocument: !Ref Document}]",
        set(),
        1,
    ),
    "a document of a macro": (
        ROLE % "Policies: [{PolicyName: p, PolicyDocument: {'Fn::Transform': {Name: Macro}}}]",
        set(),
        1,
    ),
    "policies of a macro": (ROLE % "Policies: {'Fn::Transform': {Name: Macro}}", set(), 1),
    "text of JSON": (ROLE % f"Policies: [{{PolicyName: p, PolicyDocument: '{JSON_TEXT}'}}]", {"s3:GetObject"}, 0),
    "policy beside": (
        f"{EMPTY_ROLE}\nP: {{Type: AWS::IAM::Policy, Properties: {{PolicyName: p, PolicyDocument: {DOCUMENT}, Roles: [!Ref Role]}}}}",
        {"s3:GetObject"},
        0,
    ),
    "role policy": (
        f"{EMPTY_ROLE}\nP: {{Type: AWS::IAM::RolePolicy, Properties: {{PolicyName: p, PolicyDocument: {DOCUMENT}, RoleName: !Ref Role}}}}",
        {"s3:GetObject"},
        0,
    ),
    "managed policy with roles": (
        f"{EMPTY_ROLE}\nP: {{Type: AWS::IAM::ManagedPolicy, Properties: {{PolicyDocument: {DOCUMENT}, Roles: [!Ref Role]}}}}",
        {"s3:GetObject"},
        0,
    ),
    "managed policy by reference": (
        f"{ROLE % 'ManagedPolicyArns: [!Ref P]'}\nP: {{Type: AWS::IAM::ManagedPolicy, Properties: {{PolicyDocument: {DOCUMENT}}}}}",
        {"s3:GetObject"},
        0,
    ),
    "managed policy by attribute": (
        f"{ROLE % 'ManagedPolicyArns: [!GetAtt P.PolicyArn]'}\nP: {{Type: AWS::IAM::ManagedPolicy, Properties: {{PolicyDocument: {DOCUMENT}}}}}",
        {"s3:GetObject"},
        0,
    ),
    "managed policy by its name in an ARN": (
        ROLE % "ManagedPolicyArns: [!Sub 'arn:${AWS::Partition}:iam::${AWS::AccountId}:policy/mine']"
        + f"\nP: {{Type: AWS::IAM::ManagedPolicy, Properties: {{ManagedPolicyName: mine, PolicyDocument: {DOCUMENT}}}}}",
        {"s3:GetObject"},
        0,
    ),
    "managed policy with a path": (
        ROLE % "ManagedPolicyArns: [!Sub 'arn:${AWS::Partition}:iam::${AWS::AccountId}:policy/own/mine']"
        + f"\nP: {{Type: AWS::IAM::ManagedPolicy, Properties: {{ManagedPolicyName: mine, Path: /own/, PolicyDocument: {DOCUMENT}}}}}",
        {"s3:GetObject"},
        0,
    ),
    "managed policies of a parameter": (ROLE % "ManagedPolicyArns: !Ref Arns", set(), 1),
    "managed policy of an import": (ROLE % "ManagedPolicyArns: [!ImportValue Shared]", set(), 1),
    "policy beside for a name": (
        f"{ROLE % 'RoleName: named'}\nP: {{Type: AWS::IAM::Policy, Properties: {{PolicyName: p, PolicyDocument: {DOCUMENT}, Roles: [named]}}}}",
        {"s3:GetObject"},
        0,
    ),
    "policy beside for the role of a function": (
        f"{FUNCTION % 'Timeout: 3'}\nP: {{Type: AWS::IAM::Policy, Properties: {{PolicyName: p, PolicyDocument: {DOCUMENT}, Roles: [!Ref FnRole]}}}}",
        {"s3:GetObject"},
        0,
    ),
    "resource without properties": ("Role: {Type: AWS::IAM::Role}", set(), 0),
    "SAM document": (FUNCTION % f"Policies: [{DOCUMENT}]", {"s3:GetObject"}, 0),
    "SAM single document": (FUNCTION % f"Policies: {DOCUMENT}", {"s3:GetObject"}, 0),
    "SAM statement": (FUNCTION % f"Policies: [{{Statement: {GET}}}]", {"s3:GetObject"}, 0),
    "SAM policies of a condition": (FUNCTION % f"Policies: !If [C, [{DOCUMENT}], []]", {"s3:GetObject"}, 0),
    "SAM template": (FUNCTION % "Policies: [SQSPollerPolicy: {QueueName: q}]", {"sqs:ReceiveMessage"}, 0),
    "SAM template without parameters": (FUNCTION % "Policies: [EC2DescribePolicy: {}]", {"ec2:DescribeInstances"}, 0),
    "SAM unknown template": (FUNCTION % "Policies: [NoSuchPolicy: {}]", set(), 1),
    "SAM parameter": (FUNCTION % "Policies: [!Ref Arn]", set(), 1),
    "SAM list parameter": (FUNCTION % "Policies: !Split [',', !Ref Arns]", set(), 1),
    "SAM own managed policy": (
        f"{FUNCTION % 'Policies: [!Ref P]'}\nP: {{Type: AWS::IAM::ManagedPolicy, Properties: {{PolicyDocument: {DOCUMENT}}}}}",
        {"s3:GetObject"},
        0,
    ),
    "SAM role": (
        f"{FUNCTION % 'Role: !GetAtt Role.Arn'}\n{ROLE % f'Policies: [{{PolicyName: p, PolicyDocument: {DOCUMENT}}}]'}",
        {"s3:GetObject"},
        0,
    ),
    "SAM role elsewhere": (FUNCTION % "Role: arn:aws:iam::123456789012:role/x", set(), 1),
    "SAM machine": (MACHINE % f"Policies: [{DOCUMENT}]", {"s3:GetObject"}, 0),
    "SAM machine template": (
        MACHINE % "Policies: [LambdaInvokePolicy: {FunctionName: f}]",
        {"lambda:InvokeFunction"},
        0,
    ),
    "SAM unknown event": (FUNCTION % "Events: {E: {Type: Unheard}}", set(), 1),
    "SAM schedule": (
        FUNCTION % "Events: {E: {Type: ScheduleV2, Properties: {ScheduleExpression: rate(1 day)}}}",
        {"lambda:InvokeFunction"},
        0,
    ),
    "SAM dead letters": (
        FUNCTION % "DeadLetterQueue: {Type: SQS, TargetArn: 'arn:aws:sqs:eu-west-1:123456789012:q'}",
        {"sqs:SendMessage"},
        0,
    ),
    "SAM connector": (
        (
            f"{FUNCTION % 'Timeout: 3'}\nT: {{Type: AWS::Serverless::SimpleTable}}\nL: {{Type: AWS::Serverless::Connector,"
            " Properties: {Source: {Id: Fn}, Destination: {Id: T}, Permissions: [Read]}}"
        ),
        {"dynamodb:GetItem"},
        0,
    ),
    "SAM nested application": (
        "A: {Type: AWS::Serverless::Application, Properties: {Location: missing.yaml}}",
        set(),
        1,
    ),
    "nested stack": ("A: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: 'https://x/y'}}", set(), 1),
    "loop": (
        f"'Fn::ForEach::L': [N, [A, B], {{'Role${{N}}': {{Type: AWS::IAM::Role, Properties: {{Policies: [{{PolicyName: p, PolicyDocument: {DOCUMENT}}}]}}}}}}]",
        {"s3:GetObject"},
        0,
    ),
    "loop over a parameter": ("'Fn::ForEach::L': [N, !Ref Ns, {'Role${N}': {Type: AWS::IAM::Role}}]", set(), 1),
    "resources of a macro": (f"{EMPTY_ROLE}\n'Fn::Transform': {{Name: Macro}}", set(), 1),
    "properties of a macro": ("Role: {Type: AWS::IAM::Role, Properties: {'Fn::Transform': {Name: Macro}}}", set(), 1),
}


def actions(account):
    policies = [policy for role in account.roles for policy in role.policies if not policy.is_aws_managed]
    rows = [row for policy in policies if policy.policy is not None for row in json.loads(policy.text)["Statement"]]
    listed = [row["Action"] if isinstance(row["Action"], list) else [row["Action"]] for row in rows]
    return {action for group in listed for action in group}


def template(resources):
    lines = "".join(f"  {line}\n" for line in resources.splitlines())
    return f"Transform: [AWS::LanguageExtensions, AWS::Serverless-2016-10-31]\nResources:\n{lines}"


@every_row("name", SEEN)
def test_what_a_template_grants_is_seen_or_reported(name):
    resources, see, gaps = SEEN[name]
    account = account_of(template(resources))
    assert see <= actions(account)
    assert bool(see) == bool(actions(account))
    assert len(account.gaps) == gaps


@every_row("name", SEEN)
def test_lint_reads_the_same_template(name):
    assert read(template(SEEN[name][0]), "template.yaml").syntax_error is None
