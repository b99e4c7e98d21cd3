"""Features of entries whose calls the proof's tables do not describe: their lines are unknown, never proved."""

from __future__ import annotations

import re

from iamglue.model.spec import AccessEntry, FileSystem

_S3_MARKS = (":accesspoint/", "--x-s3", ".mrap", "-s3alias", "--ol-s3")


def undescribed_feature(entry: AccessEntry) -> str:
    """What the tables of calls do not describe about an entry, "" if nothing."""
    text = entry.resource.text or ""
    features = {
        "access points and directory buckets": entry.access_point is not None
        or (entry.service == "s3" and any(mark in text for mark in _S3_MARKS)),
        "messages to phone numbers": entry.service == "sns" and entry.resource.get("phone") is not None,
        "the secret of a Data API call": entry.secret is not None,
        "consumers with enhanced fan-out": entry.consumer is not None,
        "hierarchies of parameters, and resources that AWS owns": entry.service == "ssm"
        and (text.endswith("/") or "/aws/" in text or "AWS-" in text or _has_word(entry, "path")),
        "statements in PartiQL": entry.service == "dynamodb"
        and (_has_word(entry, "statement") or _has_word(entry, "execute")),
        "executions of state machines": entry.service == "states" and _is_about_executions(entry),
        # Six letters at the end may be part of the name, or what AWS adds to it.
        "an ARN that may lack the end of a secret's name": entry.service == "secretsmanager"
        and re.search("^arn:.*-[a-z]{6}$", text) is not None,
    }
    return next((name for name, is_used in features.items() if is_used), "")


def _has_word(entry: AccessEntry, part: str) -> bool:
    """Whether a word of `do` has this part."""
    return any(part in word.lower() for word in entry.do)


def _is_about_executions(entry: AccessEntry) -> bool:
    """Whether a word of `do` acts on an execution, or the name has a version or alias."""
    words = [word.lower().removeprefix("states:") for word in entry.do]
    name = (entry.resource.text or "").split(":stateMachine:")[-1]
    return ":" in name or any("execution" in word and not word.startswith("start") for word in words)


def is_s3_files(file_system: FileSystem) -> bool:
    """Whether the file system is one of S3 Files, whose calls the tables do not describe."""
    return "s3files" in f"{file_system.id} {file_system.access_point}" or file_system.bucket is not None
