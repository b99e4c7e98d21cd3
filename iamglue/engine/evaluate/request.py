"""One request: who does what to which resource, in which context."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from iamglue.errors import IamglueError

RequestContext = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Request:
    """A request for one action on one resource, an ARN or "*" where the action takes none.

    `context` holds the condition keys that the request carries, in any case, a multivalued key with several
    values. `principal` is an ARN, or the name of an AWS service such as `lambda.amazonaws.com`.
    Raises IamglueError for a key that stands twice, in different case.
    """

    action: str
    resource: str
    context: RequestContext = field(default_factory=dict)
    principal: str | None = None
    # The context under lower-case names: condition keys are compared without case.
    lowercase_context: RequestContext = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        folded = {key.lower(): values for key, values in self.context.items()}
        if len(folded) != len(self.context):
            twice = sorted(
                key for key in self.context if sum(key.lower() == other.lower() for other in self.context) > 1
            )
            raise IamglueError(f"the same condition key stands twice: {', '.join(twice)}", hint="case does not count")
        object.__setattr__(self, "lowercase_context", folded)
