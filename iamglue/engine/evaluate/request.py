"""One request: the principal, the action, the resource and the context."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from iamglue.errors import IamglueError

RequestContext = Mapping[str, tuple[str, ...]]
# The keys that hold aliases of a KMS key: https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html
_ALIAS_KEYS = ("kms:requestalias", "kms:resourcealiases")


@dataclass(frozen=True, slots=True)
class Request:
    """A request for one action on one resource: an ARN, or "*" if the action has no resource.

    `context` holds the condition keys of the request, in any case; a multivalued key may have several values.
    `principal` is an ARN, or the name of an AWS service such as `lambda.amazonaws.com`.

    Raises IamglueError if the context has the same key twice, in different case.
    """

    action: str
    resource: str
    context: RequestContext = field(default_factory=dict)
    principal: str | None = None
    # The context with key names in lower case, because AWS compares condition keys without case.
    lowercase_context: RequestContext = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        lowercase = {key.lower(): values for key, values in self.context.items()}
        if len(lowercase) != len(self.context):
            duplicates = sorted(
                key for key in self.context if sum(key.lower() == other_key.lower() for other_key in self.context) > 1
            )
            raise IamglueError(
                f"the same condition key is given twice: {', '.join(duplicates)}",
                hint="give each condition key once; condition keys are case-insensitive",
            )
        object.__setattr__(self, "lowercase_context", lowercase)

    @property
    def key_aliases(self) -> tuple[str, ...]:
        """The aliases of the request's KMS key that are in its context."""
        return tuple(value for key in _ALIAS_KEYS for value in self.lowercase_context.get(key, ()))
