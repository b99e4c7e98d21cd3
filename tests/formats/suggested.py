"""Suggestions for the tests of their files: of ordinary names and of hostile ones."""

from dataclasses import replace

from support.roles_and_needs import case, customer, inline, needs, role

from iamglue.audit.suggest.suggest import suggest_replacement
from iamglue.formats.suggestions.suggestion import suggestion_files
from iamglue.model.role_context import RoleResult
from iamglue.policy.model import Effect, MatchList, Statement, allow_statement

ALL = allow_statement(("s3:*", "dynamodb:*"), ("*",))
READ = allow_statement(("s3:GetObject",), ("arn:aws:s3:::images-bucket/*",), sid="Read")
GUARD = Statement(Effect.DENY, MatchList(("s3:DeleteBucket",)), MatchList(("*",)))
BIG = tuple(allow_statement(("s3:GetObject",), (f"arn:aws:s3:::{at:0>400}",), sid=f"S{at}") for at in range(40))


def judged(*policies, name="exif-role", function="exif-extractor", statements=(READ,)):
    found = case(role(*policies, name=name), needs(function, *statements))
    return RoleResult(found, replacement=suggest_replacement(found))


def files(*policies, **given):
    """The files of a role's folder, without the folder."""
    found = suggestion_files(judged(*policies, **given))
    return {name.partition("/")[2]: text for name, text in found.items()}


def hostile(name):
    """A role, policies and a function of this name."""
    arn = f"arn:aws:iam::123456789012:policy/{name}"
    odd = [replace(inline("x", ALL), name=name), replace(customer("x", ALL), name=name, arn=arn)]
    return files(*odd, replace(inline("y", GUARD), name=f"{name}-stays"), name=name, function=name)
