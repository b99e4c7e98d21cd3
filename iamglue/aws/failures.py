"""Why a call to AWS failed, in a few kinds and in words that hold no credentials."""

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
_LONGEST = 300
BAD_ADDRESS = "AWS cannot be asked: an address to ask it at is not a URL"
ADDRESS_HINT = "see --endpoint-url, AWS_ENDPOINT_URL and the like, HTTPS_PROXY, and endpoint_url in the configuration"


class FailureKind(Enum):
    """What sort of failure: it decides whether to go on, and whether "not there" may simply mean none."""

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
        """Whether no other call can fare better."""
        # Credentials that AWS refuses are not: so it answers, too, for a Region that is not enabled.
        return self in (FailureKind.EXPIRED, FailureKind.NO_CREDENTIALS)


@dataclass(frozen=True, slots=True)
class Failure:
    """A kind and a reason in words."""

    kind: FailureKind
    reason: str


# Codes as AWS's services spell them, each on its service's page of common errors, and as emulations of AWS do. How
# each operation says that there is none of what was asked for is in `audit_answers`.
_CODES = {
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
_KINDS = {code: kind for kind, codes in _CODES.items() for code in codes.split()}


def classify_error(error: Exception, action: str) -> Failure:
    """Why a call that needs `action` failed."""
    if isinstance(error, botocore.ClientError):
        return _answered(error, action)
    if isinstance(error, _NO_CREDENTIALS):
        return Failure(FailureKind.NO_CREDENTIALS, _without_credentials(error))
    return _unanswered(error, action)


def _unanswered(error: Exception, action: str) -> Failure:
    if isinstance(error, _TIMEOUTS):
        return Failure(FailureKind.UNREACHABLE, f"AWS did not answer {action} in time")
    if isinstance(error, _UNREACHABLE):
        return Failure(FailureKind.UNREACHABLE, f"AWS could not be reached{_host(error)}")
    if isinstance(error, (ResponseParserError, JSONDecodeError, UnicodeError)):  # a proxy's page, say
        why = f": {sanitize_text(str(error))}" if isinstance(error, InvalidResponseError) else ""
        return Failure(FailureKind.OTHER, f"what answered {action} does not speak as AWS does{why}")
    if isinstance(error, NotImplementedError):  # an emulation of AWS in this process
        return Failure(FailureKind.UNSUPPORTED, f"{action} is not implemented where it was asked")
    if isinstance(error, ValueError) and not isinstance(error, botocore.BotoCoreError):  # quotes the URL
        return Failure(FailureKind.UNREACHABLE, BAD_ADDRESS)
    return Failure(FailureKind.OTHER, sanitize_text(f"{action} failed: {error}"))


def _answered(error: botocore.ClientError, action: str) -> Failure:
    code = str(error.response.get("Error", {}).get("Code", ""))
    said = sanitize_text(str(error.response.get("Error", {}).get("Message", "")))
    kind = (
        FailureKind.NOT_FOUND
        if code in audit_responses()[action].not_found_codes
        else _KINDS.get(code, FailureKind.OTHER)
    )
    because = f" ({code}: {said})" if said else f" ({code})"
    words = {
        FailureKind.NOT_FOUND: f"{action} found nothing{because}",
        FailureKind.ACCESS_DENIED: f"the permission {action} is missing{because}",
        # What AWS says besides may quote the signed request, and the session token with it.
        FailureKind.EXPIRED: f"the credentials have expired ({code})",
        FailureKind.INVALID_CREDENTIALS: f"AWS does not accept the credentials ({code})",
        FailureKind.THROTTLED: f"{action} was throttled by AWS however often it was tried ({code})",
        FailureKind.UNSUPPORTED: f"{action} is not implemented where it was asked{because}",
        FailureKind.OTHER: f"{action} failed{because}",
    }
    return Failure(kind, words[kind])


def _without_credentials(error: Exception) -> str:
    if isinstance(error, botocore.NoCredentialsError):
        return "there are no AWS credentials"
    return f"AWS credentials could not be had ({type(error).__name__})"


def _host(error: Exception) -> str:
    url = getattr(error, "kwargs", {}).get("endpoint_url")
    try:
        host = urlsplit(str(url)).hostname if url else None
    except ValueError:
        host = None
    return f" at {sanitize_text(host)}" if host else ""


def sanitize_text(text: str) -> str:
    """A text from AWS as one short line: no control characters, no access key, and no name and password of a URL."""
    line = " ".join("".join(each if each.isprintable() else " " for each in text).split())
    line = re.sub(r"\b(?:AKIA|ASIA)[A-Z0-9]{12,}\b", "(an access key)", line)
    line = re.sub(r"//.*@", "//(hidden)@", line)
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 3]}..."
