"""Whether a program has anything of AWS in it: if not, it need not be followed, which takes long for large bundles."""

from __future__ import annotations

import re
from collections.abc import Iterable

from iamglue.catalog.sdk_methods import method_clients, snake_case_name
from iamglue.catalog.tables import table_rows
from iamglue.infer.code.sdk_models import input_members, required_members

_WORDS = re.compile(r"\w+")
# Packages, addresses and variables of AWS have its name; `draws` and `laws` are other words.
_NAME = re.compile(r"(?<![a-z])aws|AWS|Aws|[aA]mazon")


def has_aws_traces(texts: Iterable[str]) -> bool:
    """Whether a text names AWS or a library that calls it, or has the method and the members of an operation.

    Calls of an operation are also recognized by its name and parameters, if nothing is known of the client.
    """
    packages = {row["package"] for row in table_rows("javascript_helpers")}
    words: set[str] = set()
    for text in texts:
        if _NAME.search(text) or any(package in text for package in packages):
            return True
        words |= set(_WORDS.findall(text))
    return any(map(words.issuperset, _operations_of(words)))


def _operations_of(words: set[str]) -> Iterable[frozenset[str]]:
    """The members that tell each operation that a word may call."""
    capitalized = {word for word in words if word[:1].isupper()}
    for word in words - capitalized:
        for client, operation in method_clients(snake_case_name(word)):
            members = capitalized & (input_members(client, operation) or frozenset())
            if members:
                yield required_members(client, operation)
