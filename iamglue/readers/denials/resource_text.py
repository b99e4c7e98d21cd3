"""The resource that an access denied message names after the action, however a log quotes or wraps it."""

from __future__ import annotations

import re

from iamglue.policy.arns import ARN_FIELD_COUNT

_INTRODUCTION = re.compile(
    r"[\"'`\])]*\s*on\s+(?:(?:the\s+)?resources?\s*:\s*|(?:(?:the\s+)?resources?\s+)?(?=[\"'`]?arn:))", re.IGNORECASE
)
_CLOSING_QUOTES = {
    '"': '"',
    "'": "'",
    "`": "`",
    "\u201c": "\u201d",
    "\u2018": "\u2019",
    "\u201e": "\u201c",
    "\u00ab": "\u00bb",
}
# What follows the resource in a complete message; AWS writes nothing between.
_REASON = re.compile(
    r"\s+(?:because\s+no\s+[\w\s-]{1,60}?(?:polic|boundar|SCP|RCP)|(?:with|due\s+to)\s+an\s+explicit\s+deny)",
    re.IGNORECASE,
)
# A reason that follows these belongs to other text.
_SDK_DETAILS = re.compile(r"\s(?:\(Service:|status code:|request id:)", re.IGNORECASE)
# What programs write after a message without a reason.
_END = re.compile(
    r"\n|\s+status code:|\s+[(\[{<-]|[.,;](?=\s|$)|\s+at\s|\s+\S*request|\s+code[:=]|\s+error[:=]|\s+[0-9]{4}-[0-9]{2}|"
    r"\s+[0-9]{2}:[0-9]{2}|\s+User:|[\"`}]",
    re.IGNORECASE,
)
# A line that may be the rest of a name.
_WRAPPED_REST = re.compile(r"[\w/:.*-]{2,}(?=\n|$| \(Service)")
# IAM's older messages name the type and the name: `on resource: role deploy`.
_TYPED_NAME = re.compile(r"[a-z][a-z -]*[a-z] [\w+=,.@/*-]+")
_TRAILING = "\"'`)]}>,;."
_MAX_LENGTH = 2200  # an S3 key has at most 1024 bytes, an ARN 2048


def read_resource(text: str) -> tuple[str | None, str | None]:
    r"""The resource at the beginning of `text`, which follows the action, and a caveat; each may be None.

    The text has one `\n` for each line break. A resource whose end is not certain is None, with a caveat that says so.
    """
    introduction = _INTRODUCTION.match(text)
    if introduction is None:
        return None, None
    body = text[introduction.end() : introduction.end() + _MAX_LENGTH]
    closing = _CLOSING_QUOTES.get(body[:1])
    if closing and (end := _closing_quote(body, closing)) is not None:
        return _join_lines(body[1:end])
    body = body[1:] if closing else body
    reason = _REASON.search(body)
    if reason is None or _SDK_DETAILS.search(body, 0, reason.start()):
        return _first_words(body)
    return _join_lines(body[: reason.start()])


def _closing_quote(body: str, closing: str) -> int | None:
    """The position of the quote that ends the resource: the first one that ends a word."""
    match = re.compile(rf"{re.escape(closing)}(?=[\s.,;)\]}}\"'\\]|$)").search(body, 1)
    return match.start() if match else None


def _first_words(body: str) -> tuple[str | None, str | None]:
    """The resource of a message that ends after it: up to what programs write after messages."""
    end = _END.search(body)
    if end and end[0] == "\n" and (rest := _WRAPPED_REST.match(body, end.end())):
        shown = f"{body[: end.start()]}\u21b5{rest[0].strip()}"
        return None, f"a line break may be in the name of the resource, `{shown}`"
    text = (body[: end.start()] if end else body).strip().rstrip(_TRAILING)
    if " " in text and not _TYPED_NAME.fullmatch(text):
        return None, f"it is not certain where the name of the resource ends in `{text}`"
    return _check_resource(text)


def _join_lines(text: str) -> tuple[str | None, str | None]:
    """The resource without the line breaks of a terminal."""
    text = text.strip()
    if "\n" not in text:
        return _check_resource(text)
    # Names of objects and of alarms may have spaces: then a line break is a space or nothing.
    if text.startswith("arn:") and text.split(":", 3)[2] not in ("s3", "cloudwatch") and " " not in text:
        return _check_resource(text.replace("\n", ""))
    shown = text.replace("\n", "\u21b5")
    return None, f"a line break is in the name of the resource, `{shown}`: a space may be there, or nothing"


def _check_resource(text: str) -> tuple[str | None, str | None]:
    """The resource, if it is whole and no escape is in it that could mean another character."""
    if "\\" in text:
        return None, f"it is not certain what the backslash in the name of the resource means, `{text}`"
    if text.startswith("arn:") and text.count(":") < ARN_FIELD_COUNT - 1:
        return None, f"`{text}` is not a whole ARN"
    return text or None, None
