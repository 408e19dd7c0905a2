"""Starts MiniStack with GameLift's resource types and liftform's corrections.

Lives exactly as long as its standard input is open: whoever started it holds the other end of the pipe, so it
ends by itself however that process ends.
"""

import json
import os
import pathlib
import signal
import sys
import threading

HERE = pathlib.Path(__file__).resolve().parent


def end_with_parent():
    def wait():
        sys.stdin.buffer.read()
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=wait, daemon=True, name="end-with-parent").start()


def main():
    if os.environ.get("EXIT_ON_STDIN_EOF") == "1":
        end_with_parent()
    sys.path.insert(0, str(HERE))
    import gamelift_types
    import gaps
    import patching

    try:
        patching.check()
    except patching.MissingNames as error:
        sys.exit(f"liftform: {error}")
    gaps.install(json.loads((HERE / "create_only.json").read_text()))
    gamelift_types.install(os.environ["GAMELIFT_ENDPOINT"])

    from ministack.app import main as serve

    serve()


if __name__ == "__main__":
    main()
