#!/bin/sh
# Fuzzes what the network reaches before any socket matters: frames, meta, inflate, protobuf-c's unpack.
# libFuzzer and AddressSanitizer; FUZZ_SECONDS (60) bounds the run. Exit status 0: nothing found.
# A finding is left in Tests/Fuzz/corpus as crash-… : fix it, keep the file, the suite replays it from then on.
# FUZZ_CANARY=1 plants a fault and succeeds only when the fuzzer finds it.
#
# Lists of arguments and of files are meant to fall apart at their spaces:
# shellcheck disable=SC2086
set -eu
cd "$(dirname "$0")/../.."
canary=${FUZZ_CANARY:-}
build=.build/fuzz${canary:+-canary}
findings=${canary:+$build/}
findings=${findings:-Tests/Fuzz/corpus/}
mkdir -p "$build"
include="-ISources/Generated/WireMessages/include -ISources/CShims/include"
for source in Sources/CShims/*.c Sources/Generated/WireMessages/baidu_std/*.c Sources/Generated/WireMessages/jiesuan/v1/*.c; do
    clang -g -O1 -fsanitize=address,fuzzer-no-link $include -c "$source" -o "$build/$(basename "$source" .c).o"
done
# SwiftPM writes such a module map for CShims itself.
mkdir -p "$build/CShims"
printf 'module CShims { umbrella header "%s/Sources/CShims/include/CShims.h" export * }\n' "$PWD" \
    > "$build/CShims/module.modulemap"
pure="AnswerLanguage Arena Checksum Compression Deflater FrameDecoder Inflater Limits MetaFeatures MetaWriter RequestTraits RPCMeta Snappy WireFields"
sources=$(for name in $pure; do find Sources/RPC -name "$name.swift"; done)
swiftc -g -O -sanitize=fuzzer,address -parse-as-library -swift-version 6 -D FUZZING ${canary:+-D FUZZ_CANARY} \
    -package-name jiesuan -module-name JiesuanFuzz -ISources/Generated/WireMessages/include -I"$build/CShims" \
    -Xcc -ISources/CShims/include \
    $sources Tests/RPCTests/Wire/FuzzTarget.swift Tests/Fuzz/entry.swift "$build"/*.o -lz -lsnappy -lprotobuf-c -o "$build/fuzz"
seconds=${FUZZ_SECONDS:-60}
# New inputs gather in the build directory; the committed corpus only seeds.
mkdir -p "$build/found"
status=0
timeout -k 10 $((seconds + 120)) "$build/fuzz" -max_total_time="$seconds" -max_len=65536 -timeout=25 \
    -rss_limit_mb=2048 -print_final_stats=1 -artifact_prefix="$findings" \
    "$build/found" Tests/Fuzz/corpus </dev/null || status=$?
if [ -n "$canary" ]; then
    [ "$status" -ne 0 ] && echo "the planted fault was found" && exit 0
    echo "the planted fault was NOT found" && exit 1
fi
exit "$status"
