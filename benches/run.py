#!/usr/bin/env python3
"""Measures liftform beside its peers, in one run, on one core. Prints Markdown tables.

Needs Python 3.10+, Node 20+, and network for pip and npm the first time. Usage: benches/run.py [--runs N]
"""

import argparse
import pathlib
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import venv

import pair

ROOT = pathlib.Path(__file__).resolve().parent.parent
PEERS = ["troposphere==4.11.1", "cfn-lint==1.58.0"]
CDK_DIFF = "@aws-cdk/cloudformation-diff@2.187.5"


def target():
    import os

    return pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))


def peer_python():
    folder = target() / "benches-venv"
    python = folder / "bin" / "python"
    if not python.exists():
        venv.create(folder, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", *PEERS], check=True)
    return python


def peer_node():
    """The folder that holds the CDK's library."""
    folder = target() / "benches-node"
    if not (folder / "node_modules").exists():
        folder.mkdir(parents=True, exist_ok=True)
        subprocess.run(["npm", "install", "--silent", "--no-audit", "--no-fund", CDK_DIFF], cwd=folder, check=True)
    return folder


def once(command):
    """Wall time of one run, seconds."""
    start = time.perf_counter()
    subprocess.run(["taskset", "-c", "0", *map(str, command)], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - start


def measure(commands, runs):
    """Medians in milliseconds; the commands take turns, so that a busy moment hits all of them."""
    times = {name: [] for name in commands}
    for name, command in commands.items():
        once(command)
    for _ in range(runs):
        for name, command in commands.items():
            times[name].append(once(command))
    return {name: 1000 * statistics.median(values) for name, values in times.items()}


def validation(liftform, folder, runs):
    """Both checkers over the same templates; the slow one runs once."""
    files = sorted(folder.rglob("*.template.json"))
    liftform_ms = measure({"": [liftform, "validate", "--quiet", folder]}, runs)[""]
    # Its exit code tells of findings, so that it is not looked at.
    lint = peer_python().parent / "cfn-lint"
    start = time.perf_counter()
    subprocess.run(["taskset", "-c", "0", str(lint), "--", *map(str, files)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    lint_ms = 1000 * (time.perf_counter() - start)
    print(f"\n| checking {len(files)} templates | ms | times as long |")
    print("|---|---|---|")
    print(f"| liftform validate | {liftform_ms:.1f} | 1 |")
    print(f"| cfn-lint, once | {lint_ms:.0f} | {lint_ms / liftform_ms:.0f} |")


def table(medians, peer, whose):
    print(f"| what | median, ms | of {whose} |")
    print("|---|---|---|")
    for name, value in medians.items():
        print(f"| {name} | {value:.1f} | {value / medians[peer]:.3f} |")
    print()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=15)
    runs = parser.parse_args().runs
    subprocess.run(["cargo", "build", "--release", "--locked", "--bin", "liftform"], cwd=ROOT, check=True)
    liftform = target() / "release" / "liftform"
    out = pathlib.Path(tempfile.mkdtemp())
    try:
        worldwide = ROOT / "stacks" / "worldwide.yaml"
        commands = {
            "liftform synth, worldwide, 10 environments x 8 regions": [liftform, "-f", worldwide, "-e", "all", "synth", "--out", out / "ours"],
            "liftform --help": [liftform, "--help"],
            "troposphere, a program of that size": [peer_python(), ROOT / "benches" / "peers" / "troposphere_synth.py", out / "troposphere"],
        }
        table(measure(commands, runs), "troposphere, a program of that size", "troposphere's")
        validation(liftform, out / "ours", runs)
        templates = pair.write(out)
        commands = {
            "liftform diff, two templates of 500 resources": [liftform, "diff", *templates],
            "cloudformation-diff of the CDK, the same pair": ["node", ROOT / "benches" / "peers" / "cdk_diff.cjs", peer_node(), *templates],
        }
        table(measure(commands, runs), "cloudformation-diff of the CDK, the same pair", "the CDK's")
        print(f"\nPeak memory of any child: {resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024} MiB (cargo included)", file=sys.stderr)
    finally:
        shutil.rmtree(out, ignore_errors=True)


main()
