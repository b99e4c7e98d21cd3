"""What the policy templates of the Serverless Application Model allow: `S3ReadPolicy: {BucketName: images}`.

https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/serverless-policy-template-list.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from iamglue.policy.patterns.variables import substitute_parameters

_DATA = Path(__file__).parent / "data" / "sam_policies.json"


def sam_policy_document(name: str, values: Mapping[str, str]) -> dict[str, Any] | None:
    """The document of a template, with the values of its parameters; None for a name that SAM does not know.

    It has no Version, as what SAM writes has none.
    """
    found = _templates().get(name)
    return None if found is None else {"Statement": _filled(found, dict(values))}


def _filled(value: Any, values: dict[str, str]) -> Any:
    if isinstance(value, str):
        return substitute_parameters(value, values)
    if isinstance(value, list):
        return [_filled(each, values) for each in value]
    return {name: _filled(each, values) for name, each in value.items()}


@cache
def _templates() -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = json.loads(_DATA.read_text(encoding="utf-8"))["templates"]
    return found
