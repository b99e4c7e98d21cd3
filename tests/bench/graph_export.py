"""An account whose roles become each other in every way, for the bench of the graph: `python graph_export.py N DIR`.

It writes DIR/export.json and DIR/functions.json, as `audit_export.py` does. Most roles have a function and narrow
policies, as in real accounts. Others trust the account, a role by its ARN, roles by a pattern, or a service; there are
chains of eight hops, some of which end at an administrator. One role trusts a quarter of all roles by their ARNs, and
one may assume a quarter of all roles by their ARNs: both are a square of comparisons for a careless search. The same N
gives the same bytes.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from audit_export import ACCOUNT, REGIONS, document, statement, write_list

_ASSUME = "sts:AssumeRole"
_ROOT = f"arn:aws:iam::{ACCOUNT}:root"
_CHAIN, _TEAM = 8, 50  # roles in a chain, and in a team
_LAMBDA = {"Service": "lambda.amazonaws.com"}


def _name(number: int) -> str:
    return f"team-{number // _TEAM}-role-{number}"


def _arn(number: int) -> str:
    return f"arn:aws:iam::{ACCOUNT}:role/{_name(number)}"


def _team(number: int) -> str:
    return f"arn:aws:iam::{ACCOUNT}:role/team-{number // _TEAM}-*"


def _many(roles: int) -> list[str]:
    """A quarter of all roles."""
    return [_arn(number) for number in range(3, roles, 4)]


def _trust(number: int, roles: int) -> dict[str, Any]:
    like_team = {"ArnLike": {"aws:PrincipalArn": _team(number)}}
    service = ("ec2", "ecs-tasks", "codebuild", "glue")[number // 20 % 4]
    before = {"AWS": _arn(max(number - 1, 0))}
    kinds: dict[int, tuple[Any, Any]] = {
        4: ({"AWS": _ROOT}, None),
        5: ({"AWS": _ROOT}, None),
        6: (before, None),
        7: ({"AWS": "*"}, like_team),
        8: ({"AWS": _ROOT}, like_team),
        9: ({"Service": f"{service}.amazonaws.com"}, None),
        10: ({"Service": f"{service}.amazonaws.com"}, None),
        **(dict.fromkeys((11, 12, 13), (before, None)) if number // 20 % 3 == 0 else {}),
    }
    principal, condition = ({"AWS": _many(roles)}, None) if number == 1 else kinds.get(number % 20, (_LAMBDA, None))
    return statement(_ASSUME, None, Principal=principal, Condition=condition)


def _statements(number: int, roles: int) -> Iterator[dict[str, Any]]:
    name, region = _name(number), REGIONS[number % 3]
    group = f"arn:aws:logs:{region}:{ACCOUNT}:log-group:/aws/lambda/{name}:*"
    yield statement(["logs:CreateLogStream", "logs:PutLogEvents"], group)
    yield statement(["dynamodb:GetItem", "dynamodb:Query"], f"arn:aws:dynamodb:{region}:{ACCOUNT}:table/{name}")
    if number == 2:
        yield statement(_ASSUME, _many(roles))
    if number % (10 * _CHAIN) == _CHAIN:
        yield statement("*", "*")
    if number % 50 < 12 and number % _CHAIN:  # a chain: each may assume, or run code as, the next role
        after = min(number + 1, roles - 1)
        yield statement(_ASSUME, _arn(after))
        function = f"arn:aws:lambda:{REGIONS[after % 3]}:{ACCOUNT}:function:{_name(after)}"
        yield statement("lambda:UpdateFunctionCode", function)
    match number % 100:
        case 21:
            yield statement(_ASSUME, _team(number))
        case 22:
            yield statement(_ASSUME, "*")
        case 23:
            passed = {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}}
            yield statement("iam:PassRole", _team(number), Condition=passed)
            yield statement(["lambda:CreateFunction", "lambda:InvokeFunction"], "*")
        case 24:
            yield statement(["s3:GetObject", "s3:ListBucket"], "*")
        case 25:
            yield statement(_ASSUME, f"arn:aws:iam::{ACCOUNT}:role/*")
            yield statement(_ASSUME, _team(number), effect="Deny")
        case 26:
            yield statement("iam:UpdateAssumeRolePolicy", f"arn:aws:iam::{ACCOUNT}:role/team-*")


def _role(number: int, roles: int) -> dict[str, Any]:
    inline = {"PolicyName": "own", "PolicyDocument": document(*_statements(number, roles))}
    return {
        "Path": "/",
        "RoleName": _name(number),
        "RoleId": f"AROA{number:017d}",
        "Arn": _arn(number),
        "CreateDate": "2024-05-01T08:30:00+00:00",
        "AssumeRolePolicyDocument": document(_trust(number, roles)),
        "InstanceProfileList": [],
        "RolePolicyList": [inline],
        "AttachedManagedPolicies": [],
        "Tags": [],
    }


def _function(number: int) -> dict[str, Any]:
    name, region = _name(number), REGIONS[number % 3]
    return {
        "FunctionName": name,
        "FunctionArn": f"arn:aws:lambda:{region}:{ACCOUNT}:function:{name}",
        "Runtime": "python3.13",
        "Role": _arn(number),
        "Handler": "app.handler",
        "Version": "$LATEST",
    }


def write(roles: int, folder: Path) -> None:
    """Write both files."""
    with (folder / "export.json").open("w", encoding="utf-8") as file:
        file.write('{\n    "UserDetailList": [],\n    "GroupDetailList": [],\n')
        write_list(file, "RoleDetailList", (_role(number, roles) for number in range(roles)), ",")
        write_list(file, "Policies", (), "")
        file.write("}\n")
    with_functions = (number for number in range(roles) if number % 20 not in range(4, 11))
    with (folder / "functions.json").open("w", encoding="utf-8") as file:
        file.write("{\n")
        write_list(file, "Functions", map(_function, with_functions), "")
        file.write("}\n")


if __name__ == "__main__":
    target = Path(sys.argv[2])
    target.mkdir(parents=True, exist_ok=True)
    write(int(sys.argv[1]), target)
