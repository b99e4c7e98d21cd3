"""Audits in several threads of one process do not share state."""

from __future__ import annotations

import sys
import time
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from support.deployed import ACCOUNT, attached, of_aws, role

from iamglue.audit.run import audit
from iamglue.model.account import Account

ROUNDS = 3


def allow(action, resource="*"):
    return {"Effect": "Allow", "Action": action, "Resource": resource}


class YieldingPath(str):
    """A path that lets the other thread run while the access of its role is built."""

    __slots__ = ()

    def startswith(self, *arguments):
        time.sleep(0.0001)
        return super().startswith(*arguments)


def account(*, is_limited):
    """An account whose roles have the same names and policies as the other one's; an SCP may deny IAM and S3."""
    roles = [role(of_aws("AdministratorAccess"), name="admin")]
    for number in range(12):
        passed = f"arn:aws:iam::{ACCOUNT}:role/role-{(number + 1) % 12}"
        statements = [
            allow(["iam:PassRole", "iam:PutRolePolicy"], passed),
            allow(["lambda:CreateFunction", "lambda:InvokeFunction", "s3:*"]),
        ]
        roles.append(role(attached("inline", statements), name=f"role-{number}", path=YieldingPath("/")))
    denied = {"Effect": "Deny", "Action": ["iam:*", "s3:*"], "Resource": "*"}
    scps = ((attached("limit", [allow("*"), *([denied] if is_limited else [])]),),)
    return Account(ACCOUNT, (), tuple(roles), scps)


def test_two_accounts_audited_in_two_threads_give_the_same_reports_as_one_after_the_other():
    accounts = [account(is_limited=False), account(is_limited=True)]
    alone = [audit([each]).report for each in accounts]
    assert alone[0].findings != alone[1].findings
    barrier = Barrier(2)

    def reports(number):
        barrier.wait()
        return [audit([accounts[number]]).report for _ in range(ROUNDS)]

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(2) as pool:
            together = list(pool.map(reports, range(2)))
    finally:
        sys.setswitchinterval(interval)
    assert together == [[report] * ROUNDS for report in alone]
