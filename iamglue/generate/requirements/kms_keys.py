"""What the role needs on a KMS key that a service encrypts data with."""

from __future__ import annotations

import re

from iamglue.catalog.kms_keys import kms_actions, kms_key_services, service_owned_key_source
from iamglue.catalog.spelling import did_you_mean
from iamglue.errors import IamglueError, Location
from iamglue.generate.requirements.arn_validation import arn_fields, check_arn_fields
from iamglue.model.required_access import DeploymentScope, Reason, RequiredAccess
from iamglue.policy.conditions import Condition, build_condition
from iamglue.policy.patterns.variables import TokenKind, tokenize
from iamglue.policy.patterns.wildcards import has_wildcard

# https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html#key-id-key-id
# A word without a digit is an alias that lost its prefix, not an id.
_LIKE_ID = re.compile(r"(?=.*[0-9*?])[A-Za-z0-9*?-]+")
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

    `scope` is where the data is: the key of a bare id or alias is there too. Empty when the actions touch no
    encrypted data. Raises IamglueError for a service that takes no key of the caller's, and for a text that names no
    single key. The service's name in kms:ViaService ends in .amazonaws.com in every partition:
    https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html
    """
    check_kms_service(service, location)
    _check_single(key, location)
    arn, conditions = parse_kms_key(key, scope, location)
    wanted = kms_actions(actions)
    if not wanted:
        return ()
    via = build_condition("StringEquals", "kms:ViaService", f"{service}.{scope.region}.amazonaws.com")
    return (RequiredAccess(wanted, (arn,), label, reason, tuple(sorted((*conditions, via)))),)


def check_kms_service(service: str, location: Location) -> None:
    """Raise IamglueError when `key` means nothing to a service."""
    if service in kms_key_services():
        return
    own = service_owned_key_source(service)
    if own:
        raise IamglueError(
            f"`key` on `{service}` asks nothing of the role: the service has a grant, or the key's policy names it",
            hint=f"leave `key` out; see {own.partition(' ')[0]}",
            location=location,
        )
    listed = ", ".join(f"`{name}`" for name in kms_key_services())
    raise IamglueError(
        f"`key` is not known for `{service}`; it goes with {listed}",
        hint=did_you_mean(service, kms_key_services())
        or "name the KMS actions themselves: `calls: - kms: KEY` with `do`",
        location=location,
    )


def parse_kms_key(text: str, scope: DeploymentScope, location: Location) -> tuple[str, tuple[Condition, ...]]:
    """The ARN of a key given as id, ARN, alias or `${Parameter}` (an id), and the conditions that go with it.

    An alias in a Resource means the alias itself, never its key, so it becomes `key/*` with kms:ResourceAliases:
    https://docs.aws.amazon.com/kms/latest/developerguide/alias-authorization.html
    """
    place, name = scope, text
    if text.startswith("arn:"):
        place, name = _written(text, location)
    else:
        name = name.removeprefix("key/")
    if name.startswith("alias/"):
        compared = "ForAnyValue:StringLike" if has_wildcard(name) else "ForAnyValue:StringEquals"
        return _arn(place, "*"), (build_condition(compared, "kms:ResourceAliases", _alias(name, location)),)
    if not _is_id(name):
        raise IamglueError(
            f"`{text}` is not a KMS key",
            hint=f"an alias is written `alias/{text}`" if re.fullmatch(r"[\w/-]+", text) else _EXPECTED,
            location=location,
        )
    return _arn(place, name), ()


_EXPECTED = "write the key's id, its ARN, or `alias/NAME`"


def _check_single(text: str, location: Location) -> None:
    literal = "".join(token.text for token in tokenize(text) if token.kind is TokenKind.LITERAL)
    if "*" in literal or "?" in literal:
        raise IamglueError(f"`{text}` is a pattern; a key is one key", hint=_EXPECTED, location=location)


def _written(text: str, location: Location) -> tuple[DeploymentScope, str]:
    check_arn_fields(text, location)
    _, partition, service, region, account, resource = arn_fields(text)
    if service != "kms" or not (region and account):
        raise IamglueError(f"`{text}` is not the ARN of a KMS key", hint=_EXPECTED, location=location)
    kind, slash, name = resource.partition("/")
    if kind not in ("key", "alias") or not slash or not name:
        raise IamglueError(f"`{text}` is not the ARN of a KMS key or alias", hint=_EXPECTED, location=location)
    return DeploymentScope(partition, region, account), resource if kind == "alias" else name


def _alias(name: str, location: Location) -> str:
    plain = "".join("x" if token.kind is TokenKind.PARAMETER else token.text for token in tokenize(name))
    if not _ALIAS.fullmatch(plain):
        raise IamglueError(f"`{name}` is not the name of a KMS alias", hint="such as alias/orders", location=location)
    if name.startswith("alias/aws/"):
        raise IamglueError(
            f"`{name}` is a key that AWS manages: whoever may use the service may use it",
            hint="leave `key` out",
            location=location,
        )
    return name


def _is_id(name: str) -> bool:
    return bool(_LIKE_ID.fullmatch("".join("0" if t.kind is TokenKind.PARAMETER else t.text for t in tokenize(name))))


def _arn(scope: DeploymentScope, name: str) -> str:
    return f"arn:{scope.partition}:kms:{scope.region}:{scope.account}:key/{name}"
