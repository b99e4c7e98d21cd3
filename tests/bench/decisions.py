"""How fast requests are decided, and a batch against reading and writing its lines as JSON: `make bench`.

The rounds alternate, so that whatever else the machine does falls on all alike, and medians are compared.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from click.testing import CliRunner

from iamglue.cli.main import main as iamglue
from iamglue.engine.evaluate.identity_evaluation import evaluate, prepare_policies
from iamglue.engine.evaluate.request import Request
from iamglue.policy.document import read_policy

REQUESTS = 100_000
ROUNDS = 5
# So often is each of fewer requests decided, lest fetching them from memory be what is measured.
TIMES = 20
QUEUE, TABLE = "arn:aws:sqs:eu-west-1:123456789012:q", "arn:aws:dynamodb:eu-west-1:123456789012:table/t"
POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": "arn:aws:s3:::b/*"},
        {"Effect": "Allow", "Action": "dynamodb:*", "Resource": TABLE},
        {"Effect": "Deny", "Action": "s3:*", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}},
        {
            "Effect": "Allow",
            "Action": "sqs:Send*",
            "Resource": "arn:aws:sqs:*:*:q-*",
            "Condition": {"StringEquals": {"aws:PrincipalTag/team": ["a", "b"]}},
        },
        {"Effect": "Allow", "NotAction": ["iam:*", "s3:*"], "Resource": "arn:aws:kms:*:*:key/*"},
    ],
}
CONTEXT = {"aws:SecureTransport": "true", "aws:PrincipalTag/team": "a"}


def lines() -> list[str]:
    """Requests of four kinds, each on many resources: some allowed, some not."""
    kinds = (
        ("s3:GetObject", "arn:aws:s3:::b/k{}"),
        ("dynamodb:PutItem", TABLE),
        ("sqs:SendMessage", QUEUE + "-{}"),
        ("ec2:StopInstances", "arn:aws:ec2:eu-west-1:123456789012:instance/i-{}"),
    )
    requests = []
    for number in range(REQUESTS):
        action, resource = kinds[number % 4]
        requests.append(json.dumps({"action": action, "resource": resource.format(number), "context": CONTEXT}))
    return requests


def deciding(requests: list[Request]) -> Callable[[], None]:
    """Decides requests by a policy that is parsed and has seen none of them."""
    some = requests[: REQUESTS // TIMES]

    def run() -> None:
        policies = prepare_policies([read_policy(json.dumps(POLICY), "policy.json")])
        for _ in range(TIMES):
            for request in some:
                evaluate(policies, request)

    return run


def copying(source: Path, target: Path) -> Callable[[], None]:
    """Reads the lines of a file as JSON and writes them to another."""

    def run() -> None:
        with source.open(encoding="utf-8") as given, target.open("w", encoding="utf-8") as written:
            for line in given:
                written.write(json.dumps(json.loads(line)) + "\n")

    return run


def asking(policy: Path, source: Path) -> Callable[[], None]:
    """`iamglue can --requests` on the same lines."""

    def run() -> None:
        result = CliRunner().invoke(iamglue, ["can", str(policy), "--requests", str(source)])
        assert result.exit_code == 1, result.output[:500]
        assert result.stdout.count("\n") == REQUESTS

    return run


def measured() -> dict[str, float]:
    """The median seconds of each."""
    with tempfile.TemporaryDirectory() as folder:
        policy, source = Path(folder) / "policy.json", Path(folder) / "requests.jsonl"
        texts = lines()
        policy.write_text(json.dumps(POLICY), encoding="utf-8")
        source.write_text("\n".join(texts) + "\n", encoding="utf-8")
        requests = [_request(text) for text in texts]
        programs = {
            "decide": deciding(requests),
            "copy as JSON": copying(source, Path(folder) / "copy.jsonl"),
            "can --requests": asking(policy, source),
        }
        rounds = [{name: _seconds(run) for name, run in programs.items()} for _ in range(ROUNDS)]
    return {name: median(times[name] for times in rounds) for name in programs}


def main() -> int:
    """Print the times and verdicts; 1 when one does not hold."""
    times = measured()
    speed = REQUESTS / times["decide"]
    ratio = times["can --requests"] / times["copy as JSON"]
    verdicts = [
        (f"{speed:,.0f} decisions a second, at least 300,000", speed >= 300_000),
        (f"can --requests takes {ratio:.2f} times copying the lines as JSON, at most 3", ratio <= 3),
    ]
    for name, seconds in times.items():
        print(f"{name:<20} {seconds * 1000:7.1f} ms")  # noqa: T201 - a program that prints
    for text, holds in verdicts:
        print(f"{'ok  ' if holds else 'FAIL'} {text}")  # noqa: T201
    return 0 if all(holds for _, holds in verdicts) else 1


def _request(text: str) -> Request:
    data = json.loads(text)
    return Request(data["action"], data["resource"], {key: (value,) for key, value in data["context"].items()})


def _seconds(run: Callable[[], None]) -> float:
    """The time that this process has had a core, however many others wait for one."""
    begin = time.process_time()
    run()
    return time.process_time() - begin


if __name__ == "__main__":
    sys.exit(main())
