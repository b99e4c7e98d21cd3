"""The values of references to the resources of a template."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class TemplateReferences:
    """`values` are the texts of references (`Bucket.Arn`), as far as they are known.

    `names` are the references that are a name, an ID or a URL, and so no ARN, with the type of the resource; and the
    parameters that are a part of a name, with an empty text.
    """

    values: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
