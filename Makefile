# `make run` and `make test` do everything on a fresh machine that has a Swift toolchain.
.PHONY: run test lint format docs torture index-figures bench build setup proto fuzz clean

SHELL := /bin/bash
BUILD := swift build -c release
# Which commit was built: `jiesuan --version` reads it.
STAMP := .ci/stamp .build/release/jiesuan

# Installs the Debian packages that are missing, each by its name.
PACKAGES := libprotobuf-c-dev protobuf-c-compiler zlib1g-dev libmd-dev libsqlite3-dev libxlsxwriter-dev libnghttp2-dev libsnappy-dev libssl-dev
TEST_PACKAGES := protobuf-compiler python3-protobuf python3-openpyxl python3-venv nodejs curl prometheus openssl
LINT_PACKAGES := shellcheck python3-venv
DOCS_PACKAGES := protobuf-compiler python3-protobuf

setup:
	@command -v swift >/dev/null || { echo "A Swift toolchain (6.2 or later) is needed: see https://www.swift.org/install"; exit 1; }
	@.ci/install $(PACKAGES)

build: setup
	$(BUILD) --product jiesuan
	$(STAMP)

# Settles the sources' worked examples and a million generated claims over TCP, and shows what came out.
run: build
	.build/release/jiesuan demo

# Builds once, for release: the suite settles some million random claims twice.
test: setup
	@.ci/install $(TEST_PACKAGES)
	@.ci/venv .build/interop Tests/Interop/requirements.txt
	$(BUILD) --build-tests
	$(STAMP)
	.ci/suite

# What `make test` leaves out of clients, some minutes: all examples and all generated code compiled by Debian's
# compilers, and the HTTP door called as its own OpenAPI description says, by schemathesis.
CLIENT_PACKAGES := g++ libgrpc++-dev libprotobuf-dev protobuf-compiler-grpc pkg-config default-jdk-headless libprotobuf-java libgrpc-java libnetty-java libperfmark-java golang-go golang-google-protobuf-dev protoc-gen-go-1-5 golang-google-grpc-dev

interop: build
	@.ci/install $(TEST_PACKAGES) $(CLIENT_PACKAGES)
	@.ci/venv .build/interop Tests/Interop/requirements.txt
	@.ci/venv .build/schemathesis Tests/Interop/schemathesis.txt
	Examples/try.sh --all
	/usr/bin/python3 -B Tests/Interop/languages_test.py --all
	/usr/bin/python3 -B Tests/Interop/openapi_test.py .build/release/jiesuan .build/schemathesis/bin/schemathesis

# Style and slips: Swift, shell and Python, some ten seconds. PART=python make lint for one of them.
PART ?=

lint: setup
	@.ci/install $(LINT_PACKAGES)
	.ci/lint $(PART)

# Breaks lines as `make lint` wants them.
format:
	swift format --in-place --parallel --recursive Package.swift Sources Tests Benchmarks

# References in .build/docs: every service and message from Proto/ on one page, and the Swift library's by DocC.
docs: build
	@.ci/install $(DOCS_PACKAGES)
	docs/reference/make.sh

# What is promised under faults, a figure for each: KILLS=200 kills under load, flips, heavy questions, crowds of
# connections, full disks, wrong clocks. TORTURE_MINUTES=30 at most; TORTURE='--only 34 --seconds 5' for a part of it,
# TORTURE=--list for the parts. The table goes to docs/reliability.md with TORTURE='--page docs/reliability.md'.
KILLS ?= 200
TORTURE ?=

torture: setup
	@.ci/install $(TEST_PACKAGES)
	$(BUILD) --build-tests
	$(STAMP)
	JIESUAN_KILLS=$(KILLS) /usr/bin/python3 Tests/Torture/torture.py $(TORTURE)

# Tries the ledger's indexes with many entries and prints what they take.
INDEX_ENTRIES ?= 10000000

index-figures: setup
	$(BUILD) --build-tests
	$(STAMP)
	INDEX_FIGURES=$(INDEX_ENTRIES) swift test -c release --skip-build --filter IndexFigures

# Makes the tables of docs/ anew that are made from the code: commands, methods, parameters (committed; a test compares).
.PHONY: documents
documents: setup
	$(BUILD) --build-tests
	UPDATE_DOCUMENTS=1 swift test -c release --skip-build --filter 'ProjectTests|AccessPageTests'

# Measures the server beside its peers and the machine's limits, ROUNDS times in turns, and makes the report in
# .build/bench: ROUNDS=3 make bench, QUICK=1 make bench. PEERS names the contenders; see Benchmarks/run.sh --help.
bench:
	Benchmarks/run.sh $(if $(QUICK),--quick)

# Feeds the decoders random bytes under the address sanitizer: FUZZ_SECONDS=600 make fuzz
fuzz: setup
	Tests/Fuzz/run.sh

# Regenerates what is made of Proto/ (committed; a test compares): the C message code of our own protocol, and the
# descriptions of all files and the bundle for clients that the server hands out.
MESSAGES := Sources/Generated/WireMessages

proto: setup
	@.ci/install $(DOCS_PACKAGES)
	rm -rf $(addprefix $(MESSAGES)/,baidu_std jiesuan include/baidu_std include/jiesuan)
	cd Proto && protoc-c --c_out=../$(MESSAGES) -I. baidu_std/*.proto jiesuan/v1/*.proto
	mkdir -p $(MESSAGES)/include/baidu_std $(MESSAGES)/include/jiesuan/v1
	mv $(MESSAGES)/baidu_std/*.h $(MESSAGES)/include/baidu_std/
	mv $(MESSAGES)/jiesuan/v1/*.h $(MESSAGES)/include/jiesuan/v1/
	/usr/bin/python3 -B Proto/embed.py $(MESSAGES)
	Proto/modulemap $(MESSAGES)/include > $(MESSAGES)/include/module.modulemap

# The .proto files for developers of clients, with how to generate code: .build/protos/jiesuan-protos-VERSION.zip
.PHONY: protos
protos:
	@/usr/bin/python3 -B Proto/bundle.py .build/protos

clean:
	rm -rf .build
