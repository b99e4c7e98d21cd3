"""Libraries that call AWS in ways that no table says: their use is reported, never silent.

`catalog/data/python_libraries.tsv` has them. A library that is given an address such as `s3://bucket/key` calls AWS
too.
"""

from __future__ import annotations

import re
from functools import cache

from iamglue.catalog.tables import table_rows
from iamglue.infer.code.python.abstract_objects import ArgumentValues, Site

_IMPORT, _ANY_CALL, _SETTING = "import", "*", "setting"
# Addresses that libraries take -> the service that they call for it.
# https://filesystem-spec.readthedocs.io/en/latest/api.html#other-known-implementations
# https://docs.celeryq.dev/en/stable/getting-started/backends-and-brokers/sqs.html
# https://docs.litellm.ai/docs/providers/bedrock, https://github.com/cloud-utils/sqlalchemy-aurora-data-api
# https://github.com/pyathena-dev/PyAthena#sqlalchemy
_ADDRESSES = {
    "s3://": "s3",
    "s3a://": "s3",
    "s3n://": "s3",
    "sqs://": "sqs",
    "dynamodb://": "dynamodb",
    "bedrock/": "bedrock",
    "postgresql+auroradataapi://": "rds-data",
    "mysql+auroradataapi://": "rds-data",
    "awsathena+rest://": "athena",
    "awsathena+arrow://": "athena",
    "awsathena+pandas://": "athena",
}
# An address is the text, or stands in quotes in it: `SELECT * FROM read_parquet('s3://bucket/key')`.
_ADDRESSED = re.compile(rf"(?:^|['\"])({'|'.join(map(re.escape, _ADDRESSES))})")


@cache
def _libraries() -> dict[str, tuple[str, str]]:
    """For each package what tells that it calls AWS, and the services that it calls."""
    return {
        row["package"]: (row["when"], row["services"])
        for row in table_rows("python_libraries")
        if row["when"] != _SETTING
    }


def check_import(module: str, at: Site) -> None:
    """Report the import of a library, or a module of it, that calls AWS whenever it is used."""
    parts = module.split(".")
    for end in range(1, len(parts) + 1):
        package = ".".join(parts[:end])
        when, services = _libraries().get(package, ("", ""))
        if when == _IMPORT:
            at.doubt(_reason(package, services))


def check_library_call(name: str, arguments: ArgumentValues, at: Site) -> None:
    """Report a call of a library that calls AWS: by the function, by the library, by a keyword, or by an address."""
    package = name.partition(".")[0]
    when, services = _libraries().get(name) or _libraries().get(package, ("", ""))
    if when == _ANY_CALL or when in arguments.keywords:
        at.doubt(_reason(package, services))
    elif when != _IMPORT:
        _check_addresses(package, arguments, at)


def _check_addresses(package: str, arguments: ArgumentValues, at: Site) -> None:
    """Report a call with an address such as `s3://bucket/key`, for each service that is addressed."""
    addressed = {
        service
        for values in arguments.all_values()
        for obj in values
        for start in (obj.as_text or ())[:1]
        if isinstance(start, str)
        for service in map(_ADDRESSES.__getitem__, _ADDRESSED.findall(start))
    }
    for service in sorted(addressed):
        at.doubt(_reason(package, service))


def _reason(package: str, services: str) -> str:
    names = "AWS" if services == "aws" else services.replace(" ", ", ")
    return f"the library {package} calls {names} by itself: which calls and resources is not known"
