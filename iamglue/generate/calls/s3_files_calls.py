"""The calls behind a mounted S3 Files file system.

Nothing here is used by `generate`: a proof compares two readings of the same spec.
"""

from __future__ import annotations

from iamglue.catalog.call_tables import call_key_actions, lambda_calls
from iamglue.generate.calls.call import Call, CallRequest
from iamglue.generate.calls.call_resources import concrete_text
from iamglue.generate.calls.entry_calls import key_request
from iamglue.model.required_access import DeploymentScope
from iamglue.model.spec import FileSystem
from iamglue.policy.conditions import build_condition


def is_s3_files(file_system: FileSystem) -> bool:
    """Whether a mounted file system is one of S3 Files, not of EFS."""
    return file_system.bucket is not None or ":s3files:" in f"{file_system.id} {file_system.access_point}"


def s3_files_call(file_system: FileSystem, scope: DeploymentScope) -> Call:
    """What AWS checks when Lambda calls it to mount an S3 Files file system, and to read its bucket directly.

    https://docs.aws.amazon.com/lambda/latest/dg/configuration-filesystem-s3files.html
    """
    head = f"arn:{scope.partition}:s3files:{scope.region}:{scope.account}:file-system/"
    arn = file_system.id if file_system.id.startswith("arn:") else f"{head}{file_system.id}"
    point = file_system.access_point
    point = point if point.startswith("arn:") else f"{arn}/access-point/{point}"
    mounted = build_condition("ArnEquals", "s3files:AccessPointArn", point)
    details = {"write"} if file_system.write else set[str]()
    rows = lambda_calls("setting s3_files")
    requests = [
        CallRequest(action, arn, (mounted,)) for call in rows if set(call.when) <= details for action in call.actions
    ]
    if file_system.bucket is not None and file_system.direct_reads:
        is_arn = file_system.bucket.startswith("arn:")
        name = file_system.bucket.split(":", 5)[-1] if is_arn else file_system.bucket
        name = name if "/" in name else f"{name}/*"
        for action in (action for call in rows if call.when == ("direct",) for action in call.actions):
            requests.append(CallRequest(action, f"arn:{scope.partition}:s3:::{concrete_text(name)}"))
            if file_system.key is not None:
                requests += [key_request(kms, file_system.key, "s3", scope) for kms in call_key_actions(action)]
    return Call("Lambda for the setting file_system", "settings file_system", tuple(dict.fromkeys(requests)))
