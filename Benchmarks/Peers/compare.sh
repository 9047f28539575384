#!/usr/bin/env bash
# Jiesuan and gRPC C++ side by side, in turns: calls and claims a second, and the ratios' min, median and max.
# Needs `make build`, libgrpc++-dev, protobuf-compiler-grpc, libgoogle-perftools-dev, python3-protobuf, protobuf-compiler.
# Usage: compare.sh [ROUNDS] [SECONDS]   (default 5 rounds of 3 seconds each measurement)
set -euo pipefail
rounds=${1:-5}
seconds=${2:-3}
peers=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$peers/../.." && pwd)
build=$root/.build/peers
mkdir -p "$build"
make --no-print-directory -s -C "$peers/grpc-cpp" BUILD="$build/grpc-cpp" >&2
cc -O2 -o "$build/load" "$peers/load.c"
"$peers/make-sample-message.py" "$build/request.bin"
"$peers/make-sample-message.py" --claims 1000 "$build/batch1000.bin"
"$peers/make-sample-message.py" --claims 65536 "$build/batch65536.bin"

tcmalloc=$(ldconfig -p | awk '/libtcmalloc_minimal\.so/ { print $NF; exit }')
LD_PRELOAD=$tcmalloc "$build/grpc-cpp/server" 127.0.0.1:50051 2 >/dev/null &
grpc=$!
"$root/.build/release/jiesuan" serve --port 50052 >/dev/null 2>&1 &
jiesuan=$!
trap 'kill $grpc $jiesuan 2>/dev/null; wait' EXIT
sleep 1

# The number before "calls/s".
rate() { awk '{ for (i = 1; i < NF; i++) if ($(i + 1) ~ /^calls\/s/) { print $i; exit } }'; }
ours() { "$build/load" --port 50052 --seconds "$seconds" --server-pid $jiesuan "$@" | tee /dev/stderr | rate; }
theirs() {
    LD_PRELOAD=$tcmalloc "$build/grpc-cpp/client" --address 127.0.0.1:50051 --message "$build/request.bin" \
        --seconds "$seconds" --server-pid $grpc "$@" | tee /dev/stderr | rate
}
results=$build/compare.txt
: >"$results"
for round in $(seq "$rounds"); do
    echo "round $round of $rounds" >&2
    a=$(ours --message "$build/request.bin" --connections 4 --in-flight 64)
    b=$(theirs --channels 4 --in-flight 64)
    echo "unary_calls $a $b" >>"$results"
    b=$(theirs --channels 4 --in-flight 1 --rows 1000)
    for claims in 1000 65536; do
        a=$(ours --message "$build/batch$claims.bin" --method CalculateBatch --connections 2 --in-flight 1)
        echo "batch_claims_$claims $(awk "BEGIN { print $a * $claims, $b * 1000 }")" >>"$results"
    done
done
python3 - "$results" <<'END'
import collections, statistics, sys
rows = collections.defaultdict(list)
for line in open(sys.argv[1]):
    name, ours, theirs = line.split()
    rows[name].append((float(ours), float(theirs)))
print(f"{'':20}{'Jiesuan/s':>24}{'gRPC C++/s':>24}{'ratio min':>11}{'median':>8}{'max':>8}")
for name, pairs in rows.items():
    spans = [f"{min(x):,.0f} - {max(x):,.0f}" for x in zip(*pairs)]
    ratios = [a / b for a, b in pairs]
    print(f"{name:20}{spans[0]:>24}{spans[1]:>24}{min(ratios):>11.1f}{statistics.median(ratios):>8.1f}{max(ratios):>8.1f}")
END
