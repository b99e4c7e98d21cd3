"""Features of entries whose calls the proof's tables do not describe: their lines are unknown, never proved."""

from __future__ import annotations

from iamglue.model.spec import AccessEntry, FileSystem

_S3_MARKS = (":accesspoint/", "--x-s3", ".mrap", "-s3alias", "--ol-s3")


def undescribed_feature(entry: AccessEntry) -> str:
    """What the tables of calls do not describe about an entry, "" if nothing."""
    text = entry.resource.text or ""
    if entry.access_point is not None or (entry.service == "s3" and any(mark in text for mark in _S3_MARKS)):
        return "access points and directory buckets"
    if entry.service == "sns" and entry.resource.get("phone") is not None:
        return "messages to phone numbers"
    if entry.secret is not None:
        return "the secret of a Data API call"
    if entry.consumer is not None:
        return "consumers with enhanced fan-out"
    if entry.service == "ssm" and text.endswith("/"):
        return "hierarchies of parameters"
    return "executions of state machines" if entry.service == "states" and _is_about_executions(entry) else ""


def _is_about_executions(entry: AccessEntry) -> bool:
    """Whether a word of `do` acts on an execution, or the name has a version or alias."""
    words = [word.lower().removeprefix("states:") for word in entry.do]
    name = (entry.resource.text or "").split(":stateMachine:")[-1]
    return ":" in name or any("execution" in word and not word.startswith("start") for word in words)


def is_s3_files(file_system: FileSystem) -> bool:
    """Whether the file system is one of S3 Files, whose calls the tables do not describe."""
    return "s3files" in f"{file_system.id} {file_system.access_point}" or file_system.bucket is not None
