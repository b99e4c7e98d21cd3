"""The log group that a function writes to."""

from __future__ import annotations

import re

from iamglue.errors import IamglueError
from iamglue.model.spec import SpecFunction
from iamglue.policy.patterns.variables import replace_parameters

# https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html
_NAME = re.compile(r"[A-Za-z0-9_/.#-]{1,512}")


def is_edge_function(function: SpecFunction) -> bool:
    """Whether CloudFront runs the function (Lambda@Edge), in the Region nearest to the viewer."""
    return any(trigger.name == "cloudfront" for trigger in function.triggers)


def log_group_name(function: SpecFunction) -> str:
    """The log group's name. The default of a Lambda@Edge function contains us-east-1 in every Region.

    Raises IamglueError for a name that is not valid.
    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/edge-functions-logs.html
    """
    group = function.settings.logs.group
    if group is None:
        return f"/aws/lambda/{'us-east-1.' if is_edge_function(function) else ''}{function.name}"
    if not _NAME.fullmatch(replace_parameters(group, "x")):
        raise IamglueError(
            f"`{group}` is not a valid name of a log group",
            hint="write the group's name without wildcards, not its ARN: for example /my/group",
            location=function.settings_location or function.location,
        )
    return group
