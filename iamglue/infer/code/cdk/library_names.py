"""The names of the CDK's modules and members, the same for TypeScript and Python and for both major versions.

https://docs.aws.amazon.com/cdk/v2/guide/work-with-cdk-python.html: Python writes `snake_case` where TypeScript has
`camelCase`, and `aws_cdk.aws_lambda` for the module `aws-cdk-lib/aws-lambda`; version 1 has `@aws-cdk/aws-lambda`.
"""

from __future__ import annotations

import re

_CORE = {"aws-cdk-lib", "@aws-cdk/core", "aws_cdk", "aws_cdk.core", "aws-cdk-lib/core"}
_PREFIXES = ("aws-cdk-lib/", "@aws-cdk/", "aws_cdk.")
_WORD = re.compile(r"(?<=[a-z0-9])_([a-z0-9])")
# What a source that may hold constructs contains.
CDK_MARKS = ("aws-cdk-lib", "@aws-cdk/", "aws_cdk")


def library_module(source: str) -> str:
    """The name of a module of a library: `aws_lambda` for `aws-cdk-lib/aws-lambda`, `` for the CDK's own."""
    if source in _CORE:
        return ""
    for prefix in _PREFIXES:
        if source.startswith(prefix):
            return source.removeprefix(prefix).replace("-", "_").replace("/", ".").removesuffix("_alpha")
    return source.removeprefix("node:")


def library_name(module: str, member: str) -> str:
    """The dotted name of a member: `aws_lambda.Function`; a name that is imported through a module is the same."""
    name = f"{module}.{member}" if module and member else module or member
    return name.removeprefix("core.") if name.startswith("core.") else name


def camel_case(name: str) -> str:
    """The name of a property or method as TypeScript has it: `tableName` for `table_name`."""
    if name.startswith("_") or name.isupper():
        return name
    return _WORD.sub(lambda match: match[1].upper(), name.rstrip("_"))
