"""An audit for people at a terminal: a summary first, then each role with what was found, within 80 columns."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from textwrap import wrap

from iamglue.findings import Finding, Gap
from iamglue.formats.words.audit_words import access_words, by_risk, counts_words, gap_words, summary_words, title_of
from iamglue.inert import one_line
from iamglue.model.role_context import Audit, Judged, Replacement

_WIDTH = 80
_NAME = 32
# A role with nothing to say is named in the summary alone.
_MOST_CLEAN = 20


def audit_text(audit: Audit) -> str:
    """The whole audit, the riskiest role first."""
    ranked = by_risk(audit)
    lines = [*_wrapped(f"Audit: {summary_words(audit)}", "", "  "), ""]
    lines += _summary(ranked)
    for judged in ranked:
        if judged.findings:
            lines += _role(judged)
    lines += _gaps(audit)
    return "\n".join(lines).rstrip("\n") + "\n"


def _summary(ranked: tuple[Judged, ...]) -> Iterator[str]:
    if not ranked:
        return
    yield f"{'risk':>4}  {'function or role':<{_NAME}}  {'allows':>6}  {'needs':>5}  findings"
    clean = 0
    for judged in ranked:
        clean += not judged.findings
        if judged.findings or clean <= _MOST_CLEAN:
            needs = "-" if judged.needed is None else f"{judged.needed:,}"
            name = _cut(one_line(title_of(judged)), _NAME)
            yield f"{judged.risk:>4}  {name:<{_NAME}}  {judged.granted:>6,}  {needs:>5}  {len(judged.findings)}"
    if clean > _MOST_CLEAN:
        yield f"      and {clean - _MOST_CLEAN} more with nothing found"
    yield ""


def _role(judged: Judged) -> Iterator[str]:
    role = judged.case.role
    yield _cut(f"{one_line(title_of(judged))}  (role {one_line(role.name)})", _WIDTH)
    yield "=" * _WIDTH
    yield from _wrapped(f"risk {judged.risk}; {access_words(judged)}; {counts_words(judged.findings)}", "")
    yield ""
    for finding in judged.findings:
        yield from _finding(finding)
    if judged.replacement is not None:
        yield from _replacement(judged.replacement)
    yield ""


def _finding(finding: Finding) -> Iterator[str]:
    code = f", {finding.access_analyzer}" if finding.access_analyzer else ""
    yield from _wrapped(f"{finding.severity}: {finding.message} [{finding.rule}{code}]", "  ", "    ")
    where = finding.place
    if where.path:
        yield from _wrapped(f"at: {where.path} {where.pointer}".rstrip(), "    ")
    if finding.help:
        yield from _wrapped(f"help: {finding.help}", "    ")
    yield ""


def _replacement(replacement: Replacement) -> Iterator[str]:
    yield from _wrapped(f"replacement: {replacement.before:,} actions -> {replacement.after:,}", "  ", "    ")
    for told in (*replacement.proved, *replacement.added, *replacement.unproved, *replacement.notes):
        yield from _wrapped(f"- {told}", "    ", "      ")


def _gaps(audit: Audit) -> Iterator[str]:
    for kind, title in ((Gap.FAILED, "Not evaluated"), (Gap.UNDECIDABLE, "Not known")):
        found = [gap for gap in audit.report.not_evaluated if gap.kind is kind]
        if found:
            yield f"{title}:"
            for gap in found:
                yield from _wrapped(f"- {gap_words(gap)}", "  ", "    ")
            yield ""


@lru_cache(maxsize=4096)
def _wrapped(text: str, first: str, rest: str | None = None) -> tuple[str, ...]:
    """The text in lines; many roles have the same said of them."""
    indent = first if rest is None else rest
    lines = wrap(
        one_line(text),
        _WIDTH,
        initial_indent=first,
        subsequent_indent=indent,
        break_on_hyphens=False,
    )
    return tuple(lines)


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else f"{text[: width - 3]}..."
