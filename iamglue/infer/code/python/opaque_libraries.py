"""Libraries that call AWS in ways that no table says: their use is reported, never silent.

`catalog/data/python_libraries.tsv` has them. A library that is given an address such as `s3://bucket/key` calls AWS
too.
"""

from __future__ import annotations

from functools import cache

from iamglue.catalog.tables import table_rows
from iamglue.infer.code.python.abstract_objects import ArgumentValues, Site

_IMPORT, _ANY_CALL, _SETTING = "import", "*", "setting"
# Addresses that libraries take -> the service that they call for it.
# https://filesystem-spec.readthedocs.io/en/latest/api.html#other-known-implementations
# https://docs.celeryq.dev/en/stable/getting-started/backends-and-brokers/sqs.html
_ADDRESSES = {"s3://": "s3", "s3a://": "s3", "s3n://": "s3", "sqs://": "sqs", "dynamodb://": "dynamodb"}


@cache
def _libraries() -> dict[str, tuple[str, str]]:
    """For each package what tells that it calls AWS, and the services that it calls."""
    return {
        row["package"]: (row["when"], row["services"])
        for row in table_rows("python_libraries")
        if row["when"] != _SETTING
    }


def check_import(package: str, at: Site) -> None:
    """Report the import of a library that calls AWS whenever it is used."""
    when, services = _libraries().get(package, ("", ""))
    if when == _IMPORT:
        at.doubt(_reason(package, services))


def check_library_call(package: str, arguments: ArgumentValues, at: Site) -> None:
    """Report a call of a library that calls AWS: by the library, by a keyword, or by an address."""
    when, services = _libraries().get(package, ("", ""))
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
        for scheme, service in _ADDRESSES.items()
        if isinstance(start, str) and start.startswith(scheme)
    }
    for service in sorted(addressed):
        at.doubt(_reason(package, service))


def _reason(package: str, services: str) -> str:
    names = "AWS" if services == "aws" else services.replace(" ", ", ")
    return f"the library {package} calls {names} by itself: which calls and resources is not known"
