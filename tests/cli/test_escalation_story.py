"""The escalation paths of an account that is a story: all 15 are reported with their chains, and nothing else."""

from __future__ import annotations

import json

from support import bakery
from support.reports import with_consequences


def audited(iamglue, folder, *arguments):
    (folder / "export.json").write_text(json.dumps(bakery.export()), encoding="utf-8")
    (folder / "functions.json").write_text(json.dumps(bakery.functions()), encoding="utf-8")
    files = ("--input", folder / "export.json", "--functions", folder / "functions.json")
    return iamglue("audit", *files, *arguments)


def escalations(iamglue, folder):
    report = json.loads(audited(iamglue, folder, "--format", "json").stdout)
    found = with_consequences(report["findings"])
    return report, [finding for finding in found if finding["rule"] == "privilege-escalation"]


def end(hop):
    if hop["to"] is None:
        return bakery.ANY
    return bakery.SELF if hop["to"] == hop["from"] else hop["to"].rpartition("/")[2]


def test_every_path_of_the_story_is_reported_with_its_chain_and_no_other(iamglue, tmp_path):
    _, everything = escalations(iamglue, tmp_path)
    found = [finding for finding in everything if finding["severity"] == "security-warning"]
    assert sorted(finding["subject"]["name"] for finding in found) == sorted(bakery.PATHS)
    chains = {finding["subject"]["name"]: [end(hop) for hop in finding["chain"]] for finding in found}
    assert chains == bakery.PATHS
    others = [(finding["severity"], finding["subject"]["name"]) for finding in everything if finding not in found]
    assert others == [("suggestion", "preview-stacks")]  # which role the stacks have is not known


def test_the_account_has_forty_roles(iamglue, tmp_path):
    report, _ = escalations(iamglue, tmp_path)
    assert len(report["roles"]) == 40
