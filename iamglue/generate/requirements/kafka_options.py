"""How Lambda signs in to a Kafka cluster: what the options of the `kafka` trigger mean together.

https://docs.aws.amazon.com/lambda/latest/dg/msk-cluster-auth.html
"""

from __future__ import annotations

from iamglue.catalog.spelling import did_you_mean
from iamglue.errors import IamglueError, Location

_AUTHS = ("iam", "scram", "tls", "none")


def kafka_options(options: dict[str, str], location: Location) -> dict[str, str]:
    """The options with `auth` and `group` filled in. Raises IamglueError where they contradict each other.

    Without `auth`, a topic or group means IAM, the only way of signing in that policies tell topics apart by.
    """
    auth = options.get("auth", "iam" if {"topic", "group"} & set(options) and "secret" not in options else "none")
    if auth not in _AUTHS:
        raise IamglueError(
            f"`{auth}` is no way to sign in to Kafka; expected one of {', '.join(_AUTHS)}",
            hint=did_you_mean(auth, _AUTHS),
            location=location,
        )
    if auth == "none" and "secret" in options:
        raise IamglueError("`secret` needs `auth`", hint="write `auth: scram` or `auth: tls`", location=location)
    if auth in ("scram", "tls") and "secret" not in options:
        raise IamglueError(f"`auth: {auth}` needs `secret`, which holds the credentials", location=location)
    if auth == "iam":
        return _iam(options, location)
    return {**options, "auth": auth}


def _iam(options: dict[str, str], location: Location) -> dict[str, str]:
    if "secret" in options:
        raise IamglueError("`auth: iam` uses no secret", hint="leave `secret` out", location=location)
    if "topic" not in options:
        raise IamglueError("`auth: iam` needs `topic`, which the role may then read", location=location)
    # Lambda makes up the consumer group's id when the mapping names none.
    return {"group": "*", **options, "auth": "iam"}
