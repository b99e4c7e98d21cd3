"""AWS managed policies that a file attaches by name."""

from __future__ import annotations

import re
from collections.abc import Iterator

from iamglue.model.parsed_file import Attachment, ParsedFile

# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
_ARN = re.compile(r"arn:(aws[a-z-]*|\$\{[^{}]+\}):iam::aws:policy/((?:[^/$*?]+/)*)([^/$*?]+)")
_NAME = re.compile(r"[A-Za-z0-9_+=,.@-]+")


def attached_aws_policies(file: ParsedFile) -> Iterator[tuple[Attachment, str, str, str | None]]:
    """Each attachment of an AWS managed policy: with its partition, its name, and its path if an ARN gives one.

    SAM takes a bare name.
    """
    for each in file.attachments:
        text = each.node.text
        found = _ARN.fullmatch(text)
        if found is not None:
            yield each, found[1], found[3], f"/{found[2]}"
        elif each.kind == "managed-policy" and not each.node.unresolved and _NAME.fullmatch(text):
            yield each, "aws", text, None
