#!/usr/bin/env python3
"""Time from the start of a handler's process to its first question for work, and the size of its archive.

    cargo run -- bundle --topology stacks/skirmish.yaml --env local     builds the archives
    benches/cold_start.py [--runs 20] [--target target]

The Runtime API is a socket on loopback. Handlers are unpacked from their archives. A Node 20 and a Python 3 handler with
the same two clients run beside them, in turn within one run, so that ratios hold; installing them needs npm and PyPI.
"""

import argparse
import http.server
import json
import os
import pathlib
import statistics
import subprocess
import sys
import threading
import time
import venv
import zipfile

HERE = pathlib.Path(__file__).resolve().parent
VARIABLES = {
    "AWS_REGION": "us-east-1",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_LAMBDA_FUNCTION_NAME": "bench",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "256",
    "AWS_LAMBDA_FUNCTION_VERSION": "1",
    "AWS_LAMBDA_LOG_GROUP_NAME": "bench",
    "AWS_LAMBDA_LOG_STREAM_NAME": "bench",
    "METRICS_NAMESPACE": "bench",
    "TICKETS_TABLE": "tickets",
    "PLAYERS_TABLE": "players",
    "TICKET_PREFIX": "bench",
    "MATCHMAKERS": json.dumps({"duel": {"configuration": "bench-duel", "timeout_seconds": 120}}),
    "ATTRIBUTES": "{}",
    "LOCATIONS": '["us-east-1"]',
    "REGIONS": "[]",
}


class RuntimeApi(http.server.ThreadingHTTPServer):
    """Notes when somebody asks for work, and never gives any."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Question)
        self.asked = threading.Event()
        self.at = 0.0
        self.daemon_threads = True
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Question(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path.endswith("/invocation/next"):
            self.server.at = time.perf_counter()
            self.server.asked.set()
            time.sleep(60)

    def do_POST(self):
        length = int(self.headers.get("content-length", 0))
        print("a handler failed at start:", self.rfile.read(length).decode(), file=sys.stderr)

    def log_message(self, *_):
        pass


def start(command: list[str], api: RuntimeApi) -> float:
    """Milliseconds to the first question."""
    environment = VARIABLES | {
        "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{api.server_port}",
        "PATH": os.environ["PATH"],
        "HOME": "/nonexistent",
    }
    api.asked.clear()
    begin = time.perf_counter()
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    try:
        if not api.asked.wait(60):
            sys.exit(f"{command[0]} asked for nothing: {process.stderr.read1().decode()}")
        return (api.at - begin) * 1000
    finally:
        process.kill()
        process.wait()


def size(folder: pathlib.Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def handlers(target: pathlib.Path, work: pathlib.Path) -> dict[str, tuple[list[str], int]]:
    """The newest archive of each handler, unpacked."""
    newest: dict[str, pathlib.Path] = {}
    for archive in sorted((target / "liftform/artifacts/handlers").glob("*.zip"), key=lambda path: path.stat().st_mtime):
        newest[archive.stem.rsplit("-", 1)[0]] = archive
    found = {}
    for name, archive in sorted(newest.items()):
        folder = work / name
        with zipfile.ZipFile(archive) as unpacked:
            unpacked.extractall(folder)
        (folder / "bootstrap").chmod(0o755)
        found[name] = ([str(folder / "bootstrap")], archive.stat().st_size)
    return found


def node(work: pathlib.Path) -> tuple[list[str], int]:
    folder = work / "node"
    folder.mkdir(exist_ok=True)
    for path in (HERE / "peers/node-handler").iterdir():
        if path.is_file():
            (folder / path.name).write_bytes(path.read_bytes())
    subprocess.run(["npm", "install", "--silent", "--no-audit", "--no-fund"], cwd=folder, check=True)
    return [["node", str(folder / "bootstrap.mjs")], size(folder)]


def python(work: pathlib.Path) -> tuple[list[str], int]:
    folder = work / "python"
    if not folder.exists():
        venv.create(folder, with_pip=True)
        subprocess.run([folder / "bin/pip", "install", "--quiet", "boto3==1.40.40"], check=True)
    packages = next((folder / "lib").glob("python*/site-packages"))
    sdk = sum(size(packages / name) for name in ("boto3", "botocore", "s3transfer", "jmespath", "urllib3", "dateutil"))
    return [[str(folder / "bin/python"), str(HERE / "peers/python_handler.py")], sdk]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--target", type=pathlib.Path, default=HERE.parent / "target")
    options = parser.parse_args()
    work = options.target / "bench-cold-start"
    work.mkdir(parents=True, exist_ok=True)
    programs = handlers(options.target, work)
    if not programs:
        sys.exit(f"no archives below {options.target}: run `liftform bundle` first")
    programs["Node 20, AWS SDK v3"] = node(work)
    programs["Python 3, boto3"] = python(work)
    api = RuntimeApi()
    times: dict[str, list[float]] = {name: [] for name in programs}
    for _ in range(options.runs + 1):
        for name, (command, _) in programs.items():
            times[name].append(start(command, api))
    print("| handler | start to first question, ms (median) | bytes shipped |\n|---|---|---|")
    for name, (_, shipped) in programs.items():
        print(f"| {name} | {statistics.median(times[name][1:]):.1f} | {shipped:,} |")


if __name__ == "__main__":
    main()
