"""AWS managed policies that a file attaches by ARN or name."""

from __future__ import annotations

import re
from collections.abc import Iterator

from iamglue.model.parsed_file import Attachment, ParsedFile

# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
_ARN = re.compile(r"arn:(aws[a-z-]*|\$\{[^{}]+\}):iam::aws:policy/((?:[^/$*?]+/)*)([^/$*?]+)")
_NAME = re.compile(r"[A-Za-z0-9_+=,.@-]+")


def attached_aws_policies(file: ParsedFile) -> Iterator[tuple[Attachment, str, str, str | None]]:
    """Each attachment of an AWS managed policy, with its partition, name, and path.

    The path is None if the policy is attached by name, which SAM accepts.
    """
    for attachment in file.attachments:
        text = attachment.node.text
        match = _ARN.fullmatch(text)
        if match is not None:
            yield attachment, match[1], match[3], f"/{match[2]}"
        elif attachment.kind == "managed-policy" and not attachment.node.unresolved and _NAME.fullmatch(text):
            yield attachment, "aws", text, None
