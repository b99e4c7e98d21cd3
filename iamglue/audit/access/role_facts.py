"""The condition keys of the requests of a role's sessions: known values, and keys that only users have.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
"""

from __future__ import annotations

from collections.abc import Mapping

from iamglue.catalog.context_keys import KeyKind, key_kind
from iamglue.model.account import Account, Role
from iamglue.policy.arns import ARN_FIELD_COUNT, split_arn_fields
from iamglue.policy.conditions import Condition, build_condition
from iamglue.risk.request_keys import DIRECT_REQUEST, MFA_PRESENT, KeyValues

WITHOUT_MFA: Mapping[str, Condition] = {MFA_PRESENT: build_condition("BoolIfExists", MFA_PRESENT, "false")}


def role_facts(role: Role, account: Account) -> dict[str, KeyValues]:
    """The keys, in lower case, and values that every request of the role's sessions has."""
    return _caller_facts(role, account) | {"aws:principaltype": ("AssumedRole",)}


def user_facts(user: Role, account: Account) -> dict[str, KeyValues]:
    """The keys, in lower case, and values that every request of a user, as a caller, has."""
    return _caller_facts(user, account) | {"aws:principaltype": ("User",), "aws:username": (user.name,)}


def _caller_facts(caller: Role, account: Account) -> dict[str, KeyValues]:
    """The values of condition keys that are the same in every request of a role, by their lower-case names."""
    facts: dict[str, KeyValues] = {
        **DIRECT_REQUEST,
        "aws:principalarn": (caller.arn,),
        "aws:principalaccount": (caller.account,),
        "kms:calleraccount": (caller.account,),
    }
    if account.organization:
        facts["aws:principalorgid"] = (account.organization,)
    if account.evaluation_time:
        # The evaluation time is the time of collection: past and future times in conditions do not match.
        facts |= dict.fromkeys(("aws:currenttime", "aws:tokenissuetime"), (account.evaluation_time,))
    return facts | {f"aws:principaltag/{key.lower()}": (value,) for key, value in caller.tags}


def resource_facts(resource: str, caller_account: str, account: Account) -> dict[str, KeyValues]:
    """The keys and values that describe the account of the resource."""
    fields = split_arn_fields(resource)
    owner = (fields[4] if len(fields) == ARN_FIELD_COUNT else "") or caller_account
    facts: dict[str, KeyValues] = {"aws:resourceaccount": (owner,)}
    if account.organization and owner == caller_account:
        facts["aws:resourceorgid"] = (account.organization,)
    return facts


def is_missing_for_roles(key: str) -> bool:
    """Whether no session of a role has a key, in lower case, that is not one of `role_facts`."""
    return key_kind(key) is KeyKind.USER
