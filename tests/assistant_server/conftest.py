"""The server as a client of the SDK sees it, over standard input and output: one process for a module of tests."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

# The SDK takes a second to import, which each process that collects all tests would spend.
if TYPE_CHECKING:
    from anyio.from_thread import BlockingPortal
    from mcp.client import Client
    from mcp.types import CallToolResult, Tool


@dataclass(frozen=True)
class Assistant:
    """A client that is connected to the server."""

    client: Client
    portal: BlockingPortal
    directory: Path

    def tools(self) -> list[Tool]:
        return self.portal.call(self.client.list_tools).tools

    def call(self, name: str, **arguments: Any) -> CallToolResult:
        return self.portal.call(self.client.call_tool, name, arguments)

    def answer(self, name: str, **arguments: Any) -> dict[str, Any]:
        """The structured content of a call that succeeds."""
        result = self.call(name, **arguments)
        assert not result.is_error, result.content
        return result.structured_content

    def errors(self, name: str, **arguments: Any) -> list[dict[str, Any]]:
        """The errors of a call that fails."""
        result = self.call(name, **arguments)
        assert result.is_error
        return result.structured_content["errors"]


@pytest.fixture(scope="module")
def assistant(tmp_path_factory) -> Iterator[Assistant]:
    from anyio.from_thread import start_blocking_portal
    from mcp.client import Client
    from mcp.client.stdio import StdioServerParameters, stdio_client

    directory = tmp_path_factory.mktemp("project")
    parameters = StdioServerParameters(command=sys.executable, args=["-m", "iamglue", "mcp"], cwd=directory)
    with start_blocking_portal() as portal:
        client = Client(stdio_client(parameters))
        with portal.wrap_async_context_manager(client):
            yield Assistant(client, portal, directory)
