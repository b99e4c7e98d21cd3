"""Roles of plain policies and what their functions need, for tests of suggestions."""

from support import deployed
from support.deployed import ACCOUNT, HERE, attached, role, trusting
from support.deployed import of_aws as aws_managed

from iamglue.model.account import Account
from iamglue.model.permission_set import NamedPolicy, PermissionSet
from iamglue.model.role_context import RoleContext
from iamglue.model.usage import Usage
from iamglue.policy.model import Policy

__all__ = ["attached", "aws_managed", "case", "customer", "function", "inline", "needs", "role", "trust"]


def inline(name, *statements):
    """An inline policy of these statements."""
    return attached(name, Policy(tuple(statements)))


def customer(name, *statements):
    """An attached policy of the account."""
    return attached(name, Policy(tuple(statements)), f"arn:aws:iam::{ACCOUNT}:policy/{name}")


def trust(*services, **principals):
    """A trust policy."""
    return trusting({"Service": list(services or ("lambda.amazonaws.com",)), **principals})


def function(name, of):
    """A function that runs as a role."""
    return deployed.function(name, of.name)


def needs(name, *statements):
    """What a spec declares of a function."""
    arn = f"arn:aws:lambda:{HERE}:function:{name}"
    policies = (NamedPolicy(f"{name}-policy", Policy(tuple(statements))),) if statements else ()
    return PermissionSet(name, arn, f"{name}-role", trust().policy, policies, region="eu-west-1", account=ACCOUNT)


def case(of, *declared, functions=None, inferred=False, **account):
    """A role with its functions, of which `declared` are bundles."""
    names = functions or [each.function for each in declared]
    deployed = tuple(function(name, of) for name in names)
    found = Account(ACCOUNT, deployed, (of,), **({"scps": ()} | account))
    return RoleContext(of, deployed, found, Usage(), tuple((each.function, each) for each in declared), inferred)
