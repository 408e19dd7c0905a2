#!/usr/bin/env python3
"""One deployment of eight regions to the local cloud: all regions side by side, one stack after the other, and one region alone.

    cargo build --release && benches/regions.py [--liftform target/release/liftform] [--runs 3]

Each region has an artifact bucket and a stack of eight fleets, which CloudFormation makes one after the other; the local
GameLift takes half a second for each, so that a stack is mostly waiting, as in AWS. The three ways take turns within one
run. Ratios hold across machines; seconds don't. Prints a Markdown table. Needs Python 3.10+, and network the first time.
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
REGIONS = [
    "us-east-1",
    "us-west-2",
    "ca-central-1",
    "eu-central-1",
    "eu-west-1",
    "ap-northeast-1",
    "ap-southeast-2",
    "sa-east-1",
]
FLEETS = 8
STACKS = ["--stack", "liftform-artifacts,*-fleets"]
TOPOLOGY = """\
name: worldwide
home: us-east-1
identity: {{ guests: true }}
queues:
  main: {{ timeout: 60s, destinations: [fleet-0] }}
builds:
  server: {{ path: server, os: AMAZON_LINUX_2023, sdk: 5.3.0 }}
fleets:
  fleet-0:
    build: server
    instance: c6i.large
    launch: {{ path: /local/game/server }}
    ports: [udp 7777-7877]
    capacity: {{ min: 0, desired: 0, max: 1 }}
    regions: [{regions}]
{others}
environments:
  local: {{ target: local }}
"""


class Project:
    """A project in a folder, with a local cloud of its own."""

    def __init__(self, program, folder):
        self.program = program
        self.folder = pathlib.Path(folder)
        names = [f"fleet-{number}" for number in range(FLEETS)]
        others = "\n".join(f"  {name}: {{ like: fleet-0 }}" for name in names[1:])
        server = self.folder / "stacks/server/server"
        server.parent.mkdir(parents=True)
        server.write_text("#!/bin/sh\n")
        server.chmod(0o755)
        text = TOPOLOGY.format(regions=", ".join(REGIONS), others=others)
        (self.folder / "stacks/worldwide.yaml").write_text(text)
        self.variables = {**os.environ, "LIFTFORM_LOCAL_DIR": str(self.folder / "cloud")}

    def run(self, *arguments):
        """Wall time, seconds, and what is on stdout."""
        command = [self.program, "--env", "local", *arguments]
        start = time.perf_counter()
        done = subprocess.run(command, cwd=self.folder, env=self.variables, capture_output=True, text=True)
        took = time.perf_counter() - start
        if done.returncode:
            raise SystemExit(f"{' '.join(map(str, command))}: {done.returncode}\n{done.stderr}")
        return took, done.stdout

    def deploy(self, *flags):
        """Wall time of one deployment into an empty cloud, seconds."""
        took, out = self.run(*STACKS, "deploy", "--yes", "--output", "json", *flags)
        results = json.loads(out)["results"]
        created = [stack for stack in results if stack["result"] == "created"]
        self.run("destroy", "--yes")
        return took, len(created)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--liftform", default=ROOT / "target/release/liftform", type=pathlib.Path)
    parser.add_argument("--runs", default=3, type=int)
    options = parser.parse_args()
    ways = {
        "eight regions side by side": (16, []),
        "eight regions, one stack after the other (`--max-parallel 1`)": (16, ["--max-parallel", "1"]),
        "one region alone, the slowest chain": (2, ["--region", "us-east-1"]),
    }
    times = {way: [] for way in ways}
    with tempfile.TemporaryDirectory() as folder:
        project = Project(options.liftform.resolve(), folder)
        try:
            project.run("local", "up", "--detach")
            project.deploy()
            for _ in range(options.runs):
                for way, (expected, flags) in ways.items():
                    took, created = project.deploy(*flags)
                    assert created == expected, f"{created} stacks instead of {expected}"
                    times[way].append(took)
        finally:
            project.run("local", "down")
    medians = {way: statistics.median(all_times) for way, all_times in times.items()}
    first = next(iter(medians.values()))
    print(f"Load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores, medians of {options.runs} runs.\n")
    print("| deployment | seconds | of side by side |\n|---|---|---|")
    for way, median in medians.items():
        print(f"| {way} | {median:.1f} | {median / first:.2f} |")


if __name__ == "__main__":
    main()
