# Everything below installs what it needs first; see scripts/setup.sh.
.PHONY: setup build demo test format bench bench-peers fuzz clean

BUILD := swift build -c release --product repscope

setup:
	@scripts/setup.sh

build: setup
	@$(BUILD)

## The whole way on shipped checkpoints: archives, table and figures in ./demo
demo: build
	@$$($(BUILD) --show-bin-path)/repscope demo --fixtures fixtures/mnist --output demo

## Layout check and all tests
test: setup
	swift format lint --strict --recursive Package.swift Sources Tests Benchmarks/Package.swift Benchmarks/Sources
	swift build --build-tests
	swift test --skip-build

## Writes the layout that `make test` checks
format:
	swift format --in-place --recursive Package.swift Sources Tests Benchmarks/Package.swift Benchmarks/Sources

## How fast, on this machine
bench: setup
	@cd Benchmarks && swift run -c release repscope-benchmarks --no-peers

## The same beside PyTorch and pytorch-cka, in a virtual environment of its own (needs python3; some gigabytes)
bench-peers: setup
	@Benchmarks/peers/setup.sh
	@cd Benchmarks && swift run -c release repscope-benchmarks

## Ten minutes of fuzzing for each parser
fuzz: setup
	@Tests/Fuzzing/fuzz.sh 600

clean:
	rm -rf .build Benchmarks/.build demo
