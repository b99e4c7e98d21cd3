"""An account as a story: the online shop of a bakery, with 40 roles, 15 of which lead to administrator access.

The shop's functions are plain. What grew around them is not: a CI runner that the deployment role trusts by name, a bot
that starts it, a chat command that changes the bot, stacks, keys of the owner, and a nightly job that may become `ops`.
`PATHS` has the chain of each role that leads there; all others are plain, or closed at one place.
"""

from __future__ import annotations

from typing import Any

ACCOUNT = "210987654321"
SELF, ANY = "itself", "any"
PATHS: dict[str, list[str]] = {
    "ci-runner": ["deployer"],
    "release-bot": ["ci-runner", "deployer"],
    "chat-ops": ["release-bot", "ci-runner", "deployer"],
    "stack-launcher": ["stack-admin"],
    "preview-stacks": ["stack-admin"],
    "onboarding": ["owner"],
    "password-desk": ["owner"],
    "policy-sync": [SELF],
    "tagger": [SELF],
    "trust-rotator": ["deployer"],
    "nightly": ["ops"],
    "image-sizer": ["nightly", "ops"],
    "support-desk": [ANY],
    "etl": ["ops"],
    "glue-starter": ["etl", "ops"],
}
ASSUME, PASS = "sts:AssumeRole", "iam:PassRole"
MAKE = ["lambda:CreateFunction", "lambda:InvokeFunction"]


def arn(kind: str, name: str) -> str:
    """The ARN of something of IAM."""
    return f"arn:aws:iam::{ACCOUNT}:{kind}/{name}"


def function_arn(name: str) -> str:
    """The ARN of a function."""
    return f"arn:aws:lambda:eu-west-1:{ACCOUNT}:function:{name}"


def allow(actions: Any, resources: Any = "*", **rest: Any) -> dict[str, Any]:
    """An Allow statement."""
    return {"Effect": "Allow", "Action": actions, "Resource": resources, **rest}


def deny(actions: Any, resources: Any = "*") -> dict[str, Any]:
    """A Deny statement."""
    return {"Effect": "Deny", "Action": actions, "Resource": resources}


def document(*statements: dict[str, Any]) -> dict[str, Any]:
    """A policy document."""
    return {"Version": "2012-10-17", "Statement": list(statements)}


def trust(principal: Any, **rest: Any) -> dict[str, Any]:
    """A statement of a trust policy."""
    return {"Effect": "Allow", "Principal": principal, "Action": ASSUME, **rest}


LAMBDA, HOUSE = trust({"Service": "lambda.amazonaws.com"}), trust({"AWS": f"arn:aws:iam::{ACCOUNT}:root"})
GLUE, STACKS = trust({"Service": "glue.amazonaws.com"}), trust({"Service": "cloudformation.amazonaws.com"})
EVERYTHING = allow("*")


def role(name: str, *statements: dict[str, Any], trusts: Any = LAMBDA, **rest: Any) -> dict[str, Any]:
    """A role with one inline policy."""
    policies = [{"PolicyName": f"{name}-policy", "PolicyDocument": document(*statements)}]
    return {
        "RoleName": name,
        "Arn": arn("role", name),
        "AssumeRolePolicyDocument": document(*(trusts if isinstance(trusts, list) else [trusts])),
        "RolePolicyList": policies,
        **rest,
    }


def table(name: str, *actions: str) -> dict[str, Any]:
    """Access to a table of the shop."""
    return allow([f"dynamodb:{action}" for action in actions], f"arn:aws:dynamodb:eu-west-1:{ACCOUNT}:table/{name}")


def to(name: str) -> dict[str, Any]:
    """The permission to assume a role."""
    return allow(ASSUME, arn("role", name))


def attached(name: str) -> dict[str, Any]:
    """What a role with a managed policy of the account has besides."""
    return {"AttachedManagedPolicies": [{"PolicyName": name, "PolicyArn": arn("policy", name)}]}


def bounded(name: str) -> dict[str, Any]:
    """What a role with a boundary of the account has besides."""
    return {"PermissionsBoundary": {"PermissionsBoundaryArn": arn("policy", name)}}


MFA = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
PREVIEW = f"arn:aws:cloudformation:eu-west-1:{ACCOUNT}:stack/preview-*"
ORDERS = table("orders", "GetItem", "Query")
ADMINISTRATORS = [
    role("break-glass", EVERYTHING, trusts=trust({"AWS": ACCOUNT}, Condition=MFA)),
    role("deployer", EVERYTHING, trusts=trust({"AWS": [arn("role", "ci-runner"), arn("role", "retired-bot")]})),
    role("stack-admin", EVERYTHING, trusts=STACKS),
    role("ops", EVERYTHING, trusts=HOUSE),
]
LEADING = [
    role("ci-runner", allow("codecommit:GitPull", f"arn:aws:codecommit:eu-west-1:{ACCOUNT}:shop"), trusts=HOUSE),
    role("release-bot", to("ci-runner")),
    role("chat-ops", allow("lambda:UpdateFunctionCode", function_arn("release-bot"))),
    role("stack-launcher", allow(PASS, arn("role", "stack-admin")), allow("cloudformation:CreateStack")),
    role("preview-stacks", allow(PASS, arn("role", "stack-*")), allow("cloudformation:UpdateStack", PREVIEW)),
    role("onboarding", allow("iam:CreateAccessKey", arn("user", "owner"))),
    role("password-desk", allow("iam:UpdateLoginProfile", arn("user", "own*"))),
    role("policy-sync", allow("iam:CreatePolicyVersion", arn("policy", "shop-base")), **attached("shop-base")),
    role("tagger", allow("iam:PutRolePolicy", arn("role", "tagger"))),
    role("trust-rotator", allow("iam:UpdateAssumeRolePolicy", arn("role", "deployer"))),
    role("nightly", to("ops")),
    role("image-sizer", allow("lambda:UpdateFunctionConfiguration", function_arn("nightly*"))),
    role("support-desk", allow([PASS, *MAKE])),
    role("etl", to("ops"), trusts=GLUE),
    role(
        "glue-starter",
        allow(PASS, arn("role", "etl")),
        allow("glue:CreateJob"),
        allow("glue:StartJobRun", f"arn:aws:glue:eu-west-1:{ACCOUNT}:job/glue-starter"),
    ),
]
CLOSED = [
    role("night-guard", to("break-glass")),
    role("old-launcher", allow(PASS, arn("role", "stack-admin")), allow(MAKE)),
    role("half-launcher", allow(PASS, arn("role", "stack-admin")), table("stacks", "GetItem")),
    role("stuck-bot", to("ci-runner"), deny(ASSUME)),
    role("retired-bot", deny("sts:*"), ORDERS),
    role("intern", allow("iam:CreateAccessKey", arn("user", "owner")), **bounded("shop-limits")),
    role("key-keeper", allow("iam:CreateAccessKey", arn("user", "owners-cat"))),
    role("baker", to("miller"), to("baker"), trusts=[LAMBDA, HOUSE]),
    role("miller", to("miller"), to("baker"), trusts=[LAMBDA, HOUSE]),
    role("orders-canary", ORDERS, allow("lambda:UpdateFunctionCode", function_arn("orders-api"))),
]
PLAIN = [
    role("orders-api", ORDERS),
    role("payments", table("payments", "PutItem"), allow("kms:Decrypt", f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/1-2-3")),
    role("mailer", allow("sqs:ReceiveMessage", f"arn:aws:sqs:eu-west-1:{ACCOUNT}:mails")),
    role("catalog", table("cakes", "Scan")),
    role("photos", allow(["s3:GetObject", "s3:PutObject"], "arn:aws:s3:::bakery-photos/*")),
    role("invoices", allow("s3:PutObject", "arn:aws:s3:::bakery-invoices/*")),
    role("stock", table("stock", "UpdateItem")),
    role("search", table("cakes", "Query")),
    role("coupons", table("coupons", "GetItem")),
    role("newsletter", allow("sns:Publish", f"arn:aws:sns:eu-west-1:{ACCOUNT}:news")),
    role("metrics", allow("cloudwatch:PutMetricData", Condition={"StringEquals": {"cloudwatch:namespace": "shop"}})),
]
FUNCTIONS = ("release-bot", "nightly", "orders-api", "catalog", "mailer")


def managed(name: str, *statements: dict[str, Any]) -> dict[str, Any]:
    """A managed policy of the account."""
    versions = [{"VersionId": "v1", "IsDefaultVersion": True, "Document": document(*statements)}]
    return {"PolicyName": name, "Arn": arn("policy", name), "DefaultVersionId": "v1", "PolicyVersionList": versions}


def export() -> dict[str, Any]:
    """What `aws iam get-account-authorization-details` prints."""
    return {
        "UserDetailList": [
            {"UserName": "owner", "Arn": arn("user", "owner"), "GroupList": ["family"]},
            {"UserName": "owners-cat", "Arn": arn("user", "owners-cat")},
        ],
        "GroupDetailList": [
            {"GroupName": "family", "GroupPolicyList": [{"PolicyName": "all", "PolicyDocument": document(EVERYTHING)}]}
        ],
        "RoleDetailList": [*ADMINISTRATORS, *LEADING, *CLOSED, *PLAIN],
        "Policies": [managed("shop-base", ORDERS), managed("shop-limits", allow(["dynamodb:*", "s3:*"]))],
    }


def functions() -> dict[str, Any]:
    """What `aws lambda list-functions` prints: functions that run as the roles of the same name."""
    return {
        "Functions": [
            {"FunctionName": name, "FunctionArn": function_arn(name), "Role": arn("role", name)} for name in FUNCTIONS
        ]
    }
