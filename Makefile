# `make run` and `make test` do everything on a fresh machine that has a Swift toolchain.
.PHONY: run test torture index-figures bench build setup proto fuzz clean

SHELL := /bin/bash
BUILD := swift build -c release

# Installs the Debian packages that are missing, each by its name.
PACKAGES := libprotobuf-c-dev protobuf-c-compiler zlib1g-dev libmd-dev libsqlite3-dev libxlsxwriter-dev
TEST_PACKAGES := protobuf-compiler python3-protobuf python3-openpyxl

setup:
	@command -v swift >/dev/null || { echo "A Swift toolchain (6.2 or later) is needed: see https://www.swift.org/install"; exit 1; }
	@.ci/install $(PACKAGES)

build: setup
	$(BUILD) --product jiesuan

# Settles the sources' worked examples and a million generated claims over TCP, and shows what came out.
run: build
	.build/release/jiesuan demo

# Builds once, for release: the suite settles some million random claims twice.
test: setup
	@.ci/install $(TEST_PACKAGES)
	$(BUILD) --build-tests
	.ci/suite

# What is promised under faults, a figure for each: KILLS=200 kills under load, flips, heavy questions, crowds of
# connections, full disks, wrong clocks. TORTURE_MINUTES=30 at most; TORTURE='--only 34 --seconds 5' for a part of it,
# TORTURE=--list for the parts. The table goes to docs/reliability.md with TORTURE='--page docs/reliability.md'.
KILLS ?= 200
TORTURE ?=

torture: setup
	@.ci/install $(TEST_PACKAGES)
	$(BUILD) --build-tests
	JIESUAN_KILLS=$(KILLS) /usr/bin/python3 Tests/Torture/torture.py $(TORTURE)

# Tries the ledger's indexes with many entries and prints what they take.
INDEX_ENTRIES ?= 10000000

index-figures: setup
	$(BUILD) --build-tests
	INDEX_FIGURES=$(INDEX_ENTRIES) swift test -c release --skip-build --filter IndexFigures

# Measures the server beside its peers and the machine's limits, ROUNDS times in turns, and makes the report in
# .build/bench: ROUNDS=3 make bench, QUICK=1 make bench. PEERS names the contenders; see Benchmarks/run.sh --help.
bench:
	Benchmarks/run.sh $(if $(QUICK),--quick)

# Feeds the decoders random bytes under the address sanitizer: FUZZ_SECONDS=600 make fuzz
fuzz: setup
	Tests/Fuzz/run.sh

# Regenerates the C message code from Proto/ (committed; a test compares).
proto: setup
	rm -rf Sources/WireMessages/baidu_std Sources/WireMessages/jiesuan Sources/WireMessages/include/baidu_std Sources/WireMessages/include/jiesuan
	cd Proto && protoc-c --c_out=../Sources/WireMessages -I. baidu_std/*.proto jiesuan/v1/*.proto
	mkdir -p Sources/WireMessages/include/baidu_std Sources/WireMessages/include/jiesuan/v1
	mv Sources/WireMessages/baidu_std/*.h Sources/WireMessages/include/baidu_std/
	mv Sources/WireMessages/jiesuan/v1/*.h Sources/WireMessages/include/jiesuan/v1/
	Proto/modulemap Sources/WireMessages/include > Sources/WireMessages/include/module.modulemap

clean:
	rm -rf .build
