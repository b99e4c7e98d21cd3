"""The options of the `kafka` trigger: how Lambda signs in to the cluster.

https://docs.aws.amazon.com/lambda/latest/dg/msk-cluster-auth.html
"""

from __future__ import annotations

from collections.abc import Iterator

from iamglue.errors import IamglueError, Location
from iamglue.spelling import did_you_mean

_AUTHS = ("iam", "scram", "tls", "none")


def kafka_options(options: dict[str, str], location: Location) -> dict[str, str]:
    """The options with `auth` and `group` filled in. Raises IamglueError when options contradict each other.

    Without `auth`, a topic or group means IAM: only with IAM authentication can a policy limit access to topics.
    """
    auth = options.get("auth", "iam" if {"topic", "group"} & set(options) and "secret" not in options else "none")
    if auth not in _AUTHS:
        raise IamglueError(
            f"`{auth}` is not a valid `auth` of the kafka trigger; expected one of {', '.join(_AUTHS)}",
            hint=did_you_mean(auth, _AUTHS),
            location=location,
        )
    if auth == "none" and "secret" in options:
        raise IamglueError("`secret` needs `auth`", hint="write `auth: scram` or `auth: tls`", location=location)
    if auth in ("scram", "tls") and "secret" not in options:
        raise IamglueError(f"`auth: {auth}` needs `secret`, which contains the credentials", location=location)
    if auth == "iam":
        return _iam_options(options, location)
    return {**options, "auth": auth}


def kafka_notes(options: dict[str, str]) -> Iterator[str]:
    """Yield what the user should know of the options as written, before `kafka_options` fills them in.

    Lambda uses IAM authentication if the cluster supports it and the mapping names no secret:
    https://docs.aws.amazon.com/lambda/latest/dg/with-msk-configure.html
    """
    names_topic = "topic" in options or "group" in options
    if "auth" not in options and "secret" not in options:
        yield (
            "the cluster is assumed to use IAM authentication: write `auth: none` if clients need none"
            if names_topic
            else "the cluster is assumed to require no authentication: for IAM authentication, name `topic`; for "
            "SASL/SCRAM or mutual TLS, write `auth` and `secret`"
        )
    if names_topic and options.get("auth", "iam") == "iam" and "group" not in options:
        yield "any consumer group of the cluster may be used: name `group` to limit this"


def _iam_options(options: dict[str, str], location: Location) -> dict[str, str]:
    """The options for IAM authentication. Raises IamglueError for `secret`, and if `topic` is missing."""
    if "secret" in options:
        raise IamglueError("`auth: iam` uses no secret", hint="remove `secret`", location=location)
    if "topic" not in options:
        raise IamglueError("`auth: iam` needs `topic`, the topic that the role may read", location=location)
    # Lambda generates the consumer group's id if the mapping names none.
    return {"group": "*", **options, "auth": "iam"}
