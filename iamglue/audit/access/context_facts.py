"""Values of condition keys in the requests of a role: known values, and keys missing from wildcard-resource requests.

All other keys are free: anyone with the role's credentials may choose them, or they may have any value.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
"""

from __future__ import annotations

from collections.abc import Mapping

from iamglue.model.account import Account, Role
from iamglue.policy.arns import ARN_FIELD_COUNT, split_arn_fields

KeyValues = tuple[str, ...]
ContextFacts = Mapping[str, KeyValues]

UNUSED_NAME = "0qxz7jv"  # a name that no resource has, and that only broad patterns match
MFA_PRESENT = "aws:multifactorauthpresent"
# Missing from direct requests of a role session without MFA (no service in between). Also tags of resources and
# boundaries of roles, which a sample resource does not have.
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
# Requests may be evaluated as passing a role to a service, and a role may have tags.
_SOMETIMES = ("iam:passedtoservice", "aws:principaltag/")
_ABSENT_PARTS = ("resourcetag/", "existingobjecttag/", "kms:encryptioncontext:", "aws:principaltag/")
# These name the resource of the request, or something that the caller supplies, such as their own layer.
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
# A scan does not name keys: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html
_WITHOUT_LEADING_KEYS = "dynamodb:scan"


def role_facts(role: Role, account: Account) -> dict[str, KeyValues]:
    """The keys, in lower case, and values that every request of the role's sessions has."""
    facts: dict[str, KeyValues] = {
        "aws:principalarn": (role.arn,),
        "aws:principalaccount": (role.account,),
        "aws:principaltype": ("AssumedRole",),
        "aws:principalisawsservice": ("false",),
        "aws:viaawsservice": ("false",),
        "kms:calleraccount": (role.account,),
    }
    if account.organization:
        facts["aws:principalorgid"] = (account.organization,)
    if account.collected:
        # The evaluation time is the time of collection: past and future times in conditions do not match.
        facts |= dict.fromkeys(("aws:currenttime", "aws:tokenissuetime"), (account.collected,))
    return facts | {f"aws:principaltag/{key.lower()}": (value,) for key, value in role.tags}


def resource_facts(resource: str, role: Role, account: Account) -> dict[str, KeyValues]:
    """The keys and values that describe the account of the resource."""
    fields = split_arn_fields(resource)
    owner = (fields[4] if len(fields) == ARN_FIELD_COUNT else "") or role.account
    facts: dict[str, KeyValues] = {"aws:resourceaccount": (owner,)}
    if account.organization and owner == role.account:
        facts["aws:resourceorgid"] = (account.organization,)
    return facts


def is_never_present(key: str) -> bool:
    """Whether no request for a sample resource has a key (in lower case)."""
    return not key.startswith(_SOMETIMES) and (key in _ABSENT or any(key_part in key for key_part in _ABSENT_PARTS))


def values_for_any_resource(key: str, action: str) -> KeyValues | None:
    """The values of a key for a sample resource: `()` if it is missing; None if the key is free."""
    if key in _ABSENT or any(key_part in key for key_part in _ABSENT_PARTS):
        return ()
    if key == "dynamodb:leadingkeys" and action.lower() == _WITHOUT_LEADING_KEYS:
        return ()
    return (UNUSED_NAME,) if key in _FRESH_KEYS else None
