"""Cases of layered policies: policies of every type, a request, and the decision that AWS's pages document."""

from __future__ import annotations

import json
from dataclasses import dataclass

from iamglue.engine.evaluate.layers import Layers, build_layer, build_organization_layers
from iamglue.engine.evaluate.policy_kinds import PolicyKind
from iamglue.engine.evaluate.request import Request
from iamglue.engine.evaluate.request_evaluation import evaluate_request
from iamglue.policy.document import read_policy

YES, NO, DENY, UNKNOWN = "allowed", "implicitly-denied", "explicitly-denied", "unknown"
HOME, AWAY = "111122223333", "444455556666"
USER = f"arn:aws:iam::{HOME}:user/team/bob"
ROLE = f"arn:aws:iam::{HOME}:role/app/worker"
SESSION = f"arn:aws:sts::{HOME}:assumed-role/worker/one"
FEDERATED = f"arn:aws:sts::{HOME}:federated-user/guest"
ROOT = f"arn:aws:iam::{HOME}:root"
LINKED = f"arn:aws:sts::{HOME}:assumed-role/AWSServiceRoleForSupport/x"
SERVICE = "sns.amazonaws.com"
OBJECT = "arn:aws:s3:::bucket/key"
QUEUE = f"arn:aws:sqs:eu-west-1:{HOME}:queue"
THEIRS = f"arn:aws:sqs:eu-west-1:{AWAY}:queue"
KEY = f"arn:aws:kms:eu-west-1:{HOME}:key/1234"
THEIR_KEY = f"arn:aws:kms:eu-west-1:{AWAY}:key/1234"
TARGET = f"arn:aws:iam::{HOME}:role/target"
THEIR_ROLE = f"arn:aws:iam::{AWAY}:role/target"


def statement(effect="Allow", **elements):
    document = {"Effect": effect, "Action": "*", "Resource": "*", **elements}
    return {name: value for name, value in document.items() if value is not None}


def policy(*statements):
    return read_policy(json.dumps({"Version": "2012-10-17", "Statement": list(statements)}), "policy.json")


ALL, NONE = policy(statement()), policy(statement(Action="ec2:*"))
DENIES = policy(statement(), statement("Deny", Action=["sqs:*", "s3:*", "kms:*", "sts:*"]))
UNDECIDABLE = {"StringEquals": {"aws:PrincipalTag/x": "${aws:PrincipalTag/a b}"}}


def to(*who, kind="AWS", effect="Allow", **elements):
    return policy(statement(effect, Principal={kind: list(who)}, **elements))


EVERYONE = policy(statement(Principal="*"))
NOBODY_ELSE = policy(
    statement(Principal="*"), {"Effect": "Deny", "NotPrincipal": {"AWS": [USER, ROOT]}, "Action": "*", "Resource": "*"}
)


@dataclass
class Case:
    """The policies, the request, and the decision that AWS's pages document."""

    expected: str
    who: str | None = USER
    action: str = "sqs:SendMessage"
    on: str = QUEUE
    account: str | None = None
    identity: object = None
    boundary: object = None
    session: object = None
    scps: tuple = ()
    rcps: tuple = ()
    resource: object = None
    context: dict | None = None
    endpoint: object = None
    management: str | None = None
    block_public_access: bool = False

    def layers(self) -> Layers:
        def optional_layer(kind, result):
            return build_layer(kind, [result]) if result else None

        return Layers(
            optional_layer(PolicyKind.IDENTITY, self.identity),
            optional_layer(PolicyKind.BOUNDARY, self.boundary),
            optional_layer(PolicyKind.SESSION, self.session),
            build_organization_layers(PolicyKind.SCP, [[level_policy] for level_policy in self.scps]),
            build_organization_layers(PolicyKind.RCP, [[level_policy] for level_policy in self.rcps]),
            optional_layer(PolicyKind.RESOURCE, self.resource),
            optional_layer(PolicyKind.ENDPOINT, self.endpoint),
            self.management,
            self.block_public_access,
        )

    def decision(self):
        return evaluate_request(
            self.layers(), Request(self.action, self.on, self.context or {}, self.who), self.account
        )
