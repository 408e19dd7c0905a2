#!/bin/sh
# GameLift runs this once per instance, after the build was unpacked.
set -eu
chmod 755 /local/game/server
