"""The proof of a policy as text."""

from __future__ import annotations

from iamglue.formats.reports.proof import proof_text
from iamglue.model.proof_table import ProofLine, ProofSection, ProofTable


def line(holds, section=ProofSection.NEEDED, claim="s3:GetObject on arn:aws:s3:::b/*"):
    return ProofLine(section, claim, holds, "reads s3 b")


def test_the_text_is_this():
    table = ProofTable("f", (line(True), line(False, ProofSection.EXACT, "nothing more")), (("Stage", "sampleStage"),))
    assert proof_text(table) == (
        "proof for f: 1 of 2 lines hold\n"
        "with sample values for parameters: Stage = sampleStage\n"
        "\n"
        "  every need is allowed\n"
        "    ok      s3:GetObject on arn:aws:s3:::b/*\n"
        "              reads s3 b\n"
        "\n"
        "  nothing more and nothing less\n"
        "    FAILED  nothing more\n"
        "              reads s3 b"
    )


def test_a_table_holds_only_if_every_line_does():
    assert ProofTable("f", (line(True), line(True))).holds is True
    assert ProofTable("f", (line(True), line(None))).holds is None
    assert ProofTable("f", (line(None), line(False))).holds is False


def test_what_is_undecided_is_said():
    assert "    unknown s3:GetObject" in proof_text(ProofTable("f", (line(None),)))


def test_names_do_not_reach_the_terminal_as_orders():
    text = proof_text(ProofTable("f\x1b[31m", (line(True, claim="a\x1b]0;x\x07\nb"),)))
    assert "\x1b" not in text
    assert r"a\x1b]0;x\x07\nb" in text
