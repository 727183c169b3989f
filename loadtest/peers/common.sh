# What every peer's `run` shares. Sourced, never run by itself.
#
#   run PORT [--tls CERTIFICATE KEY] [--deflate]
#
# A `run` ends by exec: its process id is the server's, so who starts it may read the server's CPU time and
# memory under that id and end it with SIGTERM. Exit status: 2 for wrong usage or an option that the peer does
# not have, 3 for something that is not installed.
set -euo pipefail

peer=$(cd "$(dirname "${BASH_SOURCE[1]}")" && pwd)
build=$(cd "$peer/../../.." && pwd)/.build/peers

# Sets port, certificate, key (both empty without TLS) and deflate (0 or 1).
parse_arguments() {
    port=${1:-} certificate='' key='' deflate=0
    [[ $port =~ ^[0-9]+$ ]] || refuse 'usage: run PORT [--tls CERTIFICATE KEY] [--deflate]'
    shift
    while (($#)); do
        case $1 in
            --tls)
                (($# >= 3)) || refuse '--tls takes a certificate and a key'
                certificate=$(realpath "$2") key=$(realpath "$3")
                shift 3
                ;;
            --deflate) deflate=1 && shift ;;
            *) refuse "unknown option: $1" ;;
        esac
    done
}

refuse() {
    echo "$1" >&2
    exit 2
}

# Nothing is installed here: it is said what is missing.
not_installed() {
    echo "not installed: $1" >&2
    exit 3
}

# The version of an installed Debian package; empty where there is none.
package_version() {
    # shellcheck disable=SC2016
    dpkg-query -W -f '${db:Status-Status} ${Version}' "$1" 2>/dev/null | sed -n 's/^installed //p'
}

# As many descriptors as this user may have: thousands of connections are the purpose.
raise_descriptors() {
    ulimit -n "$(ulimit -Hn)" || true
}

# Compiles into the build directory, unless a newer result is there: compile NAME SOURCE… -- FLAG…
compile() {
    local name=$1 sources=() file
    shift
    command -v cc >/dev/null || not_installed 'apt-get install gcc libc6-dev'
    while [[ $1 != -- ]]; do sources+=("$1") && shift; done
    shift
    program=$build/$name
    for file in "$peer"/* "$peer/../common.sh"; do
        if [[ $file -nt $program ]]; then
            mkdir -p "$build"
            cc -O3 -std=gnu11 -D_GNU_SOURCE -Wall -Wextra -o "$program.$$" "${sources[@]}" "$@" >&2
            mv "$program.$$" "$program"
            return
        fi
    done
}

# For a server that does not say itself when it listens: prints `ready` as soon as the port answers, or
# nothing when the server ends before. It is nobody's child, so that the server never meets it.
say_ready_when_listening() {
    (
        (
            while kill -0 $$ 2>/dev/null; do
                if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
                    echo ready
                    exit
                fi
                sleep 0.02
            done
        ) &
    )
}
