"""Pages of orders and the signature that asks for them; knows nothing of Lambda or AWS."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

SIZE = 50
_HEADER = "x-signature"


def signature(event: Mapping[str, Any]) -> str:
    """The request's signature; header names come in whatever case the client wrote."""
    headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
    return str(headers.get(_HEADER, ""))


def sign(key: str, path: str, query: Mapping[str, str]) -> str:
    """The signature of a request: its path and its sorted query under the shared key."""
    text = f"{path}?{urlencode(sorted(query.items()))}"
    return hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest()


def signed(key: str, path: str, query: Mapping[str, str], given: str) -> bool:
    """Whether the signature given is the request's own."""
    return hmac.compare_digest(sign(key, path, query).encode(), given.encode())


def body(items: Sequence[Mapping[str, Any]], last: Mapping[str, Any] | None) -> str:
    """A page as JSON; `next` is what to ask for as `from`, and null on the last page."""
    follows = base64.urlsafe_b64encode(json.dumps(dict(last)).encode()).decode() if last else None
    return json.dumps({"orders": list(items), "next": follows}, default=_plain)


def start(text: str) -> dict[str, Any]:
    """Where the page begins that `next` named. Raises ValueError for anything else."""
    key = json.loads(base64.urlsafe_b64decode(text))
    if not isinstance(key, dict):
        raise ValueError("expected what an earlier page gave as `next`")  # noqa: TRY004 - it is the text that is wrong
    return key


def _plain(number: object) -> int | float:
    if not isinstance(number, Decimal):
        raise TypeError(f"{type(number).__name__} has no JSON form")
    return int(number) if number == number.to_integral_value() else float(number)
