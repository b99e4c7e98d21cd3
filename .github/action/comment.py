"""Writes a report as the one comment of iamglue on a pull request: the first run creates it, later runs replace it.

Used by action.yml. The environment has API, REPOSITORY, NUMBER and TOKEN; the argument is the path of the report.
https://docs.github.com/en/rest/issues/comments
"""

from __future__ import annotations

import json
import os
import re
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

MARKER = "<!-- iamglue: access of the pull request -->"
MAX_CHARACTERS = 65_536
_PER_PAGE = 100
_MAX_PAGES = 100
_TIMEOUT = 30
_FORBIDDEN = (401, 403, 404)


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Follows no redirect, which would carry the token to another server."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


class GitHub:
    """The API of one repository."""

    def __init__(self, api: str, repository: str, token: str) -> None:
        self._api = api.rstrip("/")
        self._repository = repository
        self._token = token
        self._opener = urllib.request.build_opener(_NoRedirect)

    def own_login(self) -> str | None:
        """The name of the user of a personal token; None for the token of a workflow, which is an app."""
        try:
            login = self._request("GET", "/user")["login"]
        except (urllib.error.HTTPError, KeyError, TypeError):
            return None
        return str(login)

    def comments(self, number: int) -> Iterator[dict[str, Any]]:
        """The comments of a pull request."""
        for page in range(1, _MAX_PAGES + 1):
            path = f"/repos/{self._repository}/issues/{number}/comments?per_page={_PER_PAGE}&page={page}"
            comments = self._request("GET", path)
            yield from comments
            if len(comments) < _PER_PAGE:
                return

    def create(self, number: int, body: str) -> None:
        """Write a new comment."""
        self._request("POST", f"/repos/{self._repository}/issues/{number}/comments", {"body": body})

    def update(self, comment: int, body: str) -> None:
        """Replace a comment."""
        self._request("PATCH", f"/repos/{self._repository}/issues/comments/{comment}", {"body": body})

    def _request(self, method: str, path: str, data: Any = None) -> Any:
        request = urllib.request.Request(  # noqa: S310 - the address of the API comes from the runner
            f"{self._api}{path}",
            None if data is None else json.dumps(data).encode(),
            {
                "Accept": "application/vnd.github+json",
                "Authorization": f"Bearer {self._token}",
                "Content-Type": "application/json",
                "User-Agent": "iamglue",
                "X-GitHub-Api-Version": "2022-11-28",
            },
            method=method,
        )
        with self._opener.open(request, timeout=_TIMEOUT) as response:
            return json.loads(response.read())


def own_comment(github: GitHub, number: int) -> int | None:
    """The ID of the comment that an earlier run wrote; a comment of another user with the marker is not ours."""
    marked = [comment for comment in github.comments(number) if str(comment.get("body")).startswith(MARKER)]
    if not marked:
        return None
    login = github.own_login()
    for comment in marked:
        user = comment.get("user") or {}
        is_own = user.get("type") == "Bot" if login is None else user.get("login") == login
        if is_own:
            return int(comment["id"])
    return None


def main() -> int:
    """Write the comment. A token without the permission is a warning, as in a pull request of a fork."""
    report = Path(sys.argv[1]).read_text(encoding="utf-8")
    body = f"{MARKER}\n{report}"
    if len(body) > MAX_CHARACTERS:
        print("::error::The report is too long for a comment.")
        return 1
    if not re.fullmatch(r"[0-9]+", os.environ["NUMBER"]) or not re.fullmatch(
        r"[\w.-]+/[\w.-]+", os.environ["REPOSITORY"]
    ):
        print("::error::The environment does not name a pull request.")
        return 1
    github, number = GitHub(os.environ["API"], os.environ["REPOSITORY"], os.environ["TOKEN"]), int(os.environ["NUMBER"])
    try:
        comment = own_comment(github, number)
        if comment is None:
            github.create(number, body)
        else:
            github.update(comment, body)
    except urllib.error.HTTPError as error:
        if error.code not in _FORBIDDEN:
            print(f"::error::GitHub did not take the comment: status {error.code}.")
            return 1
        print(
            f"::warning::The token may not write comments (status {error.code}): the workflow needs the permission "
            "`pull-requests: write`, which pull requests of forks do not have. The report is in this job's summary."
        )
    except (OSError, ValueError) as error:
        print(f"::error::GitHub did not take the comment: {type(error).__name__}.")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
