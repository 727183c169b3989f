#!/usr/bin/env bash
# Builds what the load needs, in release: the server, the load tool, the bare store. Sourced by run-peers and run-bars.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
for product in stoa stoa-load stoa-store-bench; do swift build -c release --product "$product"; done

# Peers that are not installed are left out, and the report says so. Thousands of connections are the purpose.
[[ -n ${PEERS_PYTHON:-} ]] || export PEERS_PYTHON=$PWD/.build/peers/python/bin/python
ulimit -n "$(ulimit -Hn)"

# Runs the load and writes NAME.md, NAME.json and NAME.html: measure NAME OPTION…
measure() {
    local name=$1 status=0
    shift
    mkdir -p "$(dirname "$name")"
    .build/release/stoa-load --skip-missing --json "$name.json" --html "$name.html" "$@" >"$name.md.part" || status=$?
    # 1 is a run that is void: the tables say which.
    ((status <= 1)) || { rm "$name.md.part"; exit "$status"; }
    mv "$name.md.part" "$name.md"
    cat "$name.md"
    printf '\n%s: .md, .json, .html\n' "$name" >&2
    return "$status"
}
