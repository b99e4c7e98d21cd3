"""Finds the roles of a configuration or plan by what refers to them."""

from __future__ import annotations

from iamglue.readers.templates.account_draft import AccountDraft
from iamglue.readers.terraform.reference_values import attribute_parameter


class TerraformRoles:
    """The keys of the roles of a draft by their names, ARNs and references."""

    def __init__(self, draft: AccountDraft) -> None:
        self._draft = draft
        self._keys: dict[str, str] = {}
        for key, role in draft.roles.items():
            references = (f"${{{attribute_parameter(key, attribute)}}}" for attribute in ("name", "id", "arn"))
            arn = draft.fill_references(role.arn)
            # A name that begins with a `name_prefix` is in the ARN only.
            for text in (role.name, role.arn, arn, arn.rpartition("/")[2], key, *references):
                self._keys.setdefault(text, key)

    def find(self, *texts: str) -> str | None:
        """The key of the role that the first text which names one names; None if the role is not in the template."""
        for text in filter(None, texts):
            key = self._keys.get(text) or self._keys.get(self._draft.fill_references(text))
            if key is not None:
                return key
        return None
