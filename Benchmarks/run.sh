#!/usr/bin/env bash
# Measures everything and writes it to a folder that `jiesuan report` reads: installs what is missing, builds, runs.
# `Benchmarks/run.sh --help` says the options; PEERS leaves contenders out, such as grpc-swift, whose first build takes
# minutes:
#   Benchmarks/run.sh --quick
#   PEERS="grpc-cpp c-epoll sqlite-rows postgresql" ROUNDS=3 make bench
set -euo pipefail
benchmarks=$(cd "$(dirname "$0")" && pwd)
root=$(dirname "$benchmarks")
for argument in "$@"; do
    if [ "$argument" = --help ] || [ "$argument" = -h ]; then exec /usr/bin/python3 "$benchmarks/Run/bench.py" --help; fi
done
"$root/.ci/install" libprotobuf-c-dev protobuf-c-compiler zlib1g-dev libsnappy-dev libmd-dev libsqlite3-dev protobuf-compiler \
    python3-protobuf libgrpc++-dev protobuf-compiler-grpc libgoogle-perftools-dev pkg-config postgresql \
    libpq-dev strace valgrind libnghttp2-dev nghttp2-client wrk python3-venv
exec /usr/bin/python3 "$benchmarks/Run/bench.py" "$@"
