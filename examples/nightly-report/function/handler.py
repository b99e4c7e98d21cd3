"""Lambda's entry point, once a night: start the roll-up of the day before, and put a metric that it was started."""

from __future__ import annotations

import json
import os
from typing import Any

import boto3
import night

STATES = boto3.client("stepfunctions")
METRICS = boto3.client("cloudwatch")


def handler(event: dict[str, Any], _context: object) -> dict[str, str]:
    """Start the execution named after the day; EventBridge may deliver an event twice, a name starts once.

    A standard workflow answers the same name and input with the execution that already runs, and the same name once
    that has ended with ExecutionAlreadyExists:
    https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
    """
    day = night.day_before(event["time"])
    try:
        STATES.start_execution(
            stateMachineArn=os.environ["STATE_MACHINE"],
            name=night.execution_name(day),
            input=json.dumps({"day": day.isoformat()}),
        )
        started = True
    except STATES.exceptions.ExecutionAlreadyExists:
        started = False
    METRICS.put_metric_data(Namespace=os.environ["NAMESPACE"], MetricData=night.metrics(started=started))
    return {"day": day.isoformat(), "started": str(started).lower()}
