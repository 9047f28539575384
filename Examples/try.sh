#!/usr/bin/env bash
# Builds and runs the examples of every language that is installed here, against a server of its own with a ledger, and
# compares what they print. What is missing is said; with --all it is a failure. With --interpreted those that need a
# compiler, a minute of work, are left out.
# Usage: Examples/try.sh [--all | --interpreted] [JIESUAN [PYTHON]]
#   JIESUAN  the server, .build/release/jiesuan by default
#   PYTHON   one that has grpcio and grpcio-tools, .build/interop/bin/python by default (.ci/venv makes it)
set -euo pipefail
cd "$(dirname "$0")/.."
mode=${1:-}
case $mode in
--all | --interpreted) shift ;;
esac
jiesuan=$(realpath "${1:-.build/release/jiesuan}")
python=${2:-.build/interop/bin/python}
protos=(Proto/baidu_std/*.proto Proto/jiesuan/v1/*.proto)
work=$(mktemp -d)
trap 'kill "$(jobs -p)" 2>/dev/null || true; rm -rf "$work"' EXIT

"$jiesuan" serve --port 0 --ledger "$work/ledger.db" >"$work/listening" 2>"$work/log" &
for _ in $(seq 400); do
    grep -q listening "$work/listening" && break
    sleep 0.05
done
address=$(sed -n 's/^listening on //p' "$work/listening")
host=${address%:*}
port=${address##*:}
Examples/register.sh "$address" "$jiesuan"
failed=0
tried=0

# Runs a language's example and compares what it printed: check NAME REFUSAL COMMAND...
check() {
    local name=$1 refusal=$2 output
    shift 2
    tried=$((tried + 1))
    local expected="calculated funds 189000 account 91000 cash 0
settled funds 0 account 0 cash 5000
asked again: the same answer
looked up: person 101 in chongqing
taken back: yes
refused: $refusal SETTLEMENT_REVERSED"
    output=$("$@" 2>&1) || true
    if [ "$output" = "$expected" ]; then
        echo "$name: as it should be"
    else
        printf '%s: printed\n%s\nnot\n%s\n' "$name" "$output" "$expected"
        failed=1
    fi
}

# The names of .proto files, without the ending, and of all that they import: imported NAME...
imported() {
    local files=("${@/%/.proto}") found
    mapfile -t found < <({
        printf '%s\n' "$@"
        (cd Proto && sed -n 's/^import "\(.*\)\.proto";/\1/p' "${files[@]}")
    } | sort -u)
    if [ ${#found[@]} = $# ]; then printf '%s\n' "${found[@]}"; else imported "${found[@]}"; fi
}

missing() {
    echo "$1: not tried, $2 is not installed"
    [ "$mode" != --all ] || failed=1
}

# True where all the named programs and files are there; else says what is missing: has NAME PROGRAM_OR_FILE...
has() {
    local name=$1 thing
    shift
    for thing in "$@"; do
        command -v "$thing" >/dev/null || [ -f "$thing" ] || { missing "$name" "$thing"; return 1; }
    done
}

if has shell curl; then check shell 4105 Examples/shell/settle.sh "$address" example-shell; fi

if has JavaScript node; then check JavaScript 4105 node Examples/javascript/settle.mjs "$address" example-js; fi

if has "Python, gRPC" "$python"; then
    check "Python, gRPC" FAILED_PRECONDITION "$python" -B Examples/python-grpc/settle.py "$address" example-python-grpc
fi

if [ "$mode" = --interpreted ]; then
    echo "$tried examples tried"
    exit "$failed"
fi

messages=()
if has C++ g++ protoc /usr/include/google/protobuf/message.h; then
    mkdir "$work/cpp"
    protoc --cpp_out="$work/cpp" -I Proto "${protos[@]}"
    for name in baidu_std/rpc_meta $(imported jiesuan/v1/{calculation,settlement}_service); do
        g++ -O0 -I "$work/cpp" -c "$work/cpp/$name.pb.cc" -o "$work/cpp/$name.o"
        messages+=("$work/cpp/$name.o")
    done
    g++ -O0 -I "$work/cpp" Examples/cpp/settle.cpp "${messages[@]}" -lprotobuf -lpthread -o "$work/cpp/settle"
    check C++ 4105 "$work/cpp/settle" "$host" "$port" example-cpp
fi

if [ ${#messages[@]} -gt 0 ] && has "C++, gRPC" grpc_cpp_plugin pkg-config /usr/include/grpcpp/grpcpp.h; then
    # Stubs for brpc and for gRPC have the same names: services are made without the former, messages are the same.
    cp -r Proto "$work/grpc"
    sed -i '/^option cc_generic_services/d' "$work"/grpc/jiesuan/v1/*.proto
    mkdir "$work/cpp-grpc"
    protoc --cpp_out="$work/cpp-grpc" --grpc_out="$work/cpp-grpc" \
        --plugin=protoc-gen-grpc="$(command -v grpc_cpp_plugin)" -I "$work/grpc" "$work"/grpc/jiesuan/v1/*.proto
    # Abseil, which the stubs' headers use, is some dozens of them.
    read -ra libraries < <(pkg-config --libs grpc++ protobuf)
    shared=()
    for object in "${messages[@]}"; do
        case $object in *_service.o | */rpc_meta.o) ;; *) shared+=("$object") ;; esac
    done
    g++ -O0 -I "$work/cpp-grpc" Examples/cpp-grpc/settle.cpp "${shared[@]}" \
        "$work"/cpp-grpc/jiesuan/v1/{calculation,settlement}_service.{pb,grpc.pb}.cc \
        -o "$work/cpp/settle-grpc" "${libraries[@]}"
    check "C++, gRPC" 9 "$work/cpp/settle-grpc" "$address" example-cpp-grpc
fi

if has Go go protoc protoc-gen-go; then
    mkdir -p "$work/go/src"
    protoc --go_out="$work/go/src" -I Proto "${protos[@]}"
    GO111MODULE=off GOPATH="$work/go:/usr/share/gocode" go build -o "$work/go/settle" Examples/go/settle.go
    check Go 4105 "$work/go/settle" "$address" example-go
    if has "Go, gRPC" /usr/share/gocode/src/google.golang.org/grpc/clientconn.go; then
        GO111MODULE=off GOPATH="$work/go:/usr/share/gocode" go build -o "$work/go/settle-grpc" Examples/go-grpc/settle.go
        check "Go, gRPC" FailedPrecondition "$work/go/settle-grpc" "$address" example-go-grpc
    fi
fi

protobuf_java=/usr/share/java/protobuf.jar
if has Java javac java protoc "$protobuf_java"; then
    mkdir "$work/java" "$work/classes"
    protoc --java_out="$work/java" -I Proto "${protos[@]}"
    javac -nowarn -cp "$protobuf_java" -sourcepath "$work/java" -d "$work/classes" Examples/java/Settle.java
    check Java 4105 java -cp "$protobuf_java:$work/classes" Settle "$host" "$port" example-java
    jars=(/usr/share/java/{grpc-{api,context,core,netty,protobuf,protobuf-lite,stub},guava,perfmark-api}.jar
        /usr/share/java/netty-{buffer,codec{,-http,-http2,-socks},common,handler{,-proxy},resolver,transport}.jar)
    if has "Java, gRPC" "${jars[@]}"; then
        mkdir "$work/classes-grpc"
        path=$(IFS=:; echo "$protobuf_java:${jars[*]}:$work/classes-grpc")
        javac -nowarn -proc:none -cp "$path" -sourcepath "$work/java" -d "$work/classes-grpc" \
            Examples/java-grpc/Settle.java
        check "Java, gRPC" FAILED_PRECONDITION java -cp "$path" Settle "$address" example-java-grpc
    fi
fi

echo "$tried examples tried"
exit "$failed"
