"""Roles, policies and cases for the tests of the rules about roles."""

from __future__ import annotations

from support import deployed
from support.deployed import attached, trusting

from iamglue.audit.audit_context import AuditContext
from iamglue.model.account import Account
from iamglue.model.role_context import RoleContext
from iamglue.model.usage import Usage

ACCOUNT = "111122223333"


def document(name, *statements, arn=None, version="2012-10-17"):
    return attached(name, list(statements), arn, version=version)


def malformed(name):
    return document(name, {"Effect": "Perhaps"})


def statement(effect, action, resource="*", condition=None):
    found = {"Effect": effect, "Action": action, "Resource": resource}
    return {**found, "Condition": condition} if condition else found


def allow(action, resource="*", condition=None):
    return statement("Allow", action, resource, condition)


def deny(action, resource="*", condition=None):
    return statement("Deny", action, resource, condition)


def trust(**principal):
    return trusting(principal)


def role(name, *policies, trusts=None, **more):
    return deployed.role(*policies, name=name, trust=trusts, account=ACCOUNT, **more)


ADMIN = role("admin", document("everything", allow("*")))
WORKER = role("worker", document("images", allow("s3:GetObject", "arn:aws:s3:::images/*")))


def case(*policies, others=(ADMIN, WORKER), scps=None, functions=(), **more):
    """A case of the role `tested` with these policies, in an account with others."""
    tested = role("tested", *policies, **more)
    return RoleContext(tested, (), Account(ACCOUNT, functions, (tested, *others), scps), Usage())


def check(rule, found):
    """The violations that a rule finds in a role."""
    return list(rule.check(found, AuditContext()))


def role_access(found):
    """The access of the role of a case."""
    return AuditContext().role_access(found)
