"""The one builder of policies, roles and functions for tests, from plain policy documents, and audits of them."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from iamglue.audit.run import AuditSelection, audit
from iamglue.catalog.managed_policies import find_managed_policy
from iamglue.errors import IamglueError
from iamglue.findings import Finding
from iamglue.model.account import Account, AttachedPolicy, DeployedFunction, FunctionResourcePolicy, Role
from iamglue.model.role_context import AuditResult
from iamglue.model.spec import SpecFunction
from iamglue.model.usage import Usage
from iamglue.policy.document import policy_data, read_policy
from iamglue.policy.model import Policy
from iamglue.readers.spec.reader import parse_spec

REGION, ACCOUNT, ORGANIZATION = "eu-west-1", "123456789012", "o-exampleorg"
HERE = f"{REGION}:{ACCOUNT}"
ROLE_ARN = f"arn:aws:iam::{ACCOUNT}:role/exif-role"


def attached(name: str, found: Any, arn: str | None = None, *, version: str = "2012-10-17") -> AttachedPolicy:
    """A policy from a document, a list of statements, or a text that may be no policy at all."""
    if isinstance(found, Policy):
        found = policy_data(found)
    if isinstance(found, list):
        found = {"Version": version, "Statement": found}
    text = found if isinstance(found, str) else json.dumps(found)
    return AttachedPolicy(name, text, _policy(text), arn)


@cache
def _policy(text: str) -> Policy | None:
    """The policy of a text, read once: thousands of roles have the same."""
    try:
        return read_policy(text, "policy.json")
    except IamglueError:
        return None


def of_aws(name: str) -> AttachedPolicy:
    """A policy that AWS manages, from the snapshot."""
    found = find_managed_policy(name)
    assert found is not None
    return attached(name, found.document, found.arn)


def trusting(*principals: dict[str, Any] | str, **rest: Any) -> AttachedPolicy:
    """A trust policy with a statement for each principal."""
    statements = [{"Effect": "Allow", "Principal": each, "Action": "sts:AssumeRole", **rest} for each in principals]
    return attached("trust policy", statements)


LAMBDA = {"Service": "lambda.amazonaws.com"}


def role(
    *policies: AttachedPolicy,
    name: str = "exif-role",
    trust: AttachedPolicy | None = None,
    account: str = ACCOUNT,
    **rest: Any,
) -> Role:
    """A role of an account that Lambda may assume, unless `trust` says otherwise."""
    return Role(name, f"arn:aws:iam::{account}:role/{name}", trust or trusting(LAMBDA), policies, **rest)


def function(
    name: str = "exif-extractor", role_name: str = "exif-role", *, account: str = ACCOUNT, **rest: Any
) -> DeployedFunction:
    """A function of an account that runs as the role of this name."""
    role_arn = f"arn:aws:iam::{account}:role/{role_name}"
    return DeployedFunction(name, f"arn:aws:lambda:{REGION}:{account}:function:{name}", role_arn, **rest)


def permitting(*statements: dict[str, Any], qualifier: str = "") -> tuple[FunctionResourcePolicy, ...]:
    """A function's resource-based policy."""
    return (FunctionResourcePolicy(attached("resource-based policy", list(statements)), qualifier),)


def invoking(principal: Any, condition: dict[str, Any] | None = None, **rest: Any) -> dict[str, Any]:
    """A statement that lets a principal invoke the function."""
    found = {"Effect": "Allow", "Principal": principal, "Action": "lambda:InvokeFunction", "Resource": "*", **rest}
    return found | ({"Condition": condition} if condition else {})


def spec(text: str) -> tuple[SpecFunction, ...]:
    """The functions of a spec."""
    head = "" if text.startswith("iamglue") else "iamglue: 1\nfunction: exif-extractor\n"
    return parse_spec(head + text, "spec.yaml").functions


def audited(
    roles: Role | tuple[Role, ...],
    functions: DeployedFunction | tuple[DeployedFunction, ...] = (),
    specs: tuple[SpecFunction, ...] = (),
    usage: Usage | None = None,
    chosen: AuditSelection | None = None,
    **rest: Any,
) -> AuditResult:
    """The audit of an account with these roles and functions."""
    account = Account(
        ACCOUNT,
        functions if isinstance(functions, tuple) else (functions,),
        roles if isinstance(roles, tuple) else (roles,),
        **{"organization": ORGANIZATION, **rest},
    )
    return audit([account], specs, usage, chosen)


def found(result: AuditResult, rule: str) -> list[Finding]:
    """The findings of one rule."""
    return [each for each in result.report.findings if each.rule == rule]
