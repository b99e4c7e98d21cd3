"""How fast `infer trail` is, in how much memory: `python tests/bench/trail.py [RECORDS...]`, by default 200000.

The records are made here, about 1.6 KB each, of realistic shapes: a tenth of them repeat an earlier group, so that of
200,000 records some 177,000 are of different roles, functions and resources. All measurements are processor time of one
process, or of commands with `--jobs 1`, in the same run on the same files:

- decompressing and decoding two fields of each record, which is the least that any reader does
- decoding and counting, as the command does it: checked, cleaned and shortened, with the parameters that each kind of
  event needs, and written as lines for DuckDB
- the whole command into a store, and again over the same files
- peers, if they are installed (`--group bench`): polars, DuckDB's read_json, trailscraper (`trail_peers.py`)

With several sizes the cost for each record is compared: it must not grow.
"""

from __future__ import annotations

import gzip
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib.util import find_spec
from multiprocessing import Process
from pathlib import Path

import msgspec
from isal import igzip
from trail_peers import PEERS, trailscraper_logs

from iamglue.infer.trail.reading import FileReading, FileTask, TrailPeriod
from iamglue.model.trail_files import TrailFile
from iamglue.readers.trail_folders import LocalTrail

DEFAULT_SIZES = (200_000,)
RECORDS_PER_FILE = 2_000
REPEATED = 0.115  # of the records, so many are of an earlier group
ACCOUNT, REGION = "123456789012", "eu-west-1"
MAX_RATIO, MAX_MEBIBYTES, MAX_SECOND_RUN, MAX_GROWTH = 2.5, 400.0, 2.0, 1.3


class TwoFields(msgspec.Struct):
    """What the least reader decodes."""

    eventSource: str  # noqa: N815 - CloudTrail's name
    eventName: str  # noqa: N815 - CloudTrail's name


class TwoFieldsFile(msgspec.Struct):
    """A log file of it."""

    Records: list[TwoFields]


def main() -> int:
    """Print what was measured, and whether the limits hold; 1 when one does not."""
    sizes = [int(size) for size in sys.argv[1:]] or list(DEFAULT_SIZES)
    verdicts: list[tuple[str, bool]] = []
    costs: dict[int, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        for size in sizes:
            logs = Path(folder, f"logs-{size}")
            # In a process of its own: buffers that this one had used before would halve the time of two fields.
            writer = Process(target=write_logs, args=(logs, size))
            writer.start()
            writer.join()
            costs[size] = measure(logs, Path(folder), size, verdicts, with_peers=size == sizes[0])
    if len(costs) > 1:
        rates = [cost / size for size, cost in costs.items()]
        verdicts.append(("the cost of a record does not grow with their number", max(rates) <= MAX_GROWTH * rates[0]))
    for text, holds in verdicts:
        say(f"{'ok ' if holds else 'NOT'} {text}")
    return 0 if all(holds for _, holds in verdicts) else 1


def say(text: str) -> None:
    """Print a line at once: the whole takes minutes."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def measure(logs: Path, folder: Path, size: int, verdicts: list[tuple[str, bool]], *, with_peers: bool) -> float:
    """Measure one size; the processor time of the whole command."""
    least = processor_time(lambda: read_two_fields(logs))
    counted = processor_time(lambda: count(logs, folder / f"lines-{size}"))
    say(
        f"{size:,} records: two fields {least:.2f} s, decoded and counted {counted:.2f} s ({counted / least:.2f} times)"
    )
    verdicts.append((f"{size:,}: decoding and counting <= {MAX_RATIO} times two fields", counted <= MAX_RATIO * least))
    command = [sys.executable, "-m", "iamglue", "infer", "trail", str(logs), "--jobs", "1"]
    command += ["--store", str(folder / f"store-{size}"), "-o", str(folder / f"usage-{size}.json")]
    first, second = run(command), run(command)
    say(f"  command {first[0]:.1f} s, {first[1]:.0f} MiB; again {second[0]:.2f} s, {second[1]:.0f} MiB")
    verdicts.append((f"{size:,}: memory <= {MAX_MEBIBYTES:.0f} MiB", max(first[1], second[1]) <= MAX_MEBIBYTES))
    verdicts.append((f"{size:,}: the second run <= {MAX_SECOND_RUN} s", second[0] <= MAX_SECOND_RUN))
    if with_peers:
        measure_peers(logs, folder, size, verdicts)
    return first[0]


def measure_peers(logs: Path, folder: Path, size: int, verdicts: list[tuple[str, bool]]) -> None:
    """Measure peers on the same files, or on the first of them where they take minutes."""
    for peer in PEERS:
        if find_spec(peer.package) is None:
            say(f"  {peer.name}: not installed")
            continue
        chosen, number = logs, min(size, peer.most)
        if peer.package == "trailscraper":
            chosen = trailscraper_logs(logs, folder / "trailscraper", number // RECORDS_PER_FILE)
        # Of the same files, for ourselves as for the peer.
        counted = processor_time(lambda chosen=chosen: count(chosen, folder / "peer"))
        try:
            seconds = run([sys.executable, "-c", peer.program, str(chosen)])[0]
        except SystemExit as error:
            say(f"  {peer.name}: {error}")
            continue
        say(f"  {peer.name}, {number:,} records: {seconds:.1f} s ({seconds / counted:.1f} times decoding and counting)")
        if peer.factor is not None:
            verdicts.append((f"{peer.name} takes >= {peer.factor} times", seconds >= peer.factor * counted))


def processor_time(work: Callable[[], object]) -> float:
    """The processor time of work in this process, the better of two runs."""
    times = []
    for _ in range(2):
        begin = time.process_time()
        work()
        times.append(time.process_time() - begin)
    return min(times)


def run(command: list[str]) -> tuple[float, float]:
    """The processor time of a process, and its peak memory in MiB."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)[:200]}: exit code {process.returncode}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def read_two_fields(logs: Path) -> int:
    """Decompress all files, and decode two fields of each record."""
    decode = msgspec.json.Decoder(TwoFieldsFile).decode
    return sum(len(decode(igzip.decompress(path.read_bytes())).Records) for path in sorted(logs.rglob("*.gz")))


def count(logs: Path, folder: Path) -> int:
    """Decode and count all files."""
    folder.mkdir(exist_ok=True)
    source = LocalTrail(str(logs))
    files = tuple(file for file in source.files() if isinstance(file, TrailFile))
    result = FileReading(folder, TrailPeriod()).read(FileTask(source, files))
    return sum(file.records for file in result.files)


def write_logs(folder: Path, size: int) -> None:
    """Write log files with `size` records."""
    chance = random.Random(size)
    folder.mkdir()
    group = 0
    for start in range(0, size, RECORDS_PER_FILE):
        records = []
        for number in range(start, min(start + RECORDS_PER_FILE, size)):
            is_new = chance.random() >= REPEATED
            group += is_new
            records.append(record(group if is_new else chance.randrange(group + 1), number, chance))
        name = f"{ACCOUNT}_CloudTrail_{REGION}_20260101T0000Z_{start:016d}.json.gz"
        (folder / name).write_bytes(gzip.compress(msgspec.json.encode({"Records": records}), 6))


def record(group: int, number: int, chance: random.Random) -> dict[str, object]:
    """A record of a group of the same role, function and resource."""
    role, function = f"role-{group % 5003 % 997}", f"function-{group % 5003}"
    token = f"{chance.getrandbits(128):032x}"
    source, name, parameters, resources = request(group, number)
    arn = f"arn:aws:iam::{ACCOUNT}:role/{role}"
    issuer = {"type": "Role", "principalId": f"AROA{group:017d}", "arn": arn, "accountId": ACCOUNT, "userName": role}
    agent = (
        "[Boto3/1.34.42 md/Botocore#1.34.42 ua/2.0 os/linux#5.10.205 md/arch#x86_64 lang/python#3.12.1 "
        "md/pyimpl#CPython exec-env/AWS_Lambda_python3.12 cfg/retry-mode#legacy Botocore/1.34.42]"
    )
    return {
        "eventVersion": "1.09",
        "userIdentity": {
            "type": "AssumedRole",
            "principalId": f"AROA{group:017d}:{function}",
            "arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/{role}/{function}",
            "accountId": ACCOUNT,
            "accessKeyId": f"ASIA{number:016d}",
            "sessionContext": {
                "sessionIssuer": issuer,
                "attributes": {"creationDate": "2026-01-01T00:00:00Z", "mfaAuthenticated": "false"},
            },
        },
        "eventTime": f"2026-01-01T{number % 24:02d}:{number % 60:02d}:{number % 59:02d}Z",
        "eventSource": f"{source}.amazonaws.com",
        "eventName": name,
        "awsRegion": REGION,
        "sourceIPAddress": f"10.0.{number % 250}.{group % 250}",
        "userAgent": agent,
        "requestParameters": parameters,
        "responseElements": None,
        "additionalEventData": {"SignatureVersion": "SigV4", "CipherSuite": "TLS_AES_128_GCM_SHA256", "id": token * 2},
        "requestID": token,
        "eventID": token[::-1],
        "readOnly": True,
        "resources": resources,
        "eventType": "AwsApiCall",
        "managementEvent": source == "kms",
        "recipientAccountId": ACCOUNT,
        "eventCategory": "Management" if source == "kms" else "Data",
        "tlsDetails": {"tlsVersion": "TLSv1.3", "clientProvidedHostHeader": f"{source}.{REGION}.amazonaws.com"},
    }


def request(group: int, number: int) -> tuple[str, str, dict[str, object], list[dict[str, str]] | None]:
    """Source, name, parameters and resources of a group."""
    if group % 4 == 0:
        bucket, key = f"bucket-{group % 7919}", f"in-{group}/2026/{number}.jpg"
        arn = f"arn:aws:s3:::{bucket}"
        resources = [
            {"type": "AWS::S3::Object", "ARN": f"{arn}/{key}"},
            {"accountId": ACCOUNT, "type": "AWS::S3::Bucket", "ARN": arn},
        ]
        return "s3", "GetObject", {"bucketName": bucket, "Host": "s3.amazonaws.com", "key": key}, resources
    if group % 4 == 1:
        arn = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/table-{group}"
        resources = [{"accountId": ACCOUNT, "type": "AWS::DynamoDB::Table", "ARN": arn}]
        return "dynamodb", "PutItem", {"tableName": f"table-{group}", "items": ["a", "b"]}, resources
    if group % 4 == 2:
        arn = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/{group:012d}"
        resources = [{"accountId": ACCOUNT, "type": "AWS::KMS::Key", "ARN": arn}]
        return "kms", "Decrypt", {"encryptionAlgorithm": "SYMMETRIC_DEFAULT"}, resources
    return "sqs", "SendMessage", {"queueUrl": f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/queue-{group}"}, None


if __name__ == "__main__":
    sys.exit(main())
