"""What `infer` answers, as JSON."""

from __future__ import annotations

import json
from typing import Any

from iamglue.formats.policies.spec_text import spec_values
from iamglue.model.inference import Inference, SpecChange

VERSION = 1


def inference_json(inference: Inference) -> str:
    """The spec as plain data, and under `changed` what it does not say as the input does."""
    functions = [item.function for item in inference.functions]
    data = {
        "version": VERSION,
        "spec": spec_values(functions),
        "changed": [change_data(change) for change in inference.changes],
    }
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"


def change_data(change: SpecChange) -> dict[str, Any]:
    """A change as plain data; line and column are null if they are not known."""
    place = {"path": change.location.path, "line": change.location.line, "column": change.location.column}
    return {"kind": change.kind.value, "subject": change.subject, "place": place, "reason": change.reason}
