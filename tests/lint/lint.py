#!/usr/bin/env python3
"""Lints every template below the given output folders with cfn-lint and with AWS's own validator.

In: folders that `liftform synth` wrote. The region of a template comes from the `manifest.json` that lists it.
Out: one line per finding, and `N passed, M failed` as the last line. Exit status 0 when nothing was found, 1 when
something was, 2 when there was nothing to lint. Never touches the network or an AWS account.

`tests/lint/run DIR...` calls it with the linters that requirements.txt pins.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import multiprocessing
import sys
from dataclasses import dataclass
from pathlib import Path

TEMPLATE_SUFFIX = ".template.json"


@dataclass(frozen=True)
class Template:
    """A template where it stands, and the region it is meant for."""

    path: Path
    region: str


@dataclass(frozen=True)
class Finding:
    """What one tool says about one template."""

    tool: str
    rule: str
    severity: str
    place: str
    message: str


# ---- finding templates -------------------------------------------------------------------------------------------


def templates_below(folder: Path) -> tuple[list[Template], list[str]]:
    """The templates that manifests below a folder list, and what is wrong with the manifests."""
    listed: dict[Path, Template] = {}
    problems: list[str] = []
    for manifest in sorted(folder.rglob("manifest.json")):
        try:
            stacks = json.loads(manifest.read_text(encoding="utf-8"))["stacks"]
            entries = [(manifest.parent / stack["template"], stack["region"]) for stack in stacks]
        except (OSError, ValueError, KeyError, TypeError) as error:
            problems.append(f"{manifest}: cannot be read as a manifest: {error!r}")
            continue
        for path, region in entries:
            if path.is_file():
                listed[path.resolve()] = Template(path, region)
            else:
                problems.append(f"{manifest}: lists {path}, which isn't there")
    for path in sorted(folder.rglob(f"*{TEMPLATE_SUFFIX}")):
        if path.resolve() not in listed:
            problems.append(f"{path}: no manifest lists it")
    return sorted(listed.values(), key=lambda template: str(template.path)), problems


# ---- the two tools, each loaded once per process -----------------------------------------------------------------

_tools: dict[str, object] = {}


def cfn_lint(text: str, region: str) -> list[Finding]:
    """cfn-lint's findings: warnings and errors, its default."""
    from cfnlint.config import ConfigMixIn
    from cfnlint.decode.decode import decode_str
    from cfnlint.runner import Runner

    # An empty argument list, or it would parse ours.
    config = ConfigMixIn([], regions=[region])
    template, matches = decode_str(text)
    if not matches:
        runner = _tools.get("cfn-lint") or _tools.setdefault("cfn-lint", Runner(config))
        # Loading the rules takes longer than running them; only the region differs between templates.
        runner.config = config
        matches = list(runner.validate_template(template))
    return [
        Finding(
            "cfn-lint",
            match.rule.id,
            match.rule.severity,
            f"{match.linenumber}:{match.columnnumber} " + "/".join(str(part) for part in getattr(match, "path", None) or []),
            match.message,
        )
        for match in matches
    ]


def aws_validate(text: str, region: str) -> list[Finding]:
    """The findings of AWS's validator from warning on."""
    import cloudformation_validate as aws

    engine = _tools.get("aws") or _tools.setdefault("aws", aws.CompositeEngine())
    config = aws.ValidateConfig(
        severity_level=aws.Severity.WARN,
        detail_level=aws.DetailLevel.STANDARD,
        pseudo_parameter_overrides=aws.PseudoParameterOverrides(region=region),
    )
    report = engine.validate_template(aws.TemplateContent(text), config)
    findings = [
        Finding(
            "aws-validate",
            diagnostic.rule_id,
            diagnostic.severity.name.lower(),
            f"{diagnostic.start_line}:{diagnostic.start_column} "
            + "/".join(part for part in [diagnostic.entity and diagnostic.entity.logical_id, diagnostic.property_path] if part),
            diagnostic.message,
        )
        for diagnostic in report.diagnostics
    ]
    if report.status != aws.ReportStatus.OK and not findings:
        findings.append(Finding("aws-validate", "-", "error", "-", f"the validation ended as {report.status.name}"))
    return findings


def lint(job: tuple[str, str]) -> list[Finding]:
    """Runs both tools over one text for one region. A tool that fails is a finding too."""
    text, region = job
    findings: list[Finding] = []
    for name, tool in (("cfn-lint", cfn_lint), ("aws-validate", aws_validate)):
        try:
            findings += tool(text, region)
        except Exception as error:  # noqa: BLE001 - whatever a tool throws, the template wasn't checked by it
            findings.append(Finding(name, "-", "error", "-", f"the tool failed: {error!r}"))
    return findings


# ---- the run -----------------------------------------------------------------------------------------------------


def run(folders: list[Path], processes: int) -> int:
    """Lints everything below the folders and prints what was found."""
    templates: list[Template] = []
    problems: list[str] = []
    for folder in folders:
        found, wrong = templates_below(folder)
        templates += found
        problems += wrong
        if not found:
            problems.append(f"{folder}: no template below it")
    texts = {template: template.path.read_text(encoding="utf-8") for template in templates}
    # Stacks of several environments are often the same text for the same region.
    keys = {template: (hashlib.sha256(text.encode()).hexdigest(), template.region) for template, text in texts.items()}
    jobs = {keys[template]: (text, template.region) for template, text in texts.items()}
    if jobs:
        with multiprocessing.Pool(min(processes, len(jobs))) as pool:
            results = dict(zip(jobs, pool.map(lint, jobs.values(), chunksize=1), strict=True))
    else:
        results = {}
    failed = sum(1 for template in templates if results[keys[template]])
    print_findings(templates, {template: results[keys[template]] for template in templates}, problems)
    print(f"{len(jobs)} different templates for their regions")
    print(f"{len(templates) - failed} passed, {failed + len(problems)} failed")
    if not templates:
        return 2
    return 1 if failed or problems else 0


def print_findings(templates: list[Template], findings: dict[Template, list[Finding]], problems: list[str]) -> None:
    """One line per finding in columns, then what is wrong with the folders."""
    rows = [
        (str(template.path), template.region, finding.tool, finding.rule, finding.severity, finding.place, finding.message)
        for template in templates
        for finding in findings[template]
    ]
    if rows:
        rows.insert(0, ("template", "region", "tool", "rule", "severity", "place", "message"))
        widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]) - 1)]
        for row in rows:
            cells = [cell.ljust(width) for cell, width in zip(row, widths)]
            print("  ".join([*cells, row[-1].replace("\n", " ")]))
    for problem in problems:
        print(problem)


def main() -> int:
    parser = argparse.ArgumentParser(description="Lint synthesised templates.")
    parser.add_argument("folders", nargs="+", type=Path, metavar="DIR", help="folder that synth wrote")
    parser.add_argument("--processes", type=int, default=2, help="how many templates to lint at once")
    arguments = parser.parse_args()
    return run(arguments.folders, max(1, arguments.processes))


if __name__ == "__main__":
    sys.exit(main())
