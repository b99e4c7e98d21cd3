#!/usr/bin/env python3
import os
import aws_cdk as cdk
from stacks.pipeline import PipelineStack

app = cdk.App()
PipelineStack(app, "Pipeline", stage="prod", env=cdk.Environment(account=os.getenv("CDK_DEFAULT_ACCOUNT")))
app.synth()
