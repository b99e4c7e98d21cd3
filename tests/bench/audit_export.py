"""An account's export of N roles, for benches of `audit`: `python tests/bench/audit_export.py N DIR`.

It writes DIR/export.json, as `aws iam get-account-authorization-details` prints it, and DIR/functions.json, as
`aws lambda list-functions` does. Each role has inline policies and a customer policy of its own; the same N gives the
same bytes.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from random import Random
from typing import Any, TextIO

from iamglue.catalog.managed_policies import find_managed_policy

ACCOUNT = "123456789012"
REGIONS = ("eu-west-1", "us-east-1", "eu-central-1")
WORDS = (
    "orders",
    "images",
    "billing",
    "search",
    "events",
    "mail",
    "audit",
    "thumbs",
    "users",
    "stock",
    "exif",
    "report",
)
SERVICES: dict[str, tuple[str, tuple[str, ...]]] = {
    "s3": (
        "arn:aws:s3:::{name}/*",
        ("GetObject", "PutObject", "DeleteObject", "GetObjectTagging", "PutObjectAcl", "AbortMultipartUpload"),
    ),
    "dynamodb": (
        "arn:aws:dynamodb:{region}:{account}:table/{name}",
        ("GetItem", "PutItem", "UpdateItem", "DeleteItem", "Query", "Scan", "BatchGetItem", "BatchWriteItem"),
    ),
    "sqs": (
        "arn:aws:sqs:{region}:{account}:{name}",
        ("SendMessage", "ReceiveMessage", "DeleteMessage", "GetQueueAttributes", "ChangeMessageVisibility"),
    ),
    "sns": ("arn:aws:sns:{region}:{account}:{name}", ("Publish", "Subscribe", "GetTopicAttributes")),
    "kinesis": (
        "arn:aws:kinesis:{region}:{account}:stream/{name}",
        ("GetRecords", "GetShardIterator", "DescribeStream", "ListShards", "PutRecord", "PutRecords"),
    ),
    "secretsmanager": (
        "arn:aws:secretsmanager:{region}:{account}:secret:{name}-??????",
        ("GetSecretValue", "DescribeSecret", "PutSecretValue"),
    ),
    "ssm": (
        "arn:aws:ssm:{region}:{account}:parameter/{name}/*",
        ("GetParameter", "GetParameters", "GetParametersByPath"),
    ),
    "kms": ("arn:aws:kms:{region}:{account}:key/{uuid}", ("Decrypt", "Encrypt", "GenerateDataKey", "DescribeKey")),
    "lambda": ("arn:aws:lambda:{region}:{account}:function:{name}", ("InvokeFunction", "GetFunction", "InvokeAsync")),
    "states": ("arn:aws:states:{region}:{account}:stateMachine:{name}", ("StartExecution", "DescribeExecution")),
    "events": ("arn:aws:events:{region}:{account}:event-bus/{name}", ("PutEvents",)),
    "logs": (
        "arn:aws:logs:{region}:{account}:log-group:/aws/lambda/{name}:*",
        ("CreateLogGroup", "CreateLogStream", "PutLogEvents"),
    ),
    "ec2": ("*", ("DescribeInstances", "CreateNetworkInterface", "DeleteNetworkInterface", "DescribeVpcs")),
    "glue": ("arn:aws:glue:{region}:{account}:table/{word}/{name}", ("GetTable", "GetPartitions", "CreateTable")),
    "athena": ("arn:aws:athena:{region}:{account}:workgroup/{name}", ("StartQueryExecution", "GetQueryResults")),
}
MANAGED = (
    "AWSLambdaBasicExecutionRole",
    "AWSLambdaVPCAccessExecutionRole",
    "AWSXRayDaemonWriteAccess",
    "AWSLambdaSQSQueueExecutionRole",
    "AWSLambdaExecute",
    "AmazonDynamoDBFullAccess",
    "AmazonS3FullAccess",
    "AmazonSQSFullAccess",
    "SecretsManagerReadWrite",
    "AmazonEC2FullAccess",
    "IAMFullAccess",
    "PowerUserAccess",
    "ReadOnlyAccess",
    "AdministratorAccess",
)
# How often each is attached: the narrow ones to most roles, the wide ones to few.
WEIGHTS = (60, 15, 12, 8, 8, 6, 6, 3, 3, 2, 1, 1, 1, 1)
SHARED = 40
ESCALATIONS = (
    ["iam:PassRole", "lambda:CreateFunction", "lambda:InvokeFunction"],
    ["iam:CreatePolicyVersion"],
    ["iam:AttachRolePolicy", "iam:PutRolePolicy"],
    ["lambda:UpdateFunctionCode"],
    ["iam:CreateAccessKey"],
    ["iam:UpdateAssumeRolePolicy", "sts:AssumeRole"],
)


class Writer:
    """Makes the roles, policies and functions, one after another, out of one seed."""

    def __init__(self, roles: int) -> None:
        self.roles = roles
        self.random = Random(20261125)

    def role(self, number: int) -> dict[str, Any]:
        """A role with its inline policies, and the ARNs of what is attached."""
        name = role_name(number)
        made = {
            "Path": "/" if number % 5 else "/service/",
            "RoleName": name,
            "RoleId": f"AROA{number:017d}",
            "Arn": role_arn(number),
            "CreateDate": f"202{number % 6}-0{number % 9 + 1}-1{number % 10}T08:30:00+00:00",
            "AssumeRolePolicyDocument": document(self._trust(number)),
            "InstanceProfileList": [],
            "RolePolicyList": [self._inline(number, index) for index in range(1 + self.random.randrange(3))],
            "AttachedManagedPolicies": list(self._attached(number)),
            "Tags": [{"Key": "team", "Value": WORDS[number % len(WORDS)]}, {"Key": "number", "Value": str(number)}],
            "RoleLastUsed": {"LastUsedDate": "2026-11-01T10:00:00+00:00", "Region": REGIONS[number % 3]},
        }
        if number % 20 == 7:
            arn = policy_arn("boundary")
            made["PermissionsBoundary"] = {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": arn}
        return made

    def policies(self) -> Iterator[dict[str, Any]]:
        """The managed policies that roles have."""
        for number in range(self.roles):
            statements = [self._statement(number) for _ in range(2 + self.random.randrange(5))]
            yield managed(f"{role_name(number)}-policy", document(*statements), versions=1 + number % 2)
        for number in range(SHARED):
            yield managed(f"shared-{number}", document(*(self._statement(number) for _ in range(3))))
        allowed = [f"{service}:*" for service in SERVICES]
        yield managed("boundary", document(statement(allowed, "*"), statement("iam:*", "*", effect="Deny")))
        for name in MANAGED:
            yield managed_by_aws(name)

    def functions(self) -> Iterator[dict[str, Any]]:
        """A function for most roles, several for some."""
        for number in range(self.roles):
            for index in range(0 if number % 4 == 3 else 3 if number % 25 == 1 else 1):
                yield self._function(number, index)

    def _trust(self, number: int) -> dict[str, Any]:
        trust = statement("sts:AssumeRole", None, Principal={"Service": "lambda.amazonaws.com"})
        if number % 17 == 3:
            trust["Principal"] = {"Service": ["lambda.amazonaws.com", "edgelambda.amazonaws.com"]}
        elif number % 19 == 4:
            trust["Principal"] = {"AWS": f"arn:aws:iam::{210987654321 - number % 7}:root"}
            trust["Condition"] = {"StringEquals": {"sts:ExternalId": f"partner-{number}"}}
        elif number % 101 == 5:
            trust["Principal"] = {"AWS": "*"}
        elif number % 4 == 3:
            trust["Principal"] = {"Service": self.random.choice(("ec2", "ecs-tasks", "states")) + ".amazonaws.com"}
        return trust

    def _inline(self, number: int, index: int) -> dict[str, Any]:
        if number % 23 == 2 and index == 0:
            name = f"oneClick_lambda_basic_execution_{1464814276130 + number}"
            logs = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"]
            return {"PolicyName": name, "PolicyDocument": document(statement(logs, "arn:aws:logs:*:*:*"))}
        statements = [self._statement(number) for _ in range(1 + self.random.randrange(4))]
        return {"PolicyName": f"inline-{index}", "PolicyDocument": document(*statements)}

    def _attached(self, number: int) -> Iterator[dict[str, str]]:
        names = [f"{role_name(number)}-policy"]
        names += [f"shared-{self.random.randrange(SHARED)}"] if number % 3 == 0 else []
        yield from ({"PolicyName": name, "PolicyArn": policy_arn(name)} for name in names)
        for name in dict.fromkeys(self.random.choices(MANAGED, WEIGHTS, k=self.random.randrange(3))):
            yield {"PolicyName": name, "PolicyArn": aws_arn(name)}

    def _statement(self, number: int) -> dict[str, Any]:
        kind = self.random.randrange(100)
        service = self.random.choice(tuple(SERVICES))
        shape, actions = SERVICES[service]
        some = sorted(self.random.sample(actions, self.random.randint(1, len(actions))))
        named = [f"{service}:{action}" for action in some]
        resources = [self._resource(shape, number) for _ in range(1 + self.random.randrange(3))]
        if kind < 5:
            return statement(f"{service}:*", "*" if kind < 3 else wide(shape))
        if kind < 9:
            return statement([f"{service}:Get*", f"{service}:List*", f"{service}:Describe*"], "*")
        if kind < 20:
            return self._odd_one(kind, shape) if kind < 18 else statement(named, resources, effect="Deny")
        if kind < 28:
            given = {"StringEquals": {"aws:ResourceTag/team": WORDS[number % len(WORDS)]}}
            return statement(named, "*", Condition=given)
        return statement(named, resources, Sid=f"{service.title()}{self.random.randrange(10**6)}")

    def _odd_one(self, kind: int, shape: str) -> dict[str, Any]:
        """A way to more access, or a Deny with a condition."""
        if kind < 12:
            return statement(self.random.choice(ESCALATIONS), "*")
        if kind < 15:
            role = role_arn(self.random.randrange(self.roles))
            given = {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}}
            return statement("iam:PassRole", role, **({"Condition": given} if kind < 14 else {}))
        given = {"Bool": {"aws:SecureTransport": "false"}}
        return statement("s3:*", wide(shape), effect="Deny", Condition=given)

    def _resource(self, shape: str, number: int) -> str:
        word = self.random.choice(WORDS)
        uuid = f"{self.random.getrandbits(32):08x}-1111-2222-3333-{number:012d}"
        name = f"{word}-{number}-{self.random.randrange(1000)}"
        region = self.random.choice(REGIONS)
        return shape.format(name=name, word=word, uuid=uuid, region=region, account=ACCOUNT)

    def _function(self, number: int, index: int) -> dict[str, Any]:
        name, region = f"{WORDS[number % len(WORDS)]}-{number}-{index}", REGIONS[number % 3]
        arn = f"arn:aws:lambda:{region}:{ACCOUNT}:function:{name}"
        made: dict[str, Any] = {
            "FunctionName": name,
            "FunctionArn": arn,
            "Runtime": "python3.13",
            "Role": role_arn(number),
            "Handler": "app.handler",
            "Version": "$LATEST",
            "VpcConfig": {"SubnetIds": ["subnet-1"] if number % 6 == 0 else [], "SecurityGroupIds": [], "VpcId": ""},
            "Environment": {"Variables": {"TABLE": f"{name}-table", "STAGE": "prod"}},
            "TracingConfig": {"Mode": "Active" if number % 3 == 0 else "PassThrough"},
            "PackageType": "Zip",
            "LoggingConfig": {"LogFormat": "Text", "LogGroup": f"/aws/lambda/{name}"},
        }
        if number % 10 == 4:
            made["DeadLetterConfig"] = {"TargetArn": f"arn:aws:sqs:{region}:{ACCOUNT}:{name}-dead"}
        return made


def role_name(number: int) -> str:
    """The name of a role."""
    return f"{WORDS[number % len(WORDS)]}-service-{number}-role"


def role_arn(number: int) -> str:
    """The ARN of a role."""
    return f"arn:aws:iam::{ACCOUNT}:role/{'' if number % 5 else 'service/'}{role_name(number)}"


def policy_arn(name: str) -> str:
    """The ARN of a customer's policy."""
    return f"arn:aws:iam::{ACCOUNT}:policy/{name}"


def aws_arn(name: str) -> str:
    """The ARN of one of AWS's policies."""
    known = find_managed_policy(name)
    return known.arn if known else policy_arn(name)


def wide(shape: str) -> str:
    """Every resource of a type."""
    return shape.format(name="*", word="*", uuid="*", region="*", account="*")


def statement(
    actions: str | list[str], resources: str | list[str] | None, *, effect: str = "Allow", **more: Any
) -> Any:
    """A statement."""
    made = {"Effect": effect, "Action": actions, "Resource": resources, **more}
    return {key: value for key, value in made.items() if value is not None}


def document(*statements: dict[str, Any]) -> dict[str, Any]:
    """A policy document."""
    return {"Version": "2012-10-17", "Statement": list(statements)}


def managed(name: str, policy: dict[str, Any], versions: int = 1) -> dict[str, Any]:
    """A customer's policy, its newest version the default."""
    older = document(statement("*", "*"))
    listed = [
        {
            "Document": policy if version == versions else older,
            "VersionId": f"v{version}",
            "IsDefaultVersion": version == versions,
        }
        for version in range(versions, 0, -1)
    ]
    return {
        "PolicyName": name,
        "PolicyId": "ANPAEXAMPLE",
        "Arn": policy_arn(name),
        "Path": "/",
        "DefaultVersionId": f"v{versions}",
        "AttachmentCount": 1,
        "PermissionsBoundaryUsageCount": 0,
        "IsAttachable": True,
        "CreateDate": "2024-05-01T08:30:00+00:00",
        "UpdateDate": "2024-06-01T08:30:00+00:00",
        "PolicyVersionList": listed,
    }


def managed_by_aws(name: str) -> dict[str, Any]:
    """One of AWS's policies."""
    known = find_managed_policy(name)
    return managed(name, known.document if known else {}) | {"Arn": aws_arn(name), "Path": known.path if known else "/"}


def write_list(file: TextIO, key: str, items: Iterable[dict[str, Any]], end: str) -> None:
    """A list of the answer as the AWS CLI lays it out."""
    file.write(f'    "{key}": [')
    for number, item in enumerate(items):
        text = json.dumps(item, indent=4).replace("\n", "\n        ")
        file.write(("," if number else "") + "\n        " + text)
    file.write(f"\n    ]{end}\n")


def write(roles: int, folder: Path) -> None:
    """Write both files."""
    made = Writer(roles)
    with (folder / "export.json").open("w", encoding="utf-8") as file:
        file.write('{\n    "UserDetailList": [],\n    "GroupDetailList": [],\n')
        write_list(file, "RoleDetailList", map(made.role, range(roles)), ",")
        write_list(file, "Policies", made.policies(), "")
        file.write("}\n")
    with (folder / "functions.json").open("w", encoding="utf-8") as file:
        file.write("{\n")
        write_list(file, "Functions", made.functions(), "")
        file.write("}\n")


if __name__ == "__main__":
    target = Path(sys.argv[2])
    target.mkdir(parents=True, exist_ok=True)
    write(int(sys.argv[1]), target)
