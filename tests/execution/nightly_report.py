"""The scheduled example's scenario: two in the morning, delivered twice."""

import json

from execution.calls import ACCOUNT, arn
from execution.lambda_service import LambdaService
from execution.scenario import LOGS, Scenario, admin, event

MACHINE = arn("states", "stateMachine:nightly-roll-up")


def _prepare() -> None:
    for name in ("nightly-roll-up", "other-machine"):
        admin("stepfunctions").create_state_machine(
            name=name,
            definition=json.dumps({"StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}}),
            roleArn=f"arn:aws:iam::{ACCOUNT}:role/nightly-roll-up-role",
        )


def _play(service: LambdaService) -> None:
    answers = [service.invoke(event("nightly-report")) for _ in range(2)]
    assert {answer["day"] for answer in answers} == {"2026-06-20"}


def _check() -> None:
    executions = admin("stepfunctions").list_executions(stateMachineArn=MACHINE)["executions"]
    assert [execution["name"] for execution in executions] == ["roll-up-2026-06-20"]
    metrics = admin("cloudwatch").list_metrics(Namespace="Acme/NightlyReport")["Metrics"]
    assert {metric["MetricName"] for metric in metrics} == {"Started", "Repeated"}


SCENARIO = Scenario(
    example="nightly-report",
    function="nightly-report",
    granted={
        MACHINE: frozenset({"states:StartExecution"}),
        "*": frozenset({"cloudwatch:PutMetricData"}),
        arn("logs", "log-group:/aws/lambda/nightly-report:*"): LOGS,
    },
    prepare=_prepare,
    play=_play,
    check=_check,
    environment={"STATE_MACHINE": MACHINE, "NAMESPACE": "Acme/NightlyReport"},
)
