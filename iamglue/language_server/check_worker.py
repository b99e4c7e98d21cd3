"""The process that checks documents."""

from __future__ import annotations

from collections.abc import Callable

from iamglue.errors import IamglueError
from iamglue.language_server.document_lint import PlainData, check_data
from iamglue.language_server.document_source import DocumentSource
from iamglue.language_server.quick_fixes import fix_all_data, fixes_data
from iamglue.language_server.spec_origins import origins_data
from iamglue.processes.job_worker import serve_jobs

_JOBS: dict[str, Callable[..., PlainData]] = {
    "check": check_data,
    "fixes": fixes_data,
    "fix-all": fix_all_data,
    "origins": origins_data,
}


def _result(job: PlainData) -> PlainData:
    """The result of a job; an exception becomes a result with `error`."""
    try:
        document = DocumentSource(job["path"], job["root"], job["text"])
        return _JOBS[job["name"]](document, *job["arguments"])
    except IamglueError as error:
        return {"error": str(error).replace("\n", "; ")}
    except Exception as error:  # noqa: BLE001 - the server reports it, and goes on
        return {"error": f"{type(error).__name__}: {error}"}


if __name__ == "__main__":
    serve_jobs(_result)
