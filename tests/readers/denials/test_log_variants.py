"""However a log quotes, nests, wraps or repeats a message: what is read is what the message says, or None."""

from __future__ import annotations

import html
import json
import random
import textwrap

import pytest

from iamglue.model.denial import AccessDenial
from iamglue.readers.denials.reader import read_denials

ACCOUNT = "123456789012"
PRINCIPALS = (
    f"arn:aws:sts::{ACCOUNT}:assumed-role/fn-role/fn",
    f"arn:aws:iam::{ACCOUNT}:user/team/bob@example.com",
    "arn:aws-cn:sts::123456789012:assumed-role/AWSReservedSSO_Admin_0a1b/eve@example.com",
    "sns.amazonaws.com",
)
REQUESTS = (
    ("s3:GetObject", "arn:aws:s3:::my-bucket/data/2026/report.csv"),
    ("s3:PutObject", "arn:aws:s3:::my-bucket/a b/ü (1), it's [x].json"),
    ("dynamodb:Query", f"arn:aws:dynamodb:eu-west-1:{ACCOUNT}:table/Orders/index/by-date"),
    ("kms:Decrypt", f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab"),
    ("sqs:SendMessage", f"arn:aws:sqs:eu-west-1:{ACCOUNT}:q.fifo"),
    ("ecr:GetAuthorizationToken", "*"),
    ("ec2:RunInstances", f"arn:aws:ec2:eu-west-1:{ACCOUNT}:instance/*"),
    ("logs:CreateLogStream", f"arn:aws:logs:eu-west-1:{ACCOUNT}:log-group:/aws/fn:log-stream:1/[$LATEST]0a"),
    ("cloudwatch:DescribeAlarms", f"arn:aws:cloudwatch:eu-west-1:{ACCOUNT}:alarm:My alarm"),
)
REASONS = (
    (" because no identity-based policy allows the {} action", "identity-based policy", False),
    (" because no resource-based policy allows the {} action", "resource-based policy", False),
    (" with an explicit deny in a service control policy", "service control policy", True),
    (
        " with an explicit deny in a permissions boundary: arn:aws:iam::123456789012:policy/p",
        "permissions boundary",
        True,
    ),
    (" with an explicit deny", None, True),
)
HEADS = (
    "",
    "2026-11-20T10:00:00.000Z 8f507cfc-1c5e ERROR ",
    "[ERROR]\t2026-11-20T10:00:00Z\t8f507cfc\t",
    "An error occurred (AccessDenied) when calling the DoIt operation: ",
    "operation error SVC: DoIt, https response error StatusCode: 403, RequestID: A-1, api error AccessDenied: ",
    "Error: AccessDeniedException: ",
    "::error::##[error] \x1b[31m",
)
TAILS = (
    "",
    " (Service: Svc, Status Code: 403, Request ID: 8f507cfc)",
    "\n    at throwDefaultError (/var/task/index.js:1:2) {\n  '$fault': 'client'\n}",
    "\n\tstatus code: 403, request id: 8f507cfc",
    "\nREPORT RequestId: 8f507cfc Duration: 3 ms",
    ". Retrying in 5 seconds",
    "\x1b[0m",
)


def in_json(text: str, chance: random.Random) -> str:
    for _ in range(chance.randint(1, 3)):
        text = json.dumps({"level": "error", chance.choice(("message", "cause", "errorMessage")): text})
    return chance.choice(("", "2026-11-20 ERROR ")) + text


WRAPS = {
    "plain": lambda text, _: text,
    "json": in_json,
    "part of json": lambda text, _: json.dumps({"a": text, "b": 1})[2:-6],
    "python": lambda text, _: repr(RuntimeError(text)),
    "xml": lambda text, _: f"<Error><Message>{html.escape(text)}</Message></Error>",
    "frame": lambda text, _: "\n".join(f"│ {line}" for line in text.splitlines()),
    "terminal": lambda text, chance: "\n".join(
        text[at : at + width] for width in (chance.randint(40, 90),) for at in range(0, len(text), width)
    ),
    "words": lambda text, _: textwrap.fill(text, 72, break_long_words=False, break_on_hyphens=False),
    "windows": lambda text, _: text.replace("\n", "\r\n") + "\r\n",
    "quoted": lambda text, _: f"'{text}'",
}


def message(chance: random.Random) -> tuple[str, AccessDenial]:
    principal, (action, resource) = chance.choice(PRINCIPALS), chance.choice(REQUESTS)
    reason, kind, explicit = chance.choice(REASONS)
    quote = '"' if action.startswith("s3:") else ""
    text = f"User: {principal} is not authorized to perform: {action} on resource: {quote}{resource}{quote}"
    return text + reason.format(action), AccessDenial(principal, action, resource, kind, explicit)


def facts(denial: AccessDenial) -> tuple[object, ...]:
    return denial.principal, denial.action, denial.resource, denial.policy_type, denial.is_explicit


@pytest.mark.parametrize("wrap", WRAPS)
def test_a_wrapped_message_says_what_it_said_before(wrap):
    exact = 0
    for seed in range(60):
        chance = random.Random(f"{wrap} {seed}")
        text, expected = message(chance)
        log = WRAPS[wrap](chance.choice(HEADS) + text + chance.choice(TAILS), chance)
        (read,) = read_denials(log)
        # A terminal's line break in a name with spaces cannot be told from a space: then it must be said.
        assert facts(read) == facts(expected) or (
            facts(read) == (*facts(expected)[:2], None, *facts(expected)[3:]) and read.caveats
        ), log
        exact += read.resource is not None
    assert exact >= (36 if wrap in ("terminal", "words") else 60)


def test_every_message_of_a_log_is_read_once_and_none_mixes_with_another():
    for seed in range(60):
        chance = random.Random(seed)
        messages = [message(chance) for _ in range(chance.randint(2, 5))]
        wraps = [WRAPS[name] for name in ("plain", "json", "python", "xml", "windows")]
        log = "\n".join(
            chance.choice(wraps)(chance.choice(HEADS) + text + chance.choice(TAILS), chance)
            for text, _ in [*messages, messages[0]]
        )
        assert {facts(denial) for denial in read_denials(log)} == {facts(expected) for _, expected in messages}, log


def test_a_message_among_a_megabyte_of_other_lines_is_read():
    text, expected = message(random.Random(7))
    noise = (
        '2026-11-20T10:00:00Z INFO {"level": "info", "url": "https://example.com/a?b=c", "list": [1, 2]} done\n' * 5000
    )
    (read,) = read_denials(noise + text + "\n" + noise)
    assert facts(read) == facts(expected)


@pytest.mark.parametrize(
    "noise", ['{"', "[", "{", '{"a":', "'", '\\"', "not authorized to perform: ", "User: ", "on resource: "]
)
def test_a_long_text_that_only_begins_like_something_is_read_or_refused(noise):
    log = noise * (250_000 // len(noise)) + "\nUser: a:b is not authorized to perform: s3:GetObject on resource: *"
    assert any(denial.action == "s3:GetObject" for denial in read_denials(log))


def test_lines_of_one_length_are_not_taken_for_a_wrapped_message():
    line = "An error occurred (AccessDenied) when calling the PutObject operation: Access Denied"
    (read,) = read_denials(f"upload failed: ./a to s3://b/a {line}\nupload failed: ./c to s3://b/c {line}\n")
    assert read.action == "s3:PutObject"
