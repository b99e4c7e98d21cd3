"""How fast `infer code` is: 500 Python files as projects, and one function against `generate`: `make bench`.

The modules are made here, about 7 KB each, in the styles of real services: each fifth is a handler that keeps data in a
wrapper of clients and tables, the others help it without AWS; in a second project all are handlers. Peers read the same
files in the same run, if they are installed: chalice's analyzer and IAM Policy Autopilot, in the environment that the
first argument names, or beside this Python.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
EXIF = ROOT / "examples" / "exif-pipeline"
FILES = 500
ROUNDS = 5
PATIENCE = 240  # seconds until a process is ended
HANDLER_EVERY = 5
MAX_SECONDS, MAX_RATIO, MAX_MEBIBYTES = 10.0, 1.5, 280.0
_CHALICE = """
import pathlib, sys
from chalice.analyzer import get_client_calls
for path in sorted(pathlib.Path(sys.argv[1]).glob("*.py")):
    get_client_calls(path.read_text())
"""


def main() -> int:
    """Print the times and verdicts; 1 when one does not hold."""
    peers = Path(sys.argv[1]) if sys.argv[1:] else BIN.parent
    with tempfile.TemporaryDirectory() as folder:
        project, memory = measured_project(folder, HANDLER_EVERY)
        report_peers(peers, folder)
    with tempfile.TemporaryDirectory() as folder:
        handlers, handlers_memory = measured_project(folder, 1)
    ratio = start_ratio()
    say(f"infer code of one function: {ratio:.2f} times generate")
    verdicts = {
        f"{FILES} files within {MAX_SECONDS:.0f} s": project <= MAX_SECONDS,
        f"{FILES} handlers within {MAX_SECONDS:.0f} s": handlers <= MAX_SECONDS,
        f"memory within {MAX_MEBIBYTES:.0f} MiB": max(memory, handlers_memory) <= MAX_MEBIBYTES,
        f"one function within {MAX_RATIO} times generate": ratio <= MAX_RATIO,
    }
    for text, holds in verdicts.items():
        say(f"{'ok  ' if holds else 'MISS'} {text}")
    return 0 if all(verdicts.values()) else 1


def measured_project(folder: str, handler_every: int) -> tuple[float, float]:
    """Write the modules, of which every so many is a handler; the seconds and MiB of `infer code` on them."""
    for name, text in modules(handler_every).items():
        Path(folder, name).write_text(text, encoding="utf-8")
    size = sum(path.stat().st_size for path in Path(folder).iterdir()) / FILES
    command = [str(BIN / "iamglue"), "infer", "code", folder, "--format", "json", "-o", os.devnull]
    taken = measured(command) or sys.exit("infer code failed")
    count = FILES // handler_every
    say(f"infer code, {FILES} files of {size / 1024:.1f} KB, {count} handlers: {taken[0]:.2f} s, {taken[1]:.0f} MiB")
    return taken


def measured(command: list[str]) -> tuple[float, float] | None:
    """The seconds of the processor and the MiB at most that one process takes; None if it fails or takes too long.

    Other work on the machine does not count.
    """
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    timer = threading.Timer(PATIENCE, process.kill)
    timer.start()
    _, status, usage = os.wait4(process.pid, 0)
    timer.cancel()
    if os.waitstatus_to_exitcode(status):
        return None
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def say(text: str) -> None:
    """Print a line."""
    print(text, flush=True)  # noqa: T201 - a program that prints


def start_ratio() -> float:
    """How many times as long as `generate` the reading of one function takes; the runs alternate."""
    generate = [str(BIN / "iamglue"), "generate", str(EXIF / "spec.yaml")]
    infer = [str(BIN / "iamglue"), "infer", "code", str(EXIF / "function")]
    rounds = [(measured(infer), measured(generate)) for _ in range(ROUNDS + 1)][1:]
    return median(ours[0] for ours, _ in rounds) / median(theirs[0] for _, theirs in rounds)


def report_peers(peers: Path, folder: str) -> None:
    """What the other tools take for the same files."""
    python, autopilot = peers / "bin" / "python", peers / "bin" / "iam-policy-autopilot"
    files = sorted(map(str, Path(folder).glob("*.py")))
    commands: dict[str, tuple[Path, Callable[[], list[str]]]] = {
        "chalice": (peers / "bin" / "chalice", lambda: [str(python), "-c", _CHALICE, folder]),
        "iam-policy-autopilot": (autopilot, lambda: [str(autopilot), "extract-sdk-calls", *files]),
    }
    for name, (program, command) in commands.items():
        if not program.exists():
            say(f"{name}: not installed in {peers}, left out")
        elif (result := measured(command())) is None:
            say(f"{name}, the same files: failed, or more than {PATIENCE} s")
        else:
            say(f"{name}, the same files: {result[0]:.2f} s, {result[1]:.0f} MiB")


def modules(handler_every: int) -> dict[str, str]:
    """The modules of a project by their names: every so many is a handler, the others are what handlers import."""
    return {f"part{number:03}.py": module(number, number % handler_every == 0) for number in range(FILES)}


def module(number: int, is_handler: bool) -> str:
    """One module of about 7 KB."""
    imports = "".join(f"import part{other:03}\n" for other in {(number * 7 + 1) % FILES, (number * 3 + 2) % FILES})
    helpers = "".join(_PLAIN.format(index=index) for index in range(12))
    entry = _HANDLER.format(number=number, other=f"{(number * 7 + 1) % FILES:03}") if is_handler else ""
    store = _STORE.format(number=number) if is_handler else ""
    return f"{_HEAD}{imports}{store}{helpers}{entry}"


_HEAD = '''"""A part of the order service."""

from __future__ import annotations

import json
import logging
import os
from dataclasses import dataclass, field

import boto3
from boto3.dynamodb.conditions import Key

logger = logging.getLogger(__name__)
TABLE_NAME = os.environ.get("TABLE_NAME", "orders")
'''
_STORE = '''

@dataclass
class Settings{number}:
    """Where this part keeps its data."""

    bucket: str = "orders-bucket-{number}"
    queue: str = field(default_factory=lambda: os.environ["QUEUE_URL"])
    labels: dict[str, str] = field(default_factory=dict)


class Store{number}:
    """Keeps orders in a table, and their documents in a bucket."""

    def __init__(self, settings: Settings{number}, session: boto3.Session | None = None) -> None:
        self.settings = settings
        self.session = session or boto3.Session()
        self.s3 = self.session.client("s3")
        self.table = self.session.resource("dynamodb").Table(TABLE_NAME)

    def load(self, key: str) -> dict[str, object]:
        response = self.s3.get_object(Bucket=self.settings.bucket, Key=f"documents/{{key}}")
        return json.loads(response["Body"].read())

    def save(self, key: str, document: dict[str, object]) -> None:
        body = json.dumps(document).encode()
        self.s3.put_object(Bucket=self.settings.bucket, Key=f"documents/{{key}}", Body=body)
        with self.table.batch_writer() as batch:
            for label, value in self.settings.labels.items():
                batch.put_item(Item={{"pk": key, "sk": label, "value": value}})

    def history(self, customer: str) -> list[dict[str, object]]:
        pages = self.table.query(IndexName="by-customer", KeyConditionExpression=Key("customer").eq(customer))
        return [item for item in pages["Items"] if item.get("state") != "draft"]

    def announce(self, text: str) -> None:
        boto3.client("sqs").send_message(QueueUrl=self.settings.queue, MessageBody=text)


def make_store_{number}(labels: dict[str, str] | None = None) -> Store{number}:
    return Store{number}(Settings{number}(labels=labels or {{}}))
'''
_PLAIN = '''

def summarize_{index}(rows: list[dict[str, object]], limit: int = 10) -> dict[str, object]:
    """Count rows by their state, and total what they cost."""
    counts: dict[str, int] = {{}}
    total = 0.0
    for position, row in enumerate(rows[:limit]):
        state = str(row.get("state", "new")).lower()
        counts[state] = counts.get(state, 0) + 1
        if state in ("paid", "sent") and position % ({index} + 2):
            total += float(row.get("price", 0)) * int(row.get("count", 1))
    return {{"counts": counts, "total": round(total, 2), "average": total / max(len(rows), 1)}}
'''
_HANDLER = '''

def handler(event, context):
    """Handle the messages of a queue."""
    store = make_store_{number}({{"source": "queue"}})
    for record in event["Records"]:
        message = json.loads(record["body"])
        document = store.load(message["key"])
        document["summary"] = summarize_1(store.history(message["customer"]))
        store.save(message["key"], document)
        part{other}.summarize_2([document])
        logger.info("handled %s", message["key"])
'''


if __name__ == "__main__":
    sys.exit(main())
