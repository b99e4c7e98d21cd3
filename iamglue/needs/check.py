"""What is wrong with the meaning of a spec whose form is right."""

from __future__ import annotations

from iamglue.errors import IamglueError, Problems
from iamglue.iam.variables import ACCOUNT, PARTITION, REGION
from iamglue.needs.functions import function_parts
from iamglue.subjects.need import Scope
from iamglue.subjects.spec import Spec


def problems(spec: Spec) -> list[IamglueError]:
    """Every error of the spec's functions, whatever Region and account they are deployed to."""
    found: list[IamglueError] = []
    for function in spec.functions:
        scope = Scope(PARTITION, function.region or REGION, function.account or ACCOUNT)
        try:
            function_parts(function, scope)
        except Problems as several:
            found += several.problems
    return list(dict.fromkeys(found))
