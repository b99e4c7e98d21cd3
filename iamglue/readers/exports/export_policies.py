"""The policies of an account's export: inline and managed, and AWS managed policies that are missing in the export."""

from __future__ import annotations

from typing import Any

from iamglue.findings import NotEvaluated, NotEvaluatedKind, Subject
from iamglue.model.account import AttachedPolicy
from iamglue.readers.exports.export_documents import ExportDocument, ExportDocumentCache
from iamglue.readers.exports.response_fields import ResponseFields


class ExportPolicies:
    """Builds the policies of roles; `not_evaluated` lists malformed and missing documents by role.

    Those of users matter only if a role may obtain their credentials, and are reported then.
    """

    def __init__(self) -> None:
        self.not_evaluated: list[NotEvaluated] = []
        self._documents = ExportDocumentCache()
        self._managed: dict[str, AttachedPolicy] = {}
        self._problems: dict[str, str] = {}

    def build_inline_policy(self, name: str, document: Any, subject: Subject | None) -> AttachedPolicy:
        """Build an inline or trust policy; a problem is recorded for the subject, if there is one."""
        if document is None:
            self._record_not_evaluated(subject, name, "the export does not contain it")
            return AttachedPolicy(name, "", None)
        parsed = self._documents.read(document)
        if parsed.policy is None:
            self._record_not_evaluated(subject, name, f"it is malformed: {parsed.problem}")
        return AttachedPolicy(name, parsed.text, parsed.policy)

    def add_managed_policy(self, fields: ResponseFields) -> None:
        """Add the default version of a managed policy."""
        arn = fields.arn("Arn")
        name = fields.optional_text("PolicyName") or arn.rpartition("/")[2]
        default = fields.optional_text("DefaultVersionId")
        for version in fields.maps("PolicyVersionList"):
            if version.raw("IsDefaultVersion") is True or (default and version.optional_text("VersionId") == default):
                document = version.raw("Document")
                if document is not None:
                    self._add_document(name, arn, self._documents.read(document))
                return

    def find_managed_policy(self, arn: str, subject: Subject | None) -> AttachedPolicy:
        """Return a managed policy that is attached or is a boundary; a problem is recorded for the subject."""
        if arn not in self._managed:
            self._add_missing_policy(arn)
        if arn in self._problems:
            self._record_not_evaluated(subject, arn, self._problems[arn])
        return self._managed[arn]

    def _add_document(self, name: str, arn: str, document: ExportDocument) -> None:
        """Add a managed policy; a malformed document is a problem of each role that has the policy."""
        policy = self._managed.setdefault(arn, AttachedPolicy(name, document.text, document.policy, arn))
        if policy.policy is None:
            self._problems[arn] = f"it is malformed: {document.problem}"

    def _add_missing_policy(self, arn: str) -> None:
        """Add a policy that the export does not contain: from the snapshot of AWS policies, or without text."""
        from iamglue.catalog.managed_policies import find_managed_policy  # noqa: PLC0415 - takes a tenth of a second

        name = arn.rpartition("/")[2]
        aws_policy = find_managed_policy(name) if arn.split(":")[4] == "aws" else None
        if aws_policy is not None and arn.split(":", 5)[5] == f"policy{aws_policy.path}{name}":
            self._add_document(name, arn, self._documents.read(aws_policy.document))
            return
        self._managed[arn] = AttachedPolicy(name, "", None, arn)
        if arn.split(":")[4] == "aws":
            self._problems[arn] = "neither the export nor the snapshot of AWS managed policies contains it"
        else:
            self._problems[arn] = "the export does not contain it: run the command without --filter"

    def _record_not_evaluated(self, subject: Subject | None, name: str, reason: str) -> None:
        """Record a document that cannot be evaluated for a role; for a user, `subject` is None, and nothing is."""
        if subject is None:
            return
        self.not_evaluated.append(NotEvaluated(NotEvaluatedKind.FAILED, subject, f"the document of `{name}`", reason))
