#!/bin/sh
# Fuzzes what the network reaches before any socket matters, one target after the other: packets (frames, meta,
# inflate, protobuf-c's unpack) and http2 (gRPC's calls as frames of HTTP/2). FUZZ_TARGET=http2 for one of them.
# libFuzzer and AddressSanitizer; FUZZ_SECONDS (60) bounds each run. Exit status 0: nothing found.
# A finding is left in the target's corpus as crash-… : fix it, keep the file, the suite replays it from then on.
# FUZZ_CANARY=1 plants a fault and succeeds only when the fuzzer finds it.
#
# Lists of arguments and of files are meant to fall apart at their spaces:
# shellcheck disable=SC2086
set -eu
cd "$(dirname "$0")/../.."
if [ -z "${FUZZ_TARGET:-}" ]; then
    for target in packets http2; do FUZZ_TARGET=$target "$0"; done
    exit 0
fi
canary=${FUZZ_CANARY:-}
build=.build/fuzz-$FUZZ_TARGET${canary:+-canary}
mkdir -p "$build"
include="-ISources/Generated/WireMessages/include -ISources/CShims/include"
case $FUZZ_TARGET in
packets)
    corpus=Tests/Fuzz/corpus
    pure="AnswerLanguage Arena Checksum Compression ContentType Deflater FailureParts FrameDecoder Inflater Limits MetaFeatures MetaWriter OperatorField RequestTraits RPCMeta Snappy WireFields"
    sources=$(for name in $pure; do find Sources/RPC -name "$name.swift"; done)
    sources="$sources Tests/RPCTests/Wire/FuzzTarget.swift"
    flags="-lz -lsnappy -lprotobuf-c"
    for source in Sources/CShims/*.c Sources/Generated/WireMessages/baidu_std/*.c Sources/Generated/WireMessages/jiesuan/v1/*.c; do
        clang -g -O1 -fsanitize=address,fuzzer-no-link $include -c "$source" -o "$build/$(basename "$source" .c).o"
    done
    flags="$flags $(ls "$build"/*.o)"
    ;;
http2)
    corpus=Tests/Fuzz/http2
    pure="AnswerLanguage BearerToken CallStatus Compression FailureParts Limits StreamMethod"
    sources=$(for name in $pure; do find Sources/RPC -name "$name.swift"; done)
    # All but the door itself, which knows the pool.
    sources="$sources $(find Sources/RPC/HTTP2 Sources/RPC/GRPC -name '*.swift' ! -name GRPCDoor.swift)"
    sources="$sources Tests/RPCTests/GRPC/GRPCFuzzTarget.swift"
    flags="-D FUZZ_HTTP2"
    ;;
*)
    echo "no target $FUZZ_TARGET; there are: packets, http2" >&2
    exit 2
    ;;
esac
findings=${canary:+$build/}
findings=${findings:-$corpus/}
# SwiftPM writes such a module map for CShims itself.
mkdir -p "$build/CShims"
printf 'module CShims { umbrella header "%s/Sources/CShims/include/CShims.h" export * }\n' "$PWD" \
    > "$build/CShims/module.modulemap"
swiftc -g -O -wmo -sanitize=fuzzer,address -parse-as-library -swift-version 6 -D FUZZING ${canary:+-D FUZZ_CANARY} \
    -package-name jiesuan -module-name JiesuanFuzz -ISources/Generated/WireMessages/include -I"$build/CShims" \
    -Xcc -ISources/CShims/include \
    $sources Tests/Fuzz/entry.swift $flags -o "$build/fuzz"
seconds=${FUZZ_SECONDS:-60}
# New inputs gather in the build directory; the committed corpus only seeds.
mkdir -p "$build/found"
status=0
timeout -k 10 $((seconds + 120)) "$build/fuzz" -max_total_time="$seconds" -max_len=65536 -timeout=25 \
    -rss_limit_mb=2048 -print_final_stats=1 -artifact_prefix="$findings" \
    "$build/found" "$corpus" </dev/null || status=$?
if [ -n "$canary" ]; then
    [ "$status" -ne 0 ] && echo "the planted fault was found" && exit 0
    echo "the planted fault was NOT found" && exit 1
fi
exit "$status"
