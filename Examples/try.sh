#!/usr/bin/env bash
# Builds and runs the examples of every language that is installed here, against a server of its own: each has to print
# what the calculator gives for the same claim. Usage: Examples/try.sh [JIESUAN]
set -euo pipefail
cd "$(dirname "$0")/.."
jiesuan=$(realpath "${1:-.build/release/jiesuan}")
expected="funds 189000 account 91000 cash 0"
protos=(Proto/baidu_std/*.proto Proto/jiesuan/v1/*.proto)
work=$(mktemp -d)
trap 'kill "$(jobs -p)" 2>/dev/null || true; rm -rf "$work"' EXIT

"$jiesuan" serve --port 0 >"$work/listening" 2>"$work/log" &
for _ in $(seq 200); do
    grep -q listening "$work/listening" && break
    sleep 0.05
done
address=$(sed -n 's/^listening on //p' "$work/listening")
host=${address%:*}
port=${address##*:}
failed=0
tried=0

# Compares what a language's example printed: check NAME OUTPUT.
check() {
    tried=$((tried + 1))
    if [ "$2" = "$expected" ]; then
        echo "$1: $2"
    else
        echo "$1: printed '$2', not '$expected'"
        failed=1
    fi
}

# True where all the named programs are installed; else says what is missing: has NAME PROGRAM...
has() {
    local name=$1 program
    shift
    for program in "$@"; do
        command -v "$program" >/dev/null || { echo "$name: not tried, $program is not installed"; return 1; }
    done
}

if has C++ g++ protoc; then
    mkdir "$work/cpp"
    protoc --cpp_out="$work/cpp" -I Proto "${protos[@]}"
    g++ -O1 -I "$work/cpp" Examples/cpp/calculate.cpp "$work"/cpp/baidu_std/rpc_meta.pb.cc \
        "$work"/cpp/jiesuan/v1/{calculation_service,claim,error,outcome,person}.pb.cc -lprotobuf -lpthread \
        -o "$work/cpp/calculate"
    check C++ "$("$work/cpp/calculate" "$host" "$port")"
fi

if has Go go protoc protoc-gen-go; then
    mkdir -p "$work/go/src/jiesuan.example"
    protoc --go_out="$work/go/src" -I Proto "${protos[@]}"
    GO111MODULE=off GOPATH="$work/go:/usr/share/gocode" GOCACHE="$work/go/cache" \
        go build -o "$work/go/calculate" Examples/go/calculate.go
    check Go "$("$work/go/calculate" "$address")"
fi

protobuf_java=/usr/share/java/protobuf.jar
if has Java javac java protoc; then
    if [ -f "$protobuf_java" ]; then
        mkdir "$work/java" "$work/classes"
        protoc --java_out="$work/java" -I Proto "${protos[@]}"
        javac -cp "$protobuf_java" -sourcepath "$work/java" -d "$work/classes" Examples/java/Calculate.java
        check Java "$(java -cp "$protobuf_java:$work/classes" Calculate "$host" "$port")"
    else
        echo "Java: not tried, $protobuf_java is not installed"
    fi
fi

echo "$tried examples tried"
exit "$failed"
