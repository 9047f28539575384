#!/bin/sh
# Fuzzes what the network reaches before any socket matters, one target after the other:
#   packets  packets of baidu_std: frames, meta, checksum, inflate, protobuf-c's unpack
#   http1    requests of HTTP/1 out of a stream, beside a second, plain reader
#   http2    gRPC's calls as frames of HTTP/2
#   json     JSON to protobuf and back, protobuf to JSON and back
# FUZZ_TARGET=http2 for one of them. libFuzzer and AddressSanitizer; FUZZ_SECONDS (60) bounds each run, FUZZ_RUNS its
# executions; FUZZ_BYTES (4096) is the longest input. Exit status 0: nothing found.
# A finding is left in the target's corpus as crash-… : fix it, keep the file, the suite replays it from then on.
# Each target is first built with a planted fault, which the fuzzer has to find: FUZZ_CANARY=1 does that alone,
# FUZZ_CANARY=0 leaves it out. What was run is added up in .build/fuzz-TARGET/executions.
#
# Lists of arguments and of files are meant to fall apart at their spaces:
# shellcheck disable=SC2086
set -eu
cd "$(dirname "$0")/../.."
if [ -z "${FUZZ_TARGET:-}" ]; then
    for target in packets http1 http2 json; do FUZZ_TARGET=$target "$0"; done
    exit 0
fi
case ${FUZZ_CANARY:-} in
"")
    FUZZ_CANARY=1 "$0"
    FUZZ_CANARY=0 exec "$0"
    ;;
0) canary= ;;
*) canary=1 ;;
esac
build=.build/fuzz-$FUZZ_TARGET${canary:+-canary}
mkdir -p "$build"
include="-ISources/Generated/WireMessages/include -ISources/CShims/include"
# The C code of the messages, under the sanitizer too.
messages() {
    for source in Sources/CShims/*.c Sources/Generated/WireMessages/baidu_std/*.c Sources/Generated/WireMessages/jiesuan/v1/*.c; do
        clang -g -O1 -fsanitize=address,fuzzer-no-link $include -c "$source" -o "$build/$(basename "$source" .c).o"
    done
    ls "$build"/*.o
}
# The files of RPC with these names.
rpc() {
    for name in "$@"; do find Sources/RPC -name "$name.swift"; done
}
corpus=Tests/Fuzz/$FUZZ_TARGET
case $FUZZ_TARGET in
packets)
    corpus=Tests/Fuzz/corpus
    sources=$(rpc AnswerLanguage Arena CallStatus Checksum Compression ContentType Deflater FailureParts FrameDecoder \
        Inflater Limits MetaFeatures MetaRefusal MetaWriter OperatorField RequestTraits RPCMeta Snappy WireFields)
    sources="$sources Tests/RPCTests/Wire/FuzzTarget.swift"
    flags="-lz -lsnappy -lprotobuf-c $(messages)"
    ;;
http1)
    sources=$(rpc AnswerLanguage BearerToken Compression FailureParts HTTP1Chunks HTTP1Content HTTP1Decoder HTTP1Failure \
        HTTP1Field HTTP1Guard HTTP1Head HTTP1HeadParser HTTP1HeadScanner HTTP1Limits HTTP1Refusal HTTP1RequestID \
        Limits MessageForm)
    # Statuses, which the other forms of a message answer with.
    sources="$sources $(rpc CallStatus)"
    sources="$sources Tests/RPCTests/HTTP1/HTTP1FuzzTarget.swift Tests/RPCTests/HTTP1/PlainHTTP1.swift"
    flags="-D FUZZ_HTTP1"
    ;;
http2)
    sources=$(rpc AnswerLanguage BearerToken CallStatus Compression FailureParts Limits StreamMethod)
    # All but the door itself, which knows the pool.
    sources="$sources $(find Sources/RPC/HTTP2 Sources/RPC/GRPC -name '*.swift' ! -name GRPCDoor.swift)"
    sources="$sources Tests/RPCTests/GRPC/GRPCFuzzTarget.swift"
    flags="-D FUZZ_HTTP2"
    ;;
json)
    sources="$(find Sources/ProtoJSON -name '*.swift') $(rpc WireFields)"
    sources="$sources $(find Sources/Policy -name NearestName.swift) Tests/ProtoJSONTests/JSONFuzzTarget.swift"
    # What is imported is compiled in here; the modules of these names are empty.
    for module in RPC Policy; do
        echo >"$build/$module.swift"
        swiftc -parse-as-library -emit-module -module-name $module -emit-module-path "$build/$module.swiftmodule" \
            "$build/$module.swift"
    done
    flags="-D FUZZ_JSON -I$build -lz -lsnappy -lprotobuf-c $(messages)"
    ;;
*)
    echo "no target $FUZZ_TARGET; there are: packets, http1, http2, json" >&2
    exit 2
    ;;
esac
findings=${canary:+$build/}
findings=${findings:-$corpus/}
dictionary=
[ -f "$corpus.dict" ] && dictionary=-dict=$corpus.dict
# SwiftPM writes such a module map for CShims itself.
mkdir -p "$build/CShims"
printf 'module CShims { umbrella header "%s/Sources/CShims/include/CShims.h" export * }\n' "$PWD" \
    > "$build/CShims/module.modulemap"
rm -f "$build/fuzz"
if ! swiftc -gline-tables-only -O -wmo -sanitize=fuzzer,address -parse-as-library -swift-version 6 -D FUZZING ${canary:+-D FUZZ_CANARY} \
    -package-name jiesuan -module-name JiesuanFuzz -ISources/Generated/WireMessages/include -I"$build/CShims" \
    -Xcc -ISources/CShims/include \
    $sources Tests/Fuzz/entry.swift $flags -o "$build/fuzz" >"$build/log" 2>&1; then
    # The linker warns of hundreds of the sanitizer's symbols.
    grep -av 'Cannot export local symbol' "$build/log" >&2
    exit 1
fi
seconds=${FUZZ_SECONDS:-60}
# It ends when the fault is found, within seconds on a machine that has nothing else to do.
[ -n "$canary" ] && seconds=600
# New inputs gather in the build directory; the committed corpus only seeds.
mkdir -p "$build/found"
status=0
SWIFT_BACKTRACE=enable=no ASAN_OPTIONS=quarantine_size_mb=16 timeout -k 10 $((seconds + 120)) "$build/fuzz" -max_total_time="$seconds" \
    -runs="${FUZZ_RUNS:--1}" -max_len="${FUZZ_BYTES:-4096}" -timeout=25 -rss_limit_mb=2048 -print_final_stats=1 \
    -artifact_prefix="$findings" $dictionary "$build/found" "$corpus" </dev/null 2>"$build/log" || status=$?
if [ -n "$canary" ]; then
    [ "$status" -ne 0 ] && echo "$FUZZ_TARGET: the planted fault was found" && exit 0
    tail -n 20 "$build/log" >&2
    echo "$FUZZ_TARGET: the planted fault was NOT found" && exit 1
fi
[ "$status" -eq 0 ] || cat "$build/log" >&2
sed -n 's/^stat::number_of_executed_units: *//p' "$build/log" >>"$build/executions"
awk -v target="$FUZZ_TARGET" '{ sum += $1 } END { printf "%s: %d executions, %d in all runs\n", target, $1, sum }' \
    "$build/executions"
exit "$status"
