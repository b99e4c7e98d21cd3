"""Resource-based policies as AWS's documentation describes them, with the access that its text says they give.

The own account is 111122223333. `kinds` are what is outside the zone of trust of that account: `none` if all callers
are inside; `unknown` where AWS calls the policy not public and it does not say whose the callers are.
"""

from __future__ import annotations

from typing import Any, NamedTuple

OWN, OTHER, THIRD = "111122223333", "444455556666", "777788889999"
ORG, OTHER_ORG = "o-a1b2c3d4e5", "o-z9y8x7w6v5"
DOCS = "https://docs.aws.amazon.com"
S3_PUBLIC = f"{DOCS}/AmazonS3/latest/userguide/access-control-block-public-access.html"
S3_EXAMPLES = f"{DOCS}/AmazonS3/latest/userguide/example-bucket-policies.html"
ANALYZER = f"{DOCS}/IAM/latest/UserGuide/access-analyzer-resources.html"
EFS_PUBLIC = f"{DOCS}/efs/latest/ug/access-control-block-public-access.html"
DYNAMODB = f"{DOCS}/amazondynamodb/latest/developerguide/rbac-bpa-rbp.html"
LAMBDA = f"{DOCS}/lambda/latest/dg/access-control-resource-based.html"
LAMBDA_PUBLIC = f"{DOCS}/config/latest/developerguide/lambda-function-public-access-prohibited.html"
LAMBDA_URL = f"{DOCS}/lambda/latest/dg/urls-auth.html"
SQS = f"{DOCS}/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-basic-examples-of-sqs-policies.html"
SNS = f"{DOCS}/sns/latest/dg/sns-access-policy-use-cases.html"
KMS = f"{DOCS}/kms/latest/developerguide/key-policy-default.html"
KMS_EXTERNAL = f"{DOCS}/kms/latest/developerguide/key-policy-modifying-external-accounts.html"
KMS_CONDITIONS = f"{DOCS}/kms/latest/developerguide/conditions-kms.html"
SECRETS = f"{DOCS}/secretsmanager/latest/userguide/auth-and-access_resource-policies.html"
ECR = f"{DOCS}/AmazonECR/latest/userguide/repository-policy-examples.html"
EVENTS = f"{DOCS}/eventbridge/latest/userguide/eb-event-bus-permissions.html"
API = f"{DOCS}/apigateway/latest/developerguide/apigateway-resource-policies-examples.html"
SEARCH = f"{DOCS}/opensearch-service/latest/developerguide/ac.html"
KINESIS = f"{DOCS}/streams/latest/dg/resource-based-policy-examples.html"
BACKUP = f"{DOCS}/aws-backup/latest/devguide/create-a-vault-access-policy.html"
PRINCIPAL = f"{DOCS}/IAM/latest/UserGuide/reference_policies_elements_principal.html"
KEYS = f"{DOCS}/IAM/latest/UserGuide/reference_policies_condition-keys.html"
OPERATORS = f"{DOCS}/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html"
FILTERS = f"{DOCS}/IAM/latest/UserGuide/access-analyzer-reference-filter-keys.html"
CONFUSED = f"{DOCS}/IAM/latest/UserGuide/confused-deputy.html"
THIRD_PARTY = f"{DOCS}/IAM/latest/UserGuide/id_roles_common-scenarios_third-party.html"
OAI = f"{DOCS}/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html"

ANY = {"AWS": "*"}
_ACTIONS = {
    "s3": ("s3:GetObject", "arn:aws:s3:::amzn-s3-demo-bucket/*"),
    "dynamodb": ("dynamodb:GetItem", f"arn:aws:dynamodb:us-east-1:{OWN}:table/MusicCollection"),
    "lambda": ("lambda:InvokeFunction", f"arn:aws:lambda:us-east-2:{OWN}:function:my-function"),
    "url": ("lambda:InvokeFunctionUrl", f"arn:aws:lambda:us-east-1:{OWN}:function:my-function"),
    "sqs": ("sqs:SendMessage", f"arn:aws:sqs:us-east-2:{OWN}:queue1"),
    "sns": ("sns:Publish", f"arn:aws:sns:us-east-2:{OWN}:MyTopic"),
    "kms": ("kms:Decrypt", "*"),
    "secret": ("secretsmanager:GetSecretValue", "*"),
    "ecr": ("ecr:BatchGetImage", f"arn:aws:ecr:us-east-1:{OWN}:repository/app"),
    "efs": ("elasticfilesystem:ClientMount", f"arn:aws:elasticfilesystem:us-east-1:{OWN}:file-system/fs-1"),
    "events": ("events:PutEvents", f"arn:aws:events:us-east-1:{OWN}:event-bus/default"),
    "api": ("execute-api:Invoke", f"arn:aws:execute-api:us-east-1:{OWN}:api/*/*/*"),
    "es": ("es:ESHttpGet", f"arn:aws:es:us-west-1:{OWN}:domain/test-domain/*"),
    "kinesis": ("kinesis:PutRecord", f"arn:aws:kinesis:us-east-2:{OWN}:stream/stream-abc"),
    "backup": ("backup:CopyIntoBackupVault", "*"),
    "trust": ("sts:AssumeRole", None),
    "web": ("sts:AssumeRoleWithWebIdentity", None),
    "saml": ("sts:AssumeRoleWithSAML", None),
}


class Example(NamedTuple):
    """A policy, the page that describes it, and the kinds of access outside the zone."""

    page: str
    statements: tuple[dict[str, Any], ...]
    kinds: str


def _statement(effect: str, of: str, principal: Any, condition: Any) -> dict[str, Any]:
    action, resource = _ACTIONS[of]
    statement = {"Effect": effect, "Principal": principal, "Action": action}
    statement |= {} if resource is None else {"Resource": resource}
    return statement | ({"Condition": condition} if condition else {})


def allow(of: str, principal: Any = "*", **condition: Any) -> dict[str, Any]:
    """An Allow statement for an action of a service; a keyword is a condition operator, `__` in it a colon."""
    return _statement("Allow", of, principal, {name.replace("__", ":"): keys for name, keys in condition.items()})


def deny(of: str, principal: Any = "*", **condition: Any) -> dict[str, Any]:
    """A Deny statement; see `allow`."""
    return {**allow(of, principal, **condition), "Effect": "Deny"}


def root(account: str) -> dict[str, str]:
    """All principals of an account."""
    return {"AWS": f"arn:aws:iam::{account}:root"}


def role(account: str, name: str = "Admin") -> dict[str, str]:
    """A role."""
    return {"AWS": f"arn:aws:iam::{account}:role/{name}"}


def service(name: str) -> dict[str, str]:
    """A service."""
    return {"Service": f"{name}.amazonaws.com"}


def federated(name: str) -> dict[str, str]:
    """An identity provider."""
    return {"Federated": name}


_CANONICAL = "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"
_GITHUB = f"arn:aws:iam::{OWN}:oidc-provider/token.actions.githubusercontent.com"
_SAML = f"arn:aws:iam::{OWN}:saml-provider/ExampleOrgSSO"
_CLOUDFRONT = "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity EH1HDMB1FH2TC"
_ACCESS_POINTS = f"arn:aws:s3:us-west-2:{OWN}:accesspoint/*"
_KMS_KEY = f"arn:aws:kms:us-east-1:{OWN}:key/1234abcd-12ab-34cd-56ef-1234567890ab"

_TABLE: tuple[tuple[str, str, tuple[dict[str, Any], ...]], ...] = (
    # S3's meaning of "public", example by example and key by key.
    (S3_PUBLIC, "public", (allow("s3", federated("graph.facebook.com")),)),
    (S3_PUBLIC, "public", (allow("s3"),)),
    (S3_PUBLIC, "public", (allow("s3", ANY),)),
    (S3_PUBLIC, "public", (allow("s3", StringLike={"aws:SourceVpc": "vpc-*"}),)),
    (S3_PUBLIC, "unknown", (allow("s3", StringEquals={"aws:SourceVpc": "vpc-91237329"}),)),
    (S3_PUBLIC, "public cross-account", (allow("s3", service("cloudtrail")), allow("s3", root(OTHER)), allow("s3"))),
    (S3_PUBLIC, "cross-account", (allow("s3", service("cloudtrail")), allow("s3", root(OTHER)))),
    (S3_PUBLIC, "none", (allow("s3", service("cloudtrail")),)),
    (S3_PUBLIC, "public", (allow("s3", IpAddress={"aws:SourceIp": "0.0.0.0/1"}),)),
    (S3_PUBLIC, "public", (allow("s3", IpAddress={"aws:SourceIp": ["203.0.113.0/24", "54.0.0.0/7"]}),)),
    (S3_PUBLIC, "unknown", (allow("s3", IpAddress={"aws:SourceIp": "54.0.0.0/8"}),)),
    (S3_PUBLIC, "public", (allow("s3", IpAddress={"aws:SourceIp": "2001:db8::/31"}),)),
    (S3_PUBLIC, "unknown", (allow("s3", IpAddress={"aws:SourceIp": "2001:db8::/32"}),)),
    (S3_PUBLIC, "unknown", (allow("s3", IpAddress={"aws:SourceIp": "10.0.0.0/8"}),)),
    (S3_PUBLIC, "cross-account", (allow("s3", StringEquals={"aws:PrincipalOrgID": ORG}),)),
    (S3_PUBLIC, "none", (allow("s3", StringEquals={"aws:SourceAccount": OWN}),)),
    (S3_PUBLIC, "cross-account", (allow("s3", StringEquals={"aws:SourceAccount": OTHER}),)),
    (S3_PUBLIC, "none", (allow("s3", StringEquals={"aws:SourceOwner": OWN}),)),
    (S3_PUBLIC, "unknown", (allow("s3", ArnEquals={"aws:SourceArn": "arn:aws:s3:::source-bucket"}),)),
    (S3_PUBLIC, "unknown", (allow("s3", StringEquals={"aws:SourceVpce": "vpce-1a2b3c4d"}),)),
    (S3_PUBLIC, "unknown", (allow("s3", StringEquals={"s3:x-amz-server-side-encryption-aws-kms-key-id": _KMS_KEY}),)),
    (S3_PUBLIC, "unknown", (allow("s3", StringEquals={"aws:userid": "AIDACKCEVSQ6C2EXAMPLE"}),)),
    (S3_PUBLIC, "public", (allow("s3", StringLike={"aws:userid": "*"}),)),
    (S3_PUBLIC, "public", (allow("s3", StringEquals={"aws:userid": "${aws:userid}"}),)),
    (S3_PUBLIC, "unknown", (allow("s3", ArnLike={"s3:DataAccessPointArn": _ACCESS_POINTS}),)),
    (S3_PUBLIC, "unknown", (allow("s3", StringEquals={"s3:DataAccessPointAccount": OWN}),)),
    # S3's example bucket policies.
    (S3_EXAMPLES, "none", (deny("s3", NotIpAddress={"aws:SourceIp": "192.0.2.0/24"}),)),
    (S3_EXAMPLES, "none", (deny("s3", StringNotEquals={"aws:SourceVpce": "vpce-1a2b3c4d"}),)),
    (S3_EXAMPLES, "unknown", (allow("s3"), deny("s3", StringNotEquals={"aws:SourceVpce": "vpce-1a2b3c4d"}))),
    (S3_EXAMPLES, "public", (allow("s3"), deny("s3", Bool={"aws:SecureTransport": "false"}))),
    (S3_EXAMPLES, "public", (allow("s3", StringLike={"aws:Referer": "http://www.example.com/*"}),)),
    (S3_EXAMPLES, "cross-account", (allow("s3", {"AWS": [OWN, OTHER]}, StringEquals={"s3:x-amz-acl": "private"}),)),
    (S3_EXAMPLES, "none", (allow("s3", service("s3"), StringEquals={"aws:SourceAccount": OWN}),)),
    (S3_EXAMPLES, "cross-account", (allow("s3", root("127311923021")),)),
    (S3_EXAMPLES, "none", (allow("s3", service("logdelivery.elasticloadbalancing")),)),
    (OAI, "unknown", (allow("s3", {"AWS": _CLOUDFRONT}),)),
    (
        OAI,
        "none",
        (allow("s3", service("cloudfront"), StringEquals={"AWS:SourceArn": f"arn:aws:cloudfront::{OWN}:d/1"}),),
    ),
    (PRINCIPAL, "unknown", (allow("s3", {"CanonicalUser": _CANONICAL}),)),
    # EFS's meaning of "public".
    (EFS_PUBLIC, "public", (allow("efs", ANY),)),
    (EFS_PUBLIC, "unknown", (allow("efs", ANY, Bool={"elasticfilesystem:AccessedViaMountTarget": "true"}),)),
    (EFS_PUBLIC, "public", (allow("efs", ANY, Bool={"elasticfilesystem:AccessedViaMountTarget": "false"}),)),
    (EFS_PUBLIC, "public", (allow("efs", ANY, Bool={"aws:SecureTransport": "true"}),)),
    # DynamoDB's list of trusted condition keys.
    (DYNAMODB, "cross-account", (allow("dynamodb", {"AWS": [OWN, OTHER]}),)),
    (DYNAMODB, "none", (allow("dynamodb", ANY, StringEquals={"aws:PrincipalArn": f"arn:aws:iam::{OWN}:user/John"}),)),
    (DYNAMODB, "unknown", (allow("dynamodb", ANY, StringEquals={"aws:SourceVpc": "vpc-91237329"}),)),
    (DYNAMODB, "unknown", (allow("dynamodb", ANY, StringEquals={"aws:Ec2InstanceSourceVpc": "vpc-91237329"}),)),
    (DYNAMODB, "public", (allow("dynamodb", ANY, IpAddress={"aws:SourceIp": "203.0.113.0/24"}),)),
    (DYNAMODB, "none", (allow("dynamodb", ANY, Bool={"aws:PrincipalIsAWSService": "true"}),)),
    (DYNAMODB, "public", (allow("dynamodb", ANY, Bool={"aws:PrincipalIsAWSService": "false"}),)),
    (DYNAMODB, "public", (allow("dynamodb", ANY, StringLike={"aws:PrincipalOrgID": "o-*"}),)),
    (DYNAMODB, "none", (allow("dynamodb", ANY, StringEquals={"aws:PrincipalServiceName": "dax.amazonaws.com"}),)),
    # Lambda.
    (LAMBDA_PUBLIC, "public", (allow("lambda"),)),
    (LAMBDA_PUBLIC, "none", (allow("lambda", service("s3"), StringEquals={"AWS:SourceAccount": OWN}),)),
    (LAMBDA, "cross-account", (allow("lambda", root(OTHER)),)),
    (LAMBDA, "cross-account", (allow("lambda", StringEquals={"aws:PrincipalOrgID": ORG}),)),
    (LAMBDA_URL, "public", (allow("url", StringEquals={"lambda:FunctionUrlAuthType": "NONE"}),)),
    (LAMBDA_URL, "cross-account", (allow("url", role(OTHER), StringEquals={"lambda:FunctionUrlAuthType": "AWS_IAM"}),)),
    # Queues and topics.
    (SQS, "none", (allow("sqs", {"AWS": OWN}),)),
    (SQS, "cross-account", (allow("sqs", {"AWS": [OTHER, THIRD]}),)),
    (SQS, "cross-account", (allow("sqs", role(OTHER)),)),
    (SQS, "public", (allow("sqs"),)),
    (
        SQS,
        "public",
        (allow("sqs", DateGreaterThan={"aws:CurrentTime": "2009-01-31T12:00Z"}, Bool={"aws:SecureTransport": "true"}),),
    ),
    (SQS, "unknown", (allow("sqs", IpAddress={"AWS:SourceIp": "192.168.143.0/24"}),)),
    (SQS, "none", (allow("sqs", service("sns"), ArnEquals={"aws:SourceArn": f"arn:aws:sns:us-east-2:{OTHER}:t"}),)),
    (SQS, "none", (allow("sqs", ANY, ArnLike={"aws:SourceArn": f"arn:aws:sns:*:{OWN}:*"}),)),
    (SQS, "public", (allow("sqs", ANY, ArnLike={"aws:SourceArn": "arn:aws:sns:*:*:*"}),)),
    (ANALYZER, "public", (allow("sns", ANY),)),
    (SNS, "none", (allow("sns", ANY, StringEquals={"AWS:SourceOwner": OWN}),)),
    (SNS, "cross-account", (allow("sns", {"AWS": OTHER}),)),
    (SNS, "cross-account", (allow("sns", ANY, StringEquals={"aws:PrincipalOrgID": ORG}),)),
    (SNS, "public", (allow("sns", ANY, StringEquals={"SNS:Protocol": "https"}),)),
    (SNS, "none", (allow("sns", service("s3"), ArnLike={"aws:SourceArn": "arn:aws:s3:*:*:bucket"}),)),
    # Keys and secrets.
    (KMS, "none", (allow("kms", root(OWN)),)),
    (KMS_EXTERNAL, "cross-account", (allow("kms", root(OWN)), allow("kms", root(OTHER)))),
    (KMS_EXTERNAL, "cross-account", (allow("kms", role(OTHER, "ExampleRole")),)),
    (ANALYZER, "cross-account", (allow("kms", ANY, StringEquals={"kms:CallerAccount": OTHER}),)),
    (ANALYZER, "none", (allow("kms", ANY, StringEquals={"kms:CallerAccount": OWN}),)),
    (ANALYZER, "none", (allow("kms", role(OWN)),)),
    (KMS_CONDITIONS, "public", (allow("kms", ANY, StringEquals={"kms:ViaService": "s3.us-east-1.amazonaws.com"}),)),
    (KMS_CONDITIONS, "public", (allow("kms", ANY, StringEquals={"kms:EncryptionContext:AppName": "App"}),)),
    (SECRETS, "public", (allow("secret"),)),
    (SECRETS, "none", (allow("secret", role(OWN, "EC2RoleToAccessSecrets")),)),
    (SECRETS, "cross-account", (allow("secret", {"AWS": f"arn:aws:iam::{OTHER}:user/ApplicationUser"}),)),
    (SECRETS, "none", (allow("secret", service("rds"), StringEquals={"aws:SourceAccount": OWN}),)),
    # Repositories, buses, APIs, domains, streams, vaults.
    (ECR, "cross-account", (allow("ecr", {"AWS": [f"arn:aws:iam::{OTHER}:user/push-pull-user-1", OWN]}),)),
    (ECR, "none", (allow("ecr", service("codebuild"), StringEquals={"aws:SourceAccount": OWN}),)),
    (ECR, "cross-account", (allow("ecr", ANY, StringEquals={"aws:PrincipalOrgID": ORG}),)),
    (EVENTS, "cross-account", (allow("events", {"AWS": OTHER}),)),
    (EVENTS, "cross-account", (allow("events", StringEquals={"aws:PrincipalOrgID": ORG}),)),
    (API, "public", (allow("api"), deny("api", IpAddress={"aws:SourceIp": ["192.0.2.0/24", "198.51.100.0/24"]}))),
    (API, "unknown", (allow("api"), deny("api", NotIpAddress={"aws:SourceIp": "192.0.2.0/24"}))),
    (API, "unknown", (allow("api"), deny("api", StringNotEquals={"aws:SourceVpc": "vpc-1a2b3c4d"}))),
    (API, "cross-account", (allow("api", {"AWS": OTHER}),)),
    (SEARCH, "none", (allow("es", {"AWS": f"arn:aws:iam::{OWN}:user/test-user"}),)),
    (SEARCH, "unknown", (allow("es", ANY, IpAddress={"aws:SourceIp": ["192.0.2.0/24"]}),)),
    (SEARCH, "public", (allow("es", ANY),)),
    (KINESIS, "cross-account", (allow("kinesis", role(OTHER)),)),
    (BACKUP, "cross-account", (allow("backup", StringEquals={"aws:PrincipalOrgID": ORG}),)),
    (
        BACKUP,
        "cross-account",
        (allow("backup", ForAnyValue__StringLike={"aws:PrincipalOrgPaths": f"{ORG}/r-f6g7h8i9j0example/ou-def0/*"}),),
    ),
    # Trust policies.
    (PRINCIPAL, "none", (allow("trust", root(OWN)),)),
    (PRINCIPAL, "cross-account", (allow("trust", root(OTHER)),)),
    (PRINCIPAL, "cross-account", (allow("trust", {"AWS": f"arn:aws:sts::{OTHER}:assumed-role/app/session"}),)),
    (THIRD_PARTY, "cross-account", (allow("trust", {"AWS": OTHER}, StringEquals={"sts:ExternalId": "12345"}),)),
    (THIRD_PARTY, "public", (allow("trust", ANY, StringEquals={"sts:ExternalId": "12345"}),)),
    (PRINCIPAL, "none", (allow("trust", service("lambda")),)),
    (
        PRINCIPAL,
        "unknown",
        (allow("saml", federated(_SAML), StringEquals={"SAML:aud": "https://signin.aws.amazon.com/saml"}),),
    ),
    (PRINCIPAL, "unknown", (allow("web", federated(_GITHUB)),)),
    (FILTERS, "public", (allow("web", federated("accounts.google.com")),)),
    (
        FILTERS,
        "unknown",
        (allow("web", federated("accounts.google.com"), StringEquals={"accounts.google.com:aud": "1"}),),
    ),
    (FILTERS, "public", (allow("web", federated("cognito-identity.amazonaws.com")),)),
    (
        FILTERS,
        "unknown",
        (
            allow(
                "web",
                federated("cognito-identity.amazonaws.com"),
                StringEquals={"cognito-identity.amazonaws.com:aud": "us-east-1:12345678-abcd-abcd-abcd-123456"},
            ),
        ),
    ),
    # Condition keys and operators.
    (KEYS, "public", (allow("s3", StringEquals={"aws:PrincipalTag/team": "a"}),)),
    (KEYS, "public", (allow("s3", StringEquals={"aws:UserAgent": "secret"}),)),
    (KEYS, "cross-account", (allow("s3", StringEquals={"aws:PrincipalOrgID": "${aws:ResourceOrgID}"}),)),
    (KEYS, "none", (allow("sqs", StringEquals={"aws:PrincipalAccount": "${aws:ResourceAccount}"}),)),
    (KEYS, "none", (allow("s3"), deny("s3", StringNotEquals={"aws:PrincipalAccount": OWN}))),
    (KEYS, "cross-account", (allow("s3"), deny("s3", StringNotEquals={"aws:PrincipalOrgID": ORG}))),
    (OPERATORS, "public", (allow("s3", StringEqualsIfExists={"aws:PrincipalOrgID": ORG}),)),
    (OPERATORS, "public", (allow("s3", ForAllValues__StringEquals={"aws:PrincipalOrgID": ORG}),)),
    (OPERATORS, "public", (allow("s3", Null={"aws:PrincipalOrgID": "false"}),)),
    (OPERATORS, "public", (allow("s3", StringNotEquals={"aws:PrincipalOrgID": ORG}),)),
    (OPERATORS, "cross-account", (allow("s3", ArnLike={"aws:PrincipalArn": f"arn:aws:iam::{OTHER}:role/team-*"}),)),
    (OPERATORS, "public", (allow("s3", ArnLike={"aws:PrincipalArn": "arn:aws:iam::*:role/team-*"}),)),
    (OPERATORS, "public", (allow("s3", StringLike={"aws:PrincipalArn": f"arn:aws:iam::*{OTHER}:role/team"}),)),
)
EXAMPLES = tuple(Example(page, statements, kinds) for page, kinds, statements in _TABLE)
