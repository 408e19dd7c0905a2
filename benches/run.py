#!/usr/bin/env python3
"""Measures liftform beside its peers, in one run, on one core. Prints Markdown tables.

Needs Python 3.10+, Node 20+, and network for pip and npm the first time. Usage: benches/run.py [--runs N]; see --help for
how to measure a part only, or a program that is built already.
"""

import argparse
import os
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


PARTS = ["synth", "validate", "diff"]
# What `validate` is meant to reach for all templates of worldwide: docs of the goals are in benches/README.md.
MOST_MS, LEAST_RATIO = 1000, 50


def target():
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


def timed(command, accepted=(0,)):
    """Wall and processor time of one run, seconds; an exit status that isn't accepted ends the measurement."""
    start = time.perf_counter()
    process = subprocess.Popen(["taskset", "-c", "0", *map(str, command)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in accepted:
        raise subprocess.CalledProcessError(process.returncode, process.args)
    return time.perf_counter() - start, used.ru_utime + used.ru_stime


def once(command):
    """Wall time of one run, seconds."""
    return timed(command)[0]


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
    """Both checkers over the same templates: as many runs of ours, one of the slow one in their middle."""
    files = sorted(folder.rglob("*.template.json"))
    ours = [liftform, "validate", "--quiet", folder]
    # Bits for informational findings, warnings and errors; 1 is a failure of the tool itself.
    lint = [peer_python().parent / "cfn-lint", "--", *files], range(0, 32, 2)
    timed(ours)
    before = [timed(ours) for _ in range(runs)]
    theirs = timed(*lint)
    taken = before + [timed(ours) for _ in range(runs)]
    wall, processor = (1000 * statistics.median(column) for column in zip(*taken))
    ratio, processor_ratio = 1000 * theirs[0] / wall, 1000 * theirs[1] / processor
    print(f"\n| checking {len(files)} templates | ms | times as long | processor, ms | times as much |")
    print("|---|---|---|---|---|")
    print(f"| liftform validate, a folder | {wall:.1f} | 1 | {processor:.1f} | 1 |")
    print(f"| cfn-lint, the same files, once | {1000 * theirs[0]:.0f} | {ratio:.0f} | {1000 * theirs[1]:.0f} | {processor_ratio:.0f} |")
    reached = "reached" if wall <= MOST_MS and ratio >= LEAST_RATIO else "missed"
    print(f"\nGoal of at most {MOST_MS} ms and {LEAST_RATIO} times faster: {reached}.\n")


def table(medians, peer, whose):
    print(f"| what | median, ms | of {whose} |")
    print("|---|---|---|")
    for name, value in medians.items():
        print(f"| {name} | {value:.1f} | {value / medians[peer]:.3f} |")
    print()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=15)
    parser.add_argument("--part", choices=PARTS, action="append", help="measure this part only; may be repeated [default: all]")
    parser.add_argument("--liftform", type=pathlib.Path, help="a program that is built already [default: build it, in release]")
    parser.add_argument("--env", default="all", help="environments of worldwide [default: all]")
    arguments = parser.parse_args()
    runs, parts = arguments.runs, arguments.part or PARTS
    liftform = arguments.liftform
    if liftform is None:
        subprocess.run(["cargo", "build", "--release", "--locked", "--bin", "liftform"], cwd=ROOT, check=True)
        liftform = target() / "release" / "liftform"
    out = pathlib.Path(tempfile.mkdtemp())
    try:
        synth = [liftform, "-f", ROOT / "stacks" / "worldwide.yaml", "-e", arguments.env, "synth", "--out", out / "ours"]
        if "synth" in parts:
            commands = {
                f"liftform synth, worldwide, environments: {arguments.env}": synth,
                "liftform --help": [liftform, "--help"],
                "troposphere, a program of that size": [peer_python(), ROOT / "benches" / "peers" / "troposphere_synth.py", out / "troposphere"],
            }
            table(measure(commands, runs), "troposphere, a program of that size", "troposphere's")
        if "validate" in parts:
            once(synth)
            validation(liftform, out / "ours", runs)
        if "diff" in parts:
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
