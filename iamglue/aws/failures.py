"""Why a call to AWS failed, in a few kinds and in words that hold no credentials."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto
from json import JSONDecodeError
from urllib.parse import urlsplit

from botocore import exceptions as botocore
from botocore.parsers import ResponseParserError

from iamglue.aws.answers import AnswerError
from iamglue.catalog.audit_answers import audit_answers

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


class Kind(Enum):
    """What sort of failure: it decides whether to go on, and whether "not there" may simply mean none."""

    ABSENT = auto()
    DENIED = auto()
    EXPIRED = auto()
    CREDENTIALS = auto()
    NO_CREDENTIALS = auto()
    THROTTLED = auto()
    UNREACHABLE = auto()
    UNSUPPORTED = auto()
    OTHER = auto()

    @property
    def is_final(self) -> bool:
        """Whether no other call can fare better."""
        # Credentials that AWS refuses are not: so it answers, too, for a Region that is not enabled.
        return self in (Kind.EXPIRED, Kind.NO_CREDENTIALS)


@dataclass(frozen=True, slots=True)
class Failure:
    """A kind and a reason in words."""

    kind: Kind
    reason: str


# Codes as AWS's services spell them, each on its service's page of common errors, and as emulations of AWS do. How
# each operation says that there is none of what was asked for is in `audit_answers`.
_CODES = {
    Kind.DENIED: (
        "AccessDenied AccessDeniedException AuthorizationError AuthorizationErrorException UnauthorizedOperation "
        "Forbidden 403"
    ),
    Kind.EXPIRED: "ExpiredToken ExpiredTokenException RequestExpired TokenRefreshRequired",
    Kind.CREDENTIALS: (
        "InvalidClientTokenId UnrecognizedClientException InvalidAccessKeyId InvalidToken SignatureDoesNotMatch "
        "InvalidSignatureException IncompleteSignature MissingAuthenticationToken MissingAuthenticationTokenException"
    ),
    Kind.THROTTLED: (
        "Throttling ThrottlingException ThrottledException Throttled TooManyRequestsException RequestLimitExceeded "
        "RequestThrottled RequestThrottledException SlowDown LimitExceededException BandwidthLimitExceeded "
        "ProvisionedThroughputExceededException"
    ),
    Kind.UNSUPPORTED: "404 501 NotImplemented UnknownOperationException UnsupportedOperation",
}
_KINDS = {code: kind for kind, codes in _CODES.items() for code in codes.split()}


def failure(error: Exception, action: str) -> Failure:
    """Why a call that needs `action` failed."""
    if isinstance(error, botocore.ClientError):
        return _answered(error, action)
    if isinstance(error, _NO_CREDENTIALS):
        return Failure(Kind.NO_CREDENTIALS, _without_credentials(error))
    return _unanswered(error, action)


def _unanswered(error: Exception, action: str) -> Failure:
    if isinstance(error, _TIMEOUTS):
        return Failure(Kind.UNREACHABLE, f"AWS did not answer {action} in time")
    if isinstance(error, _UNREACHABLE):
        return Failure(Kind.UNREACHABLE, f"AWS could not be reached{_host(error)}")
    if isinstance(error, (ResponseParserError, JSONDecodeError, UnicodeError)):  # a proxy's page, say
        why = f": {clean(str(error))}" if isinstance(error, AnswerError) else ""
        return Failure(Kind.OTHER, f"what answered {action} does not speak as AWS does{why}")
    if isinstance(error, NotImplementedError):  # an emulation of AWS in this process
        return Failure(Kind.UNSUPPORTED, f"{action} is not implemented where it was asked")
    if isinstance(error, ValueError) and not isinstance(error, botocore.BotoCoreError):  # quotes the URL
        return Failure(Kind.UNREACHABLE, BAD_ADDRESS)
    return Failure(Kind.OTHER, clean(f"{action} failed: {error}"))


def _answered(error: botocore.ClientError, action: str) -> Failure:
    code = str(error.response.get("Error", {}).get("Code", ""))
    said = clean(str(error.response.get("Error", {}).get("Message", "")))
    kind = Kind.ABSENT if code in audit_answers()[action].absent else _KINDS.get(code, Kind.OTHER)
    because = f" ({code}: {said})" if said else f" ({code})"
    words = {
        Kind.ABSENT: f"{action} found nothing{because}",
        Kind.DENIED: f"the permission {action} is missing{because}",
        # What AWS says besides may quote the signed request, and the session token with it.
        Kind.EXPIRED: f"the credentials have expired ({code})",
        Kind.CREDENTIALS: f"AWS does not accept the credentials ({code})",
        Kind.THROTTLED: f"{action} was throttled by AWS however often it was tried ({code})",
        Kind.UNSUPPORTED: f"{action} is not implemented where it was asked{because}",
        Kind.OTHER: f"{action} failed{because}",
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
    return f" at {clean(host)}" if host else ""


def clean(text: str) -> str:
    """A text from AWS as one short line: no control characters, no access key, and no name and password of a URL."""
    line = " ".join("".join(each if each.isprintable() else " " for each in text).split())
    line = re.sub(r"\b(?:AKIA|ASIA)[A-Z0-9]{12,}\b", "(an access key)", line)
    line = re.sub(r"//.*@", "//(hidden)@", line)
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 3]}..."
