#!/bin/sh
# Builds and measures the gRPC C++ peer: unary calls, then row-wise batches of 1,000 without and
# with the layers of each claim; one line each.
# Needs libgrpc++-dev, protobuf-compiler-grpc, python3-protobuf; uses tcmalloc where libgoogle-perftools is installed.
# Usage: run-grpc.sh [SECONDS]   (each measurement; default 10)
set -eu
seconds=${1:-10}
peers=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$peers/../.." && pwd)
build=$root/.build/peers
port=${PORT:-50051}
make --no-print-directory -s -C "$peers/grpc-cpp" BUILD="$build/grpc-cpp" >&2
"$peers/make-sample-message.py" "$build/request.bin"

tcmalloc=$(ldconfig -p | awk '/libtcmalloc_minimal\.so/ { print $NF; exit }')
if [ -z "$tcmalloc" ]; then echo "run-grpc.sh: without tcmalloc, which libgoogle-perftools-dev brings" >&2; fi
LD_PRELOAD=$tcmalloc "$build/grpc-cpp/server" "127.0.0.1:$port" 2 >/dev/null &
server=$!
trap 'kill $server 2>/dev/null; wait $server 2>/dev/null || true' EXIT

client() {
  LD_PRELOAD=$tcmalloc timeout $((seconds + 30)) "$build/grpc-cpp/client" --address "127.0.0.1:$port" \
    --message "$build/request.bin" --seconds "$seconds" --server-pid $server "$@"
}
printf 'gRPC C++ unary, 4 channels x 64: '
client --channels 4 --in-flight 64
printf 'gRPC C++ rows of 1,000, 4 channels x 1: '
client --channels 4 --in-flight 1 --rows 1000
printf 'gRPC C++ rows of 1,000 with layers, 4 channels x 1: '
client --channels 4 --in-flight 1 --rows 1000 --layers
