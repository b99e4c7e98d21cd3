"""SSM parameters whose ARN does not follow from their name alone: paths, and references to secrets.

https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-access.html
"""

from __future__ import annotations

from dataclasses import replace

from iamglue.generate.requirements.arn_validation import arn_fields
from iamglue.generate.requirements.requested_actions import requested_actions
from iamglue.model.spec import AccessEntry, AccessList, SpecResource

_BY_PATH = "ssm:GetParametersByPath"
_SECRET_ACTIONS = ("ssm:GetParameter", "ssm:GetParameters")
_PARAMETER, _SECRET_REFERENCE = "parameter/", "aws/reference/secretsmanager/"


def parameter_parts(entry: AccessEntry) -> tuple[AccessEntry, ...]:
    """The entries that a parameter, a path of parameters or a reference to a secret needs.

    AWS checks GetParametersByPath on the path itself; who may read a path may also read what is below it, so the paths
    below are granted too. A parameter that refers to a secret needs the permission to read the secret:
    https://docs.aws.amazon.com/systems-manager/latest/userguide/integration-ps-secretsmanager.html
    """
    text = entry.resource.text
    if text is None or text == "*":
        return (entry,)
    actions = tuple(item.action for item in requested_actions(entry))
    head = text.removesuffix(arn_fields(text)[5]) + _PARAMETER if text.startswith("arn:") else ""
    name = text.removeprefix(head).removeprefix("" if head else "/")
    if name.startswith(_SECRET_REFERENCE) and set(actions) <= set(_SECRET_ACTIONS):
        return _secret_parts(entry, name.removeprefix(_SECRET_REFERENCE))
    if _BY_PATH not in actions:
        return (entry,)
    others = tuple(action for action in actions if action != _BY_PATH)
    # `/` begins a plain name, so that the path `/` is one too.
    start, path = head or "/", name.removesuffix("*").rstrip("/") if name.endswith("/*") else name.rstrip("/")
    below = f"{start}{path}/*" if path else f"{start}*"
    return (
        *((replace(entry, do=others),) if others else ()),
        *(replace(entry, do=(_BY_PATH,), resource=SpecResource(resource)) for resource in (f"{start}{path}", below)),
    )


def _secret_parts(entry: AccessEntry, secret: str) -> tuple[AccessEntry, ...]:
    """The entry, and one that reads the secret; `key` is the key of the secret."""
    read = AccessEntry(
        AccessList.READS,
        "secretsmanager",
        SpecResource(secret),
        entry.location,
        key=entry.key,
        account=entry.account,
        regions=entry.regions,
        why=entry.why,
    )
    return replace(entry, key=None), read
