"""The needs on a KMS key that a service uses to encrypt data."""

from __future__ import annotations

import re

from iamglue.catalog.kms_keys import kms_actions, kms_key_services, service_owned_key_source, via_services
from iamglue.errors import IamglueError, Location
from iamglue.generate.requirements.arn_validation import arn_fields, check_arn_fields
from iamglue.model.required_access import DeploymentScope, Reason, RequiredAccess
from iamglue.policy.conditions import Condition, build_condition
from iamglue.policy.patterns.variables import replace_parameters
from iamglue.policy.patterns.wildcards import has_wildcard
from iamglue.spelling import did_you_mean

# https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html#key-id-key-id
# A word without a digit is not an ID; it is probably an alias without its prefix.
_KEY_ID = re.compile(r"(?=.*[0-9*?])[A-Za-z0-9*?-]+")
_AWS_MANAGED = "alias/aws/"
_ALIAS = re.compile(r"alias/[A-Za-z0-9/_*?-]+")


def kms_key_needs(
    service: str,
    actions: tuple[str, ...],
    key: str,
    scope: DeploymentScope,
    location: Location,
    *,
    label: str,
    reason: Reason,
) -> tuple[RequiredAccess, ...]:
    """The KMS actions that `actions` (`prefix:Name`) of `service` need on `key`, through that service only.

    `scope` is the location of the data, and of a key that is written as id or alias. Empty if the actions use no
    encrypted data, and for the service's AWS managed key, which every caller of the service may use. Raises
    IamglueError for a service that does not use the caller's permissions on a key, and for a text that does not name
    one key. The service's name in kms:ViaService ends in .amazonaws.com in every partition:
    https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html
    """
    check_kms_service(service, location)
    _check_one_key(key, location)
    if key.rpartition(":")[2] == f"{_AWS_MANAGED}{service}":
        return ()
    arn, conditions = parse_kms_key(key, scope, location)
    needed_actions = kms_actions(actions)
    if not needed_actions:
        return ()
    names = (f"{name}.{scope.region}.amazonaws.com" for name in via_services(service))
    via = build_condition("StringEquals", "kms:ViaService", *names)
    return (RequiredAccess(needed_actions, (arn,), label, reason, tuple(sorted((*conditions, via)))),)


def check_kms_service(service: str, location: Location) -> None:
    """Raise IamglueError when `key` is not supported for a service."""
    if service in kms_key_services():
        return
    owned_source = service_owned_key_source(service)
    if owned_source:
        raise IamglueError(
            f"`key` on `{service}` requires no permission of the role: the service has a grant, or the key's policy "
            "allows it",
            hint=f"remove `key`; see {owned_source.partition(' ')[0]}",
            location=location,
        )
    listed = ", ".join(f"`{name}`" for name in kms_key_services())
    raise IamglueError(
        f"`key` is not supported for `{service}`; it is supported for {listed}",
        hint=did_you_mean(service, kms_key_services()) or "name the KMS actions: `calls: - kms: KEY` with `do`",
        location=location,
    )


def parse_kms_key(text: str, scope: DeploymentScope, location: Location) -> tuple[str, tuple[Condition, ...]]:
    """The ARN of a key written as id, ARN, alias or `${Parameter}` (an ID), and its conditions.

    An alias ARN in a Resource element is the alias itself, not its key, so an alias becomes `key/*` with
    kms:ResourceAliases:
    https://docs.aws.amazon.com/kms/latest/developerguide/alias-authorization.html
    """
    key_scope, name = scope, text
    if text.startswith("arn:"):
        key_scope, name = _parse_kms_arn(text, location)
    else:
        name = name.removeprefix("key/")
    if name.startswith("alias/"):
        operator = "ForAnyValue:StringLike" if has_wildcard(name) else "ForAnyValue:StringEquals"
        return _key_arn(key_scope, "*"), (
            build_condition(operator, "kms:ResourceAliases", _validated_alias(name, location)),
        )
    if not _is_id(name):
        raise IamglueError(
            f"`{text}` is not a valid KMS key ID, ARN or alias",
            hint=f"write an alias as `alias/{text}`" if re.fullmatch(r"[\w/-]+", text) else _KEY_HINT,
            location=location,
        )
    return _key_arn(key_scope, name), ()


_KEY_HINT = "write the key's ID, its ARN, or `alias/NAME`"


def _check_one_key(text: str, location: Location) -> None:
    """Raise IamglueError for a pattern: data is encrypted with one key."""
    if has_wildcard(text):
        raise IamglueError(f"`{text}` is a pattern; name one key", hint=_KEY_HINT, location=location)


def _parse_kms_arn(text: str, location: Location) -> tuple[DeploymentScope, str]:
    """The scope of a key's or alias's ARN, and the key ID or `alias/NAME`."""
    check_arn_fields(text, location)
    _, partition, service, region, account, resource = arn_fields(text)
    if service != "kms" or not (region and account):
        raise IamglueError(f"`{text}` is not the ARN of a KMS key", hint=_KEY_HINT, location=location)
    kind, slash, name = resource.partition("/")
    if kind not in ("key", "alias") or not slash or not name:
        raise IamglueError(f"`{text}` is not the ARN of a KMS key or alias", hint=_KEY_HINT, location=location)
    return DeploymentScope(partition, region, account), resource if kind == "alias" else name


def _validated_alias(name: str, location: Location) -> str:
    """The alias. Raises IamglueError for a name that is not valid and for an AWS managed key."""
    if not _ALIAS.fullmatch(replace_parameters(name, "x")):
        message = f"`{name}` is not a valid name of a KMS alias"
        raise IamglueError(message, hint="write for example alias/orders", location=location)
    if name.startswith(_AWS_MANAGED):
        raise IamglueError(
            f"`{name}` is an AWS managed key: every caller of the service may use it without permission",
            hint="remove `key`",
            location=location,
        )
    return name


def _is_id(name: str) -> bool:
    return _KEY_ID.fullmatch(replace_parameters(name, "0")) is not None


def _key_arn(scope: DeploymentScope, name: str) -> str:
    return f"arn:{scope.partition}:kms:{scope.region}:{scope.account}:key/{name}"
