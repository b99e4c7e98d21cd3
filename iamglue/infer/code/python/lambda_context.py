"""The `context` that Lambda gives a handler: https://docs.aws.amazon.com/lambda/latest/dg/python-context.html."""

from __future__ import annotations

import re

from iamglue.infer.code.own_function import context_texts
from iamglue.infer.code.python.abstract_objects import UNKNOWN, Site, UnknownObject, Values
from iamglue.infer.code.python.interning import interned_dataclass
from iamglue.infer.code.python.strings import TextObject

_SNAKE = re.compile(r"_([a-z])")


@interned_dataclass
class LambdaContext(UnknownObject):
    """The context: what it says of the function is known."""

    def attribute(self, name: str, at: Site) -> Values:  # noqa: ARG002 - as in the base class
        """The function's name or ARN and the like; other attributes are not known."""
        texts = context_texts(_SNAKE.sub(lambda match: match[1].upper(), name))
        return frozenset(map(TextObject, texts)) or UNKNOWN
