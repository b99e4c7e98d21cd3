"""What the condition keys of a role's requests hold: what is a fact, and what a request for just any resource lacks.

A key that is neither is free: whoever has the role's credentials may choose it, or it may come out either way.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
"""

from __future__ import annotations

from collections.abc import Mapping

from iamglue.model.account import Account, Role
from iamglue.policy.arns import ARN_FIELD_COUNT, split_arn_fields

KeyValues = tuple[str, ...]
ContextFacts = Mapping[str, KeyValues]

UNUSED_NAME = "0qxz7jv"  # a name that nothing has, and that no pattern but a wide one matches
MFA_PRESENT = "aws:multifactorauthpresent"
# Never in the requests of a role's session that nobody signed in to with a second factor, made without a service
# between. Tags of resources and boundaries of roles: just any resource has none.
_ABSENT = frozenset(
    {
        "aws:calledvia",
        "aws:calledviafirst",
        "aws:calledvialast",
        "aws:federatedprovider",
        "aws:multifactorauthage",
        "aws:sourceaccount",
        "aws:sourcearn",
        "aws:sourceorgid",
        "aws:sourceorgpaths",
        "aws:username",
        "iam:passedtoservice",
        "iam:permissionsboundary",
        "kms:encryptioncontextkeys",
        "kms:resourcealiases",
        "kms:viaservice",
        "s3:dataaccesspointaccount",
        "s3:dataaccesspointarn",
    }
)
# A request may be asked about as one that passes a role to a service, and a role has tags of its own.
_SOMETIMES = ("iam:passedtoservice", "aws:principaltag/")
_ABSENT_PARTS = ("resourcetag/", "existingobjecttag/", "kms:encryptioncontext:", "aws:principaltag/")
# These name what is acted on, or what whoever has the role would bring: something of their own.
_FRESH_KEYS = frozenset(
    {
        "cloudformation:templateurl",
        "cloudwatch:namespace",
        "dynamodb:attributes",
        "dynamodb:leadingkeys",
        "lambda:codesigningconfigarn",
        "lambda:functionarn",
        "lambda:layer",
        "secretsmanager:name",
        "secretsmanager:secretid",
    }
)
# A scan names no keys: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html
_WITHOUT_LEADING_KEYS = "dynamodb:scan"


def role_facts(role: Role, account: Account) -> dict[str, KeyValues]:
    """The keys, in lower case, that every request of the role's sessions carries, whatever it is for."""
    found: dict[str, KeyValues] = {
        "aws:principalarn": (role.arn,),
        "aws:principalaccount": (role.account,),
        "aws:principaltype": ("AssumedRole",),
        "aws:principalisawsservice": ("false",),
        "aws:viaawsservice": ("false",),
        "kms:calleraccount": (role.account,),
    }
    if account.organization:
        found["aws:principalorgid"] = (account.organization,)
    if account.collected:
        # What is judged is the day of the reading: a time that has passed, or is to come, is not now.
        found |= dict.fromkeys(("aws:currenttime", "aws:tokenissuetime"), (account.collected,))
    return found | {f"aws:principaltag/{key.lower()}": (value,) for key, value in role.tags}


def resource_facts(resource: str, role: Role, account: Account) -> dict[str, KeyValues]:
    """What is known of the account of a request's resource."""
    fields = split_arn_fields(resource)
    owner = (fields[4] if len(fields) == ARN_FIELD_COUNT else "") or role.account
    found: dict[str, KeyValues] = {"aws:resourceaccount": (owner,)}
    if account.organization and owner == role.account:
        found["aws:resourceorgid"] = (account.organization,)
    return found


def is_never_present(key: str) -> bool:
    """Whether no request for just any resource carries a key (in lower case), whatever it is for."""
    return not key.startswith(_SOMETIMES) and (key in _ABSENT or any(part in key for part in _ABSENT_PARTS))


def values_for_any_resource(key: str, action: str) -> KeyValues | None:
    """What a key that is no fact holds for just any resource: nothing (`()`), or its own; None: the key is free."""
    if key in _ABSENT or any(part in key for part in _ABSENT_PARTS):
        return ()
    if key == "dynamodb:leadingkeys" and action.lower() == _WITHOUT_LEADING_KEYS:
        return ()
    return (UNUSED_NAME,) if key in _FRESH_KEYS else None
