"""AWS's managed policies as moto holds them, read once in each process. It imports nothing from iamglue."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from moto.iam.aws_managed_policies import aws_managed_policies_data


@cache
def managed_documents() -> dict[str, dict[str, Any]]:
    """The document of every policy by its name. All tests share them: a test that changes one copies it first."""
    return {name: row["Document"] for name, row in json.loads(aws_managed_policies_data).items()}
