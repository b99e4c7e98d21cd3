"""What is wrong with the meaning of a spec whose form is right."""

from __future__ import annotations

from iamglue.errors import IamglueError, Problems
from iamglue.generate.requirements.functions import function_parts
from iamglue.model.need import Scope
from iamglue.model.spec import Spec
from iamglue.policy.patterns.variables import ACCOUNT, PARTITION, REGION


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
