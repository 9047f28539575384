#!/usr/bin/env bash
# Makes Sources/WireMessages anew from Proto/ (committed, because building the two generators takes minutes).
# Needs protoc (protobuf-compiler). Usage: generate.sh
set -euo pipefail
cd "$(dirname "$0")"
proto=../../../Proto
swift build -c release --product protoc-gen-swift
swift build -c release --product protoc-gen-grpc-swift-2
tools=$(swift build -c release --show-bin-path)
rm -rf Sources/WireMessages
mkdir -p Sources/WireMessages
messages=("$proto"/jiesuan/v1/{claim,error,outcome,person,calculation_service}.proto ../peer.proto)
services=("$proto"/jiesuan/v1/calculation_service.proto ../peer.proto)
protoc -I"$proto" -I.. --plugin="$tools/protoc-gen-swift" \
    --swift_out=Sources/WireMessages --swift_opt=Visibility=Public "${messages[@]}"
protoc -I"$proto" -I.. --plugin=protoc-gen-grpc-swift="$tools/protoc-gen-grpc-swift-2" \
    --grpc-swift_out=Sources/WireMessages --grpc-swift_opt=Visibility=Public,Client=false "${services[@]}"
