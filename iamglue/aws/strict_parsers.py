"""Strict versions of botocore's parsers: a value of a wrong type is an error and is never read as an empty value.

botocore reads a mapping as the list of its keys, a string as the list of its characters, an XML text as an empty list,
and a body that is not JSON as an empty response. The expected types come from botocore's models. A list item of a wrong
type affects only itself: it is replaced with an empty item, which `response_validation` then reports.
"""

from __future__ import annotations

from typing import Any

from botocore.parsers import ResponseParserError, ResponseParserFactory

from iamglue.aws.json_types import check_json_types
from iamglue.aws.response_validation import InvalidResponseError
from iamglue.aws.xml_types import check_xml_types

_TYPE_CHECKS = {
    "json": check_json_types,
    "rest-json": check_json_types,
    "query": check_xml_types,
    "ec2": check_xml_types,
}
# Responses with this status or above are errors:
# https://docs.aws.amazon.com/awssupport/latest/APIReference/CommonErrors.html
_FIRST_ERROR_STATUS = 300


class StrictParserFactory(ResponseParserFactory):  # type: ignore[misc] # botocore carries no types
    """Creates strict parsers, which raise InvalidResponseError."""

    def create_parser(self, protocol_name: str) -> Any:
        """The strict parser of a protocol."""
        return _Parser(protocol_name, super().create_parser(protocol_name))


class _Parser:
    """A botocore parser that checks types first."""

    def __init__(self, protocol: str, parser: Any) -> None:
        self._check_types = _TYPE_CHECKS.get(protocol)
        self._parser = parser

    def parse(self, response: dict[str, Any], shape: Any) -> Any:
        """Parse a response. Raises InvalidResponseError, and ResponseParserError as botocore does."""
        status = response["status_code"]
        try:
            # With a payload, the whole body is one member (S3 returns a policy so): there are no types to check.
            if (
                self._check_types
                and shape is not None
                and status < _FIRST_ERROR_STATUS
                and "payload" not in shape.serialization
            ):
                response = {**response, "body": self._check_types(response["body"], shape)}
            return self._parser.parse(response, shape)
        except ResponseParserError:
            raise
        except Exception as error:
            # Any error in botocore's parser means that the response is not valid.
            if status < _FIRST_ERROR_STATUS:
                raise InvalidResponseError("its values are not of the types that AWS sends") from error
            return self._parser.parse({**response, "body": b""}, shape)  # the status still marks it as an error
