"""botocore's parsers, made strict: what is not of the types that AWS's model says is an error, and never read as none.

botocore itself takes a mapping for the list of its keys, a text for the list of its letters, a text in XML for an empty
list, and what is no JSON for an answer that says nothing. The types are those of botocore's own models. An item of a
wrong type in a list leaves only itself out: `answers` then misses in it what such items always hold.
"""

from __future__ import annotations

from typing import Any

import botocore.session
from botocore.parsers import ResponseParserError, ResponseParserFactory

from iamglue.aws.json_types import check_json_types
from iamglue.aws.response_validation import InvalidResponseError
from iamglue.aws.xml_types import check_xml_types

_SOUND = {"json": check_json_types, "rest-json": check_json_types, "query": check_xml_types}
# From here on a response tells of an error: https://docs.aws.amazon.com/awssupport/latest/APIReference/CommonErrors.html
_FIRST_ERROR = 300


def strict_session(profile: str | None = None) -> botocore.session.Session:
    """A session of botocore whose clients parse strictly: instead of reading half, they raise AnswerError."""
    session = botocore.session.Session(profile=profile)
    session.register_component("response_parser_factory", _Factory())
    return session


class _Factory(ResponseParserFactory):  # type: ignore[misc] # botocore carries no types
    """Makes strict parsers."""

    def create_parser(self, protocol_name: str) -> Any:
        """The parser of a protocol."""
        return _Parser(protocol_name, super().create_parser(protocol_name))


class _Parser:
    """A parser in the sense of botocore."""

    def __init__(self, protocol: str, parser: Any) -> None:
        self._sound = _SOUND.get(protocol)
        self._parser = parser

    def parse(self, response: dict[str, Any], shape: Any) -> Any:
        """What a response says. Raises AnswerError, and ResponseParserError as botocore does."""
        status = response["status_code"]
        try:
            # Where the body as a whole is one member, as S3 answers with a policy, it is text and has no parts.
            if self._sound and shape is not None and status < _FIRST_ERROR and "payload" not in shape.serialization:
                response = {**response, "body": self._sound(response["body"], shape)}
            return self._parser.parse(response, shape)
        except ResponseParserError:
            raise
        except Exception as error:
            # Whatever botocore stumbles over is the response's fault.
            if status < _FIRST_ERROR:
                raise InvalidResponseError("its values are not of the types that AWS sends") from error
            return self._parser.parse({**response, "body": b""}, shape)  # its status says that it is an error
