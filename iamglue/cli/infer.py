"""`iamglue infer`: writes a spec from code, policies, templates or records; a literal table of subcommands."""

from __future__ import annotations

import click

from iamglue.cli.lazy_group import LazyGroup

# name -> ("module:function", one line for `iamglue infer --help`)
COMMANDS = {
    "code": ("iamglue.cli.infer_code:infer_code", "From the AWS calls in code."),
    "function": ("iamglue.cli.infer_role:infer_function", "From a deployed function and its role."),
    "policy": ("iamglue.cli.infer_policy:infer_policy", "From the policies of a role."),
    "policy-sentry": (
        "iamglue.cli.infer_policy_sentry:infer_policy_sentry",
        "From a YAML template of policy_sentry.",
    ),
    "record": ("iamglue.cli.infer_record:infer_record", "From what the code called while its tests ran."),
    "sam": ("iamglue.cli.infer_role:infer_sam", "From the functions of a SAM template."),
    "trail": ("iamglue.cli.infer_trail:infer_trail", "From CloudTrail's records: a usage file or a spec."),
}


class InferCommands(LazyGroup):
    """The subcommands of `infer`."""

    table = COMMANDS


@click.group(cls=InferCommands)
def infer() -> None:
    """Write a spec from code, policies, templates, functions or records.

    The spec goes to stdout or to the file of -o. Where it differs from the
    input, that is reported on stderr, and as `changed` in JSON: dropped,
    widened, narrowed, or copied unchanged into `raw`.
    """
