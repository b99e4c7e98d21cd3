"""The policies of an account's export: inline ones, managed ones by ARN, and AWS's own where the export lacks them."""

from __future__ import annotations

from typing import Any

from iamglue.findings import NotEvaluated, NotEvaluatedKind, Subject
from iamglue.model.account import AttachedPolicy
from iamglue.readers.exports.export_documents import ExportDocument, ExportDocumentCache
from iamglue.readers.exports.response_fields import ResponseFields


class ExportPolicies:
    """Takes in policies; `gaps` is what is malformed or missing, for each role that has it."""

    def __init__(self) -> None:
        self.not_evaluated: list[NotEvaluated] = []
        self._documents = ExportDocumentCache()
        self._managed: dict[str, AttachedPolicy] = {}
        self._reasons: dict[str, str] = {}

    def build_inline_policy(self, name: str, document: Any, subject: Subject) -> AttachedPolicy:
        """An inline or trust policy of a role."""
        if document is None:
            self._gap(subject, name, "the export does not hold it")
            return AttachedPolicy(name, "", None)
        found = self._documents.read(document)
        if found.policy is None:
            self._gap(subject, name, f"it is malformed: {found.problem}")
        return AttachedPolicy(name, found.text, found.policy)

    def add_managed_policy(self, fields: ResponseFields) -> None:
        """Take in a managed policy, in its default version."""
        arn = fields.arn("Arn")
        name = fields.optional_text("PolicyName") or arn.rpartition("/")[2]
        default = fields.optional_text("DefaultVersionId")
        for version in fields.maps("PolicyVersionList"):
            if version.raw("IsDefaultVersion") is True or (default and version.optional_text("VersionId") == default):
                document = version.raw("Document")
                if document is not None:
                    self._keep(name, arn, self._documents.read(document))
                return

    def find_managed_policy(self, arn: str, subject: Subject) -> AttachedPolicy:
        """A managed policy that a role has."""
        if arn not in self._managed:
            self._look_up(arn)
        if arn in self._reasons:
            self._gap(subject, arn, self._reasons[arn])
        return self._managed[arn]

    def _keep(self, name: str, arn: str, document: ExportDocument) -> None:
        found = self._managed.setdefault(arn, AttachedPolicy(name, document.text, document.policy, arn))
        if found.policy is None:
            self._reasons[arn] = f"it is malformed: {document.problem}"

    def _look_up(self, arn: str) -> None:
        """What the export does not hold: AWS's own policies as the snapshot has them."""
        from iamglue.catalog.managed_policies import find_managed_policy  # noqa: PLC0415 - takes a tenth of a second

        name = arn.rpartition("/")[2]
        found = find_managed_policy(name) if arn.split(":")[4] == "aws" else None
        if found is not None and arn.split(":", 5)[5] == f"policy{found.path}{name}":
            self._keep(name, arn, self._documents.read(found.document))
            return
        self._managed[arn] = AttachedPolicy(name, "", None, arn)
        if arn.split(":")[4] == "aws":
            self._reasons[arn] = "neither the export nor the snapshot of AWS managed policies holds it"
        else:
            self._reasons[arn] = "the export does not hold it: run the command without --filter"

    def _gap(self, subject: Subject, name: str, reason: str) -> None:
        self.not_evaluated.append(NotEvaluated(NotEvaluatedKind.FAILED, subject, f"the document of `{name}`", reason))
