"""Roles of plain policies and what their functions need, for tests of suggestions."""

import json

from iamglue.catalog.managed_policies import find_managed_policy
from iamglue.model.account import Account, AttachedPolicy, DeployedFunction, Role
from iamglue.model.permission_set import NamedPolicy, PermissionSet
from iamglue.model.role_context import RoleContext
from iamglue.model.usage import Usage
from iamglue.policy.document import policy_json, read_policy
from iamglue.policy.model import Policy

ACCOUNT = "123456789012"


def attached(name, text, arn=None):
    """A policy by the text of its document."""
    return AttachedPolicy(name, text, read_policy(text, "document.json"), arn)


def inline(name, *statements):
    """An inline policy of these statements."""
    return attached(name, policy_json(Policy(tuple(statements))))


def customer(name, *statements):
    """An attached policy of the account."""
    return attached(name, policy_json(Policy(tuple(statements))), f"arn:aws:iam::{ACCOUNT}:policy/{name}")


def aws_managed(name):
    """A policy of AWS's, as the snapshot has it."""
    found = find_managed_policy(name)
    return attached(name, json.dumps(found.document), found.arn)


def trust(*services, **principals):
    """A trust policy."""
    who = {"Service": list(services or ("lambda.amazonaws.com",)), **principals}
    statement = {"Effect": "Allow", "Principal": who, "Action": "sts:AssumeRole"}
    return attached("trust policy", json.dumps({"Version": "2012-10-17", "Statement": [statement]}))


def role(*policies, name="exif-role", **given):
    """A role that Lambda takes on."""
    return Role(name, f"arn:aws:iam::{ACCOUNT}:role/{name}", given.pop("trust", trust()), policies, **given)


def function(name, of):
    """A function that runs as a role."""
    return DeployedFunction(name, f"arn:aws:lambda:eu-west-1:{ACCOUNT}:function:{name}", of.arn)


def needs(name, *statements):
    """What a spec declares of a function."""
    arn = f"arn:aws:lambda:eu-west-1:{ACCOUNT}:function:{name}"
    policies = (NamedPolicy(f"{name}-policy", Policy(tuple(statements))),) if statements else ()
    return PermissionSet(name, arn, f"{name}-role", trust().policy, policies, region="eu-west-1", account=ACCOUNT)


def case(of, *declared, functions=None, inferred=False, **account):
    """A role with its functions, of which `declared` are bundles."""
    names = functions or [each.function for each in declared]
    deployed = tuple(function(name, of) for name in names)
    found = Account(ACCOUNT, deployed, (of,), **({"scps": ()} | account))
    return RoleContext(of, deployed, found, Usage(), tuple((each.function, each) for each in declared), inferred)
