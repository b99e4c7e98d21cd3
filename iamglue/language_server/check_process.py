"""The worker process of the language server: what it is asked about documents."""

from __future__ import annotations

from iamglue.language_server.document_lint import PlainData
from iamglue.language_server.document_source import DocumentSource
from iamglue.processes.job_process import JobProcess

WORKER = "iamglue.language_server.check_worker"
# To lint the longest policies takes seconds; this is for what would never end.
CHECK_SECONDS = 120.0


class CheckProcess(JobProcess):
    """The process that checks documents."""

    async def run_check(
        self, name: str, document: DocumentSource, *arguments: int, seconds: float = CHECK_SECONDS
    ) -> PlainData:
        """The result of a job of `check_worker` on a document. Raises JobFailedError if there is none."""
        job = {"name": name, "path": document.path, "root": document.root, "text": document.text}
        return await self.run({**job, "arguments": arguments}, seconds)
