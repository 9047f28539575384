#!/bin/sh
# Instructions per settlement of the Swift and the C calculator, counted by callgrind: the same on every machine of
# one architecture, whatever else runs there. Needs valgrind.
set -eu
cd "$(dirname "$0")/.."
rounds=3
claims=10000
nice swift build -c release --product calculator-benchmark >&2
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
# Without debug information: valgrind 3.19 gives up on DWARF 5 as Swift writes it.
binary=$out/calculator-benchmark
objcopy --strip-debug "$(swift build -c release --show-bin-path)/calculator-benchmark" "$binary"

# count SIDE FUNCTION WORKLOAD: instructions inside FUNCTION and what it calls, per claim.
count() {
  valgrind --tool=callgrind --callgrind-out-file="$out/$1" --collect-atstart=no --toggle-collect="$2" \
    "$binary" --side "$1" --rounds "$rounds" --claims "$claims" --workload "$3" >"$out/log" 2>&1 ||
    { cat "$out/log" >&2; exit 1; }
  awk -v n="$((rounds * claims))" '/^(summary|totals):/ { total = $2 } END { printf "%.1f", total / n }' "$out/$1"
}

for workload in yantai chongqing; do
  swift_count=$(count swift '*swiftRound*' "$workload")
  c_count=$(count c calculator_round "$workload")
  echo "$workload $swift_count $c_count" |
    awk '{ printf "%-10s Swift %7.1f  C %7.1f  ratio %.3f instructions per settlement\n", $1, $2, $3, $2 / $3 }'
done
