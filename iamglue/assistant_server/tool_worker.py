"""The process that does the work of tools: it can be stopped when a call is cancelled, or takes too long.

Its argument is its working directory: an empty one, so that no relative path in a text leads to a file of the user.
"""

from __future__ import annotations

import os
import sys
from typing import Any

from iamglue.assistant_server.tools import TOOLS, call_tool
from iamglue.processes.job_worker import serve_jobs


def main() -> None:
    """Do calls of tools until stdin ends."""
    os.chdir(sys.argv[1])
    serve_jobs(_result)


def _result(job: dict[str, Any]) -> dict[str, Any]:
    result = call_tool(TOOLS[job["tool"]], job["arguments"])
    return {"data": result.data, "is_error": result.is_error}


if __name__ == "__main__":
    main()
