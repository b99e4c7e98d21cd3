"""Policy documents: canonical writing, and reading with the place of every element."""

from __future__ import annotations

from iamglue.iam.writing import canonical, document, policy_json, policy_size

__all__ = ["canonical", "document", "policy_json", "policy_size"]
