# Everything below installs what it needs first; see scripts/setup.sh.
.PHONY: setup build static install uninstall demo test docs format bench bench-peers fuzz clean

BUILD := swift build -c release --product repscope
PREFIX ?= /usr/local
export DESTDIR

setup:
	@scripts/setup.sh

build: setup
	@$(BUILD)

## A tool that needs neither Swift nor the libraries where it runs: .build/static/release/repscope
static:
	@scripts/setup.sh --static
	@scripts/build-static

## Tool, manual pages, completions, licence and small checkpoints into PREFIX; with STATIC=1 the tool of `make static`
install: $(if $(filter 1,$(STATIC)),static,build)
	@scripts/install $(if $(filter 1,$(STATIC)),.build/static/release,"$$($(BUILD) --show-bin-path)")/repscope "$(PREFIX)"

uninstall:
	@scripts/install --remove "$(PREFIX)"

## The whole way on shipped checkpoints: archives, table and figures in ./demo
demo: build
	@"$$($(BUILD) --show-bin-path)/repscope" demo --fixtures fixtures/mnist --output demo

## Layout check and all tests
test: setup
	swift format lint --strict --recursive Package.swift Sources Tests Benchmarks/Package.swift Benchmarks/Sources
	swift build --build-tests
	swift test --skip-build

## Documentation of all modules, with DocC's warnings as errors: .build/docs
docs: setup
	swift build
	@scripts/build-docs

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
