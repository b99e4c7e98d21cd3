"""Editors complete a spec by its JSON Schema: the YAML language server of the npm registry, run as editors run it."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from iamglue.catalog.services import service_prefixes
from iamglue.catalog.triggers import trigger_names
from iamglue.cli.main import main

PACKAGE = "yaml-language-server@1.25.0"


class LanguageServer:
    """The server as a process that speaks the Language Server Protocol over its standard streams."""

    def __init__(self, command: list[str], folder: Path) -> None:
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.last_id = 0
        capabilities = {"workspace": {"configuration": True}, "textDocument": {"publishDiagnostics": {}}}
        self.request("initialize", processId=None, rootUri=folder.as_uri(), capabilities=capabilities)
        self.notify("initialized")

    def completions(self, file: Path, text: str) -> set[str]:
        """The words that the server offers at the end of the text."""
        self.open(file, text)
        position = {"line": text.count("\n"), "character": len(text.rpartition("\n")[2])}
        answer = self.request("textDocument/completion", textDocument={"uri": file.as_uri()}, position=position)
        return {item["label"] for item in answer["items"]}

    def diagnostics(self, file: Path, text: str) -> list[str]:
        """The messages that the server shows for the text."""
        self.open(file, text)
        while True:
            message = self._receive()
            if message.get("method") == "textDocument/publishDiagnostics" and message["params"]["uri"] == file.as_uri():
                return [item["message"] for item in message["params"]["diagnostics"]]

    def open(self, file: Path, text: str) -> None:
        document = {"uri": file.as_uri(), "languageId": "yaml", "version": 1, "text": text}
        self.notify("textDocument/didOpen", textDocument=document)

    def notify(self, method: str, **params: Any) -> None:
        self._send({"method": method, "params": params})

    def request(self, method: str, **params: Any) -> Any:
        self.last_id += 1
        self._send({"id": self.last_id, "method": method, "params": params})
        while True:
            message = self._receive()
            if message.get("id") == self.last_id and "method" not in message:
                return message["result"]

    def _send(self, message: dict[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self.process.stdin.flush()

    def _receive(self) -> dict[str, Any]:
        """The next message; a question of the server about its configuration is answered on the way."""
        length = 0
        while header := self.process.stdout.readline().strip():
            name, _, value = header.partition(b":")
            length = int(value) if name.lower() == b"content-length" else length
        message = json.loads(self.process.stdout.read(length))
        if "id" in message and "method" in message:
            asked = message.get("params", {}).get("items", [])
            self._send({"id": message["id"], "result": [{} for _ in asked] or None})
        return message


@pytest.fixture(scope="module")
def command(tmp_path_factory) -> list[str]:
    """How to start the server, installed from the npm registry; skipped where there is no npm or no registry."""
    if not shutil.which("npm"):
        pytest.skip("needs npm")
    folder = tmp_path_factory.mktemp("npm")
    install = ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", str(folder), PACKAGE]
    if subprocess.run(install, capture_output=True, check=False).returncode:
        pytest.skip("needs the npm registry")
    return ["node", str(folder / "node_modules" / ".bin" / "yaml-language-server"), "--stdio"]


@pytest.fixture
def spec(tmp_path) -> tuple[Path, str]:
    """A spec that `iamglue init --schema` wrote, and its text."""
    path = tmp_path / "spec.yaml"
    assert CliRunner().invoke(main, ["init", str(path), "--schema", "--function", "exif"]).exit_code == 0
    return path, path.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def server(command, tmp_path_factory) -> Iterator[LanguageServer]:
    server = LanguageServer(command, tmp_path_factory.mktemp("specs"))
    yield server
    server.process.kill()
    server.process.wait()


def test_the_server_offers_every_trigger(server, spec):
    path, text = spec
    assert set(trigger_names()) <= server.completions(path, f"{text}triggers:\n  - ")


def test_the_server_offers_every_service(server, spec):
    path, text = spec
    # `account` alone is an option of entries.
    assert set(service_prefixes()) <= server.completions(path, f"{text}reads:\n  - ")


def test_the_server_offers_the_options_beside_a_service(server, spec):
    path, text = spec
    assert {"do", "prefix", "missing_ok"} <= server.completions(path, f"{text}reads:\n  - s3: images\n    ")


def test_the_server_finds_nothing_wrong_in_the_first_spec(server, spec):
    assert server.diagnostics(*spec) == []


def test_the_server_marks_an_unknown_service(server, spec):
    path, text = spec
    assert server.diagnostics(path, f"{text}reads:\n  - dinamodb: t\n") != []
