"""The needs of a mounted file system: Amazon EFS, or Amazon S3 Files, which shows a bucket.

https://docs.aws.amazon.com/lambda/latest/dg/configuration-filesystem-efs.html
https://docs.aws.amazon.com/lambda/latest/dg/configuration-filesystem-s3files.html
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from iamglue.catalog.services import find_service
from iamglue.errors import IamglueError, Location
from iamglue.generate.requirements.arn_validation import arn_fields
from iamglue.generate.requirements.entries import entry_needs
from iamglue.generate.requirements.resource_arns import resource_arns
from iamglue.generate.requirements.s3_resources import is_access_point_arn
from iamglue.model.required_access import DeploymentScope, NeedOrigin, Reason, RequiredAccess
from iamglue.model.spec import AccessEntry, AccessList, FileSystem, SpecResource

_EFS, _S3_FILES = "elasticfilesystem", "s3files"


@dataclass(frozen=True, slots=True)
class Mount:
    """A mounted file system: the ARNs of it and of its access point, and the `when` of the rows that it needs."""

    source: str
    access_point: str
    details: frozenset[str]


def mount(file_system: FileSystem, scope: DeploymentScope, location: Location) -> Mount:
    """The mount of a file system. Raises IamglueError for an ID or ARN that is not valid or a missing option."""
    is_s3_files = _is_s3_files(file_system)
    if is_s3_files and file_system.bucket is None and file_system.direct_reads:
        raise IamglueError(
            "`file_system` is one of S3 Files, and `bucket` is missing: Lambda reads large files directly from it",
            hint="write `bucket: NAME`, or `direct_reads: false` if its DirectS3Read is DISABLED",
            location=location,
        )
    if is_access_point_arn(file_system.bucket or ""):
        raise IamglueError(
            f"`{file_system.bucket}` is an access point; `bucket` of `file_system` is the bucket that it shows",
            hint="write the name of the bucket",
            location=location,
        )
    if file_system.key is not None and not _reads_directly(file_system):
        raise IamglueError(
            "`key` of `file_system` is the KMS key of a bucket that Lambda reads directly, which it does not here",
            hint="remove `key`, or write `bucket`",
            location=location,
        )
    service, details = (_S3_FILES, "s3files") if is_s3_files else (_EFS, "efs")
    source = _named_arn(service, "file-system", file_system.id, scope, location)
    access_point = file_system.access_point
    if is_s3_files and not access_point.startswith("arn:"):
        access_point = f"{source}/access-point/{access_point}"
    return Mount(
        source,
        _named_arn(service, "access-point", access_point, scope, location),
        frozenset({details, f"{details} write"} if file_system.write else {details}),
    )


def direct_read_needs(file_system: FileSystem, scope: DeploymentScope, location: Location) -> Iterator[RequiredAccess]:
    """Yield the needs of reading the bucket of an S3 Files file system directly; none if Lambda does not do that."""
    if file_system.bucket is None or not _reads_directly(file_system):
        return
    entry = AccessEntry(
        AccessList.READS,
        "s3",
        SpecResource(file_system.bucket),
        location,
        do=("get", "get-version"),
        key=file_system.key,
    )
    for need in entry_needs(entry, scope):
        yield replace(need, reason=Reason("settings file_system", NeedOrigin.FILE_SYSTEM))


def _is_s3_files(file_system: FileSystem) -> bool:
    texts = (file_system.id, file_system.access_point)
    return file_system.bucket is not None or any(arn_fields(text)[2] == _S3_FILES for text in texts)


def _reads_directly(file_system: FileSystem) -> bool:
    return file_system.bucket is not None and file_system.direct_reads


def _named_arn(service: str, kind: str, text: str, scope: DeploymentScope, location: Location) -> str:
    """The ARN of a file system or access point by its ID or ARN. Raises IamglueError for a pattern."""
    facts = find_service(service)
    if facts is None:
        raise ValueError(kind)
    if "*" in text or "?" in text:
        raise IamglueError(f"`{text}` is a pattern; `file_system` must name one {kind}", location=location)
    return resource_arns(facts.resource_types[kind], SpecResource(text), scope, location)[0]
