"""The properties that the sections of `Globals` take in templates of the Serverless Application Model.

https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-template-anatomy-globals.html
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

_DATA = Path(__file__).parent / "data" / "sam_globals.json"


def global_properties(section: str) -> tuple[str, ...] | None:
    """The properties that a section (`Function`) takes; None if `Globals` has no such section."""
    names = _sections().get(section)
    return None if names is None else tuple(names)


@cache
def _sections() -> dict[str, list[str]]:
    sections: dict[str, list[str]] = json.loads(_DATA.read_text(encoding="utf-8"))["sections"]
    return sections
