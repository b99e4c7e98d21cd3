"""Headings of the options, and examples, in the help of the commands: two literal tables, read only for help."""

from __future__ import annotations

import click

# command -> heading -> options; what is not listed comes last. Commands with few options have no headings.
HEADINGS: dict[str, dict[str, tuple[str, ...]]] = {
    "audit": {
        "What to audit": ("--function", "--role", "--all", "--input", "--functions", "--template"),
        "What is needed, used and not allowed": ("--spec", "--set", "--usage", "--last-accessed", "--rules"),
        "Access to AWS": (
            "--region",
            "--profile",
            "--endpoint-url",
            "--assume-role",
            "--resume",
            "--print-policy",
            "--account",
        ),
        "Report": ("--format", "--output", "--verbose", "--fail-on", "--only-new", "--baseline", "--write-baseline"),
        "Other output": ("--suggest", "--graph", "--save"),
    },
    "can": {
        "Request": (
            "--action",
            "--resource",
            "--context",
            "--principal",
            "--resource-account",
            "--requests",
            "--error",
            "--never",
        ),
        "Policies": (
            "--policy",
            "--boundary",
            "--session",
            "--scp",
            "--rcp",
            "--resource-policy",
            "--endpoint-policy",
            "--block-public-access",
            "--management-account",
        ),
        "Policies of a deployed function": ("--function", "--input", "--region", "--profile"),
        "Output": ("--format",),
    },
    "check": {
        "Code": ("--code", "--handler", "--template", "--name"),
        "Result": ("--unused", "--fix", "--format"),
    },
    "diff": {
        "What to compare": ("--against", "--trust", "--boundary", "--scp"),
        "The function of --against": ("--function", "--region", "--account", "--partition", "--set", "--from-aws"),
        "Output": ("--format", "--full"),
    },
    "generate": {
        "Function": ("--function", "--region", "--account", "--partition", "--set", "--from-aws"),
        "Output": ("--format", "--only", "--output", "--compact"),
        "Checks": ("--check", "--explain", "--prove", "--report"),
    },
    "infer trail": {
        "What to read": (
            "--role",
            "--function",
            "--since",
            "--until",
            "--region",
            "--profile",
            "--endpoint-url",
            "--jobs",
        ),
        "Store": ("--store", "--query"),
        "Engines": (
            "--spark",
            "--athena",
            "--accounts",
            "--regions",
            "--workgroup",
            "--output-location",
            "--print-sql",
            "--print-ddl",
            "--yes",
        ),
        "Output": ("--format", "--output"),
    },
    "lint": {
        "What to check": (
            "--staged",
            "--changed-since",
            "--type",
            "--select",
            "--ignore",
            "--pedantic",
            "--rules",
            "--trust",
            "--stdin-filename",
            "--jobs",
        ),
        "Fixes": ("--fix", "--unsafe-fixes", "--diff", "--set"),
        "Report": ("--format", "--output", "--fail-on", "--baseline", "--write-baseline"),
    },
    "reconcile": {
        "Code": ("--code", "--handler"),
        "Use": ("--usage", "--role"),
        "Policies": ("--policy", "--function", "--template", "--input", "--region", "--account", "--profile"),
        "Result": ("--name", "--format", "--output", "--fix"),
    },
}

# command -> two or more command lines.
EXAMPLES: dict[str, tuple[str, ...]] = {
    "": (
        "iamglue init",
        "iamglue generate spec.yaml",
        "iamglue lint .",
    ),
    "audit": (
        "iamglue audit --function orders --spec spec.yaml",
        "iamglue audit --all --region eu-west-1 --format html -o report.html",
        "iamglue audit --template template.yaml --suggest roles/",
    ),
    "can": (
        "iamglue can role.json --action s3:GetObject --resource arn:aws:s3:::b/k",
        "iamglue can role.json --never iam:PassRole",
        "iamglue can --error denied.txt --policy role.json",
    ),
    "changes": (
        "iamglue changes --base main",
        "iamglue changes --base origin/main --format markdown -o comment.md",
    ),
    "check": (
        "iamglue check spec.yaml --code src/",
        "iamglue check spec.yaml --code src/ --fix",
    ),
    "compact": (
        "iamglue compact policy.json -o short.json",
        "iamglue compact policy.json --split -o policies/",
    ),
    "completion": (
        'eval "$(iamglue completion bash)"',
        'eval "$(iamglue completion zsh)"',
        "iamglue completion fish > ~/.config/fish/completions/iamglue.fish",
    ),
    "diff": (
        "iamglue diff old.json new.json",
        "iamglue diff --against spec.yaml policy.json",
        "iamglue diff --trust self --account 123456789012 bucket-policy.json",
    ),
    "fmt": (
        "iamglue fmt spec.yaml",
        "iamglue fmt --check spec.yaml",
    ),
    "generate": (
        "iamglue generate spec.yaml",
        "iamglue generate spec.yaml --format sam -o template.yaml",
        "iamglue generate spec.yaml -o policy.json --check",
        "iamglue generate spec.yaml -o policy.json --prove --report proof.json",
    ),
    "infer": (
        "iamglue infer code src/ --template template.yaml -o spec.yaml",
        "iamglue infer policy policy.json -o spec.yaml",
    ),
    "infer code": (
        "iamglue infer code src/ --template template.yaml -o spec.yaml",
        "iamglue infer code handler.py --handler handler.py:main --format json",
    ),
    "infer function": (
        "iamglue infer function orders -o spec.yaml",
        "iamglue infer function orders --input account.json --format json",
    ),
    "infer policy": (
        "iamglue infer policy policy.json -o spec.yaml",
        "iamglue infer policy template.yaml --role OrdersRole --format json",
    ),
    "infer policy-sentry": (
        "iamglue infer policy-sentry crud.yml -o spec.yaml",
        "iamglue infer policy-sentry crud.yml --name orders --format json",
    ),
    "infer record": (
        "pytest --iamglue-record calls.json && iamglue infer record calls.json",
        "iamglue infer record unit.json integration.json --name orders -o spec.yaml",
    ),
    "infer sam": (
        "iamglue infer sam template.yaml -o spec.yaml",
        "iamglue infer sam template.yaml --function Orders --format json",
    ),
    "infer trail": (
        "iamglue infer trail logs/ -o usage.json",
        "iamglue infer trail s3://trail-logs/AWSLogs/ --since 2026-01-01 --store t/",
        "iamglue infer trail --query --store t/ --function orders --format spec",
        "iamglue infer trail s3://trail-logs/AWSLogs/ --spark yarn --store t/",
        "iamglue infer trail --athena logs.trail --since 2026-01-01 -o usage.json",
    ),
    "init": (
        "iamglue init",
        "iamglue init --function orders --triggers sqs=inbox --writes s3=archive",
    ),
    "lint": (
        "iamglue lint .",
        "iamglue lint --fix --diff policy.json",
        "iamglue lint --format sarif -o iamglue.sarif .",
    ),
    "lsp": (
        "iamglue lsp",
        "iamglue lsp --stdio",
    ),
    "mcp": (
        "iamglue mcp",
        "claude mcp add iamglue -- iamglue mcp",
    ),
    "reconcile": (
        "iamglue reconcile spec.yaml --code src/ --policy policy.json",
        "iamglue reconcile spec.yaml --code src/ --usage usage.json --fix",
        "iamglue reconcile spec.yaml --function orders --format html -o table.html",
    ),
    "rules": (
        "iamglue rules",
        "iamglue rules unknown-action",
    ),
    "schema": (
        "iamglue schema > iamglue.schema.json",
        "iamglue schema rules > rules.schema.json",
    ),
    "services": (
        "iamglue services s3 put",
        "iamglue services --triggers sqs",
    ),
}


def write_examples(ctx: click.Context, formatter: click.HelpFormatter) -> None:
    """Write the examples of the command; nothing if it has none."""
    name = command_name(ctx)
    if name in EXAMPLES:
        with formatter.section("Examples"):
            for example in EXAMPLES[name]:
                formatter.write(f"{'':>{formatter.current_indent}}{example}\n")


def command_name(ctx: click.Context) -> str:
    """The name of the command with that of its group, such as `infer code`; empty for `iamglue` itself.

    `ctx.command_path` also has the name of the program, which is several words in `python -m iamglue`.
    """
    names = []
    while ctx.parent is not None:
        names.append(ctx.info_name or "")
        ctx = ctx.parent
    return " ".join(reversed(names))
