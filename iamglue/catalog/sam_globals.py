"""The properties that the sections of `Globals` take in templates of the Serverless Application Model.

https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-template-anatomy-globals.html
"""

from __future__ import annotations

from iamglue.catalog.tables import json_document


def global_properties(section: str) -> tuple[str, ...] | None:
    """The properties that a section (`Function`) takes; None if `Globals` has no such section."""
    names = json_document("sam_globals")["sections"].get(section)
    return None if names is None else tuple(names)
