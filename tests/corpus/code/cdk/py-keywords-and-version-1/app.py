from aws_cdk import core

from mail import stack as mail_stack

STAGES = ("prod",)
app = core.App()
for stage in STAGES:
    mail_stack.MailStack(app, f"mail-{stage}", stage=stage, names=dict(cleaner="cleaner"))
app.synth()
