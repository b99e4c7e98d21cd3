"""Classifies failed AWS requests, with reasons that contain no credentials."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto
from json import JSONDecodeError
from urllib.parse import urlsplit

from botocore import exceptions as botocore
from botocore.parsers import ResponseParserError

from iamglue.aws.response_validation import InvalidResponseError
from iamglue.catalog.audit_responses import audit_responses

_NO_CREDENTIALS = (
    botocore.NoCredentialsError,
    botocore.PartialCredentialsError,
    botocore.CredentialRetrievalError,
    botocore.TokenRetrievalError,
    botocore.NoAuthTokenError,
    botocore.SSOError,
    botocore.RefreshWithMFAUnsupportedError,
)
_TIMEOUTS = (botocore.ReadTimeoutError, botocore.ConnectTimeoutError)
_UNREACHABLE = (botocore.HTTPClientError, botocore.ConnectionError, OSError)
_MAX_LENGTH = 300
BAD_ADDRESS = "no request can be sent to AWS: an endpoint or proxy address is not a valid URL"
ADDRESS_HINT = (
    "check --endpoint-url, AWS_ENDPOINT_URL and AWS_ENDPOINT_URL_SERVICE, HTTPS_PROXY, and endpoint_url in the AWS "
    "configuration"
)


class FailureKind(Enum):
    """The kind of a failure: it decides whether further requests are sent, and whether a subject simply has none."""

    NOT_FOUND = auto()
    ACCESS_DENIED = auto()
    EXPIRED = auto()
    INVALID_CREDENTIALS = auto()
    NO_CREDENTIALS = auto()
    THROTTLED = auto()
    UNREACHABLE = auto()
    UNSUPPORTED = auto()
    OTHER = auto()

    @property
    def is_final(self) -> bool:
        """Whether all further requests would fail too."""
        # INVALID_CREDENTIALS is not final: AWS returns it also for a Region that is not enabled.
        return self in (FailureKind.EXPIRED, FailureKind.NO_CREDENTIALS)


@dataclass(frozen=True, slots=True)
class Failure:
    """The kind of a failure, and its reason as text; `aws_message` is the message of an AWS error response."""

    kind: FailureKind
    reason: str
    aws_message: str = ""


# Error codes of AWS services, each from its service's page of common errors, and of AWS emulations. The codes for
# "not found" of each operation are in `audit_responses`.
_CODES_BY_KIND = {
    FailureKind.ACCESS_DENIED: (
        "AccessDenied AccessDeniedException AuthorizationError AuthorizationErrorException UnauthorizedOperation "
        "Forbidden 403"
    ),
    FailureKind.EXPIRED: "ExpiredToken ExpiredTokenException RequestExpired TokenRefreshRequired",
    FailureKind.INVALID_CREDENTIALS: (
        "InvalidClientTokenId UnrecognizedClientException InvalidAccessKeyId InvalidToken SignatureDoesNotMatch "
        "InvalidSignatureException IncompleteSignature MissingAuthenticationToken MissingAuthenticationTokenException"
    ),
    FailureKind.THROTTLED: (
        "Throttling ThrottlingException ThrottledException Throttled TooManyRequestsException RequestLimitExceeded "
        "RequestThrottled RequestThrottledException SlowDown LimitExceededException BandwidthLimitExceeded "
        "ProvisionedThroughputExceededException"
    ),
    FailureKind.UNSUPPORTED: "404 501 NotImplemented UnknownOperationException UnsupportedOperation",
}
_KINDS_BY_CODE = {code: kind for kind, codes in _CODES_BY_KIND.items() for code in codes.split()}


def classify_error(error: Exception, action: str) -> Failure:
    """Classify the error of a request that needs `action`."""
    if isinstance(error, botocore.ClientError):
        return _error_response_failure(error, action)
    if isinstance(error, _NO_CREDENTIALS):
        return Failure(FailureKind.NO_CREDENTIALS, _credentials_reason(error))
    return _no_response_failure(error, action)


def _no_response_failure(error: Exception, action: str) -> Failure:
    """Classify an error without a response of AWS."""
    if isinstance(error, _TIMEOUTS):
        return Failure(FailureKind.UNREACHABLE, f"AWS sent no response to {action} in time")
    if isinstance(error, _UNREACHABLE):
        return Failure(FailureKind.UNREACHABLE, f"AWS could not be reached{_host_suffix(error)}")
    if isinstance(error, (ResponseParserError, JSONDecodeError, UnicodeError)):  # for example a proxy's page
        detail = f": {sanitize_text(str(error))}" if isinstance(error, InvalidResponseError) else ""
        return Failure(FailureKind.OTHER, f"the response to {action} is not a valid AWS response{detail}")
    if isinstance(error, NotImplementedError):  # an AWS emulation in this process
        return Failure(FailureKind.UNSUPPORTED, f"the endpoint does not implement {action}")
    if isinstance(error, ValueError) and not isinstance(error, botocore.BotoCoreError):  # quotes the URL
        return Failure(FailureKind.UNREACHABLE, BAD_ADDRESS)
    return Failure(FailureKind.OTHER, sanitize_text(f"{action} failed: {error}"))


def _error_response_failure(error: botocore.ClientError, action: str) -> Failure:
    """Classify an error response of AWS."""
    code = str(error.response.get("Error", {}).get("Code", ""))
    message = sanitize_text(str(error.response.get("Error", {}).get("Message", "")))
    response = audit_responses().get(action)  # none for requests that are not of an audit
    kind = (
        FailureKind.NOT_FOUND
        if response is not None and code in response.not_found_codes
        else _KINDS_BY_CODE.get(code, FailureKind.OTHER)
    )
    suffix = f" ({code}: {message})" if message else f" ({code})"
    reasons = {
        FailureKind.NOT_FOUND: f"{action} found no such resource{suffix}",
        FailureKind.ACCESS_DENIED: f"the permission {action} is missing{suffix}",
        # No message: AWS may quote the signed request in it, with the session token.
        FailureKind.EXPIRED: f"the credentials have expired ({code})",
        FailureKind.INVALID_CREDENTIALS: f"AWS rejects the credentials ({code})",
        FailureKind.THROTTLED: f"AWS throttled {action} on every retry ({code})",
        FailureKind.UNSUPPORTED: f"the endpoint does not implement {action}{suffix}",
        FailureKind.OTHER: f"{action} failed{suffix}",
    }
    return Failure(kind, reasons[kind], message)


def _credentials_reason(error: Exception) -> str:
    """Why there are no credentials. AWS's own text may have secrets, so only the name of the error is given."""
    if isinstance(error, botocore.NoCredentialsError):
        return "there are no AWS credentials"
    return f"AWS credentials could not be loaded ({type(error).__name__})"


def _host_suffix(error: Exception) -> str:
    """The host that was not reached, "" if it is not known. Only the host: a URL may have a password."""
    url = getattr(error, "kwargs", {}).get("endpoint_url")
    try:
        host = urlsplit(str(url)).hostname if url else None
    except ValueError:
        host = None
    return f" at {sanitize_text(host)}" if host else ""


def sanitize_text(text: str) -> str:
    """A text from AWS as one short line, without control characters, access keys and credentials in URLs."""
    line = " ".join("".join(character if character.isprintable() else " " for character in text).split())
    line = re.sub(r"\b(?:AKIA|ASIA)[A-Z0-9]{12,}\b", "(an access key)", line)
    line = re.sub(r"//.*@", "//(hidden)@", line)
    return line if len(line) <= _MAX_LENGTH else f"{line[: _MAX_LENGTH - 3]}..."
