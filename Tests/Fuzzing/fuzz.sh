#!/bin/sh
# Fuzzes every parser of TensorFiles and Images under AddressSanitizer, one after another.
#
#   Tests/Fuzzing/fuzz.sh [seconds per parser, 600] [parser ...]
#
# Findings and the grown corpora stay in .build-fuzz; a finding ends the run with an error.
set -eu

seconds=${1:-600}
[ $# -gt 0 ] && shift
parsers=${*:-"Safetensors SafetensorsShards NumPyArray NumPyArchive TorchArchive TorchLegacy PNG JPEG"}

root=$(cd "$(dirname "$0")/../.." && pwd)
build="$root/.build-fuzz"
goldens="$root/fixtures/goldens"
mkdir -p "$build/modules/CKernels" "$build/modules/CImageCodecs"
# The module that writes files: compiled once, and not fuzzed.
swiftc -O -sanitize=address -wmo -parse-as-library -swift-version 6 -package-name repscope -module-name Files \
  -emit-module-path "$build/modules/Files.swiftmodule" -c "$root"/Sources/Files/*.swift -o "$build/Files.o"
cat > "$build/modules/CKernels/module.modulemap" <<MAP
module CKernels {
  header "$root/Sources/CKernels/include/HalfFloat.h"
  export *
}
MAP
clang -O2 -c "$root/Sources/CKernels/HalfFloat.c" -I "$root/Sources/CKernels/include" -o "$build/HalfFloat.o"

cat > "$build/modules/CImageCodecs/module.modulemap" <<MAP
module CImageCodecs {
  header "$root/Sources/CImageCodecs/include/CImageCodecs.h"
  export *
}
MAP
for codec in PNG JPEG; do
  clang -O1 -g -fsanitize=address,fuzzer-no-link -c "$root/Sources/CImageCodecs/$codec.c" \
    -I "$root/Sources/CImageCodecs/include" -o "$build/$codec.o"
done

# Of Images what decodes: the rest needs BLAS.
decoding="DecodingOptions Image Image+Decoding ImageError ImageError+File ImageHeader JPEGHeader Orientation PNGHeader"

seeds() {
  case $1 in
  Safetensors) echo "$goldens/containers/expected.safetensors $root/fixtures/containers/arrays.safetensors" ;;
  SafetensorsShards) echo "$goldens/models/clip_hf/model.safetensors.index.json" ;;
  NumPyArray) echo "$root"/fixtures/containers/*.npy ;;
  NumPyArchive) echo "$root"/fixtures/containers/*.npz ;;
  TorchArchive) echo "$goldens/containers/mixed_zip.pt $root/fixtures/containers/repacked.pt" ;;
  PNG) echo "$root"/fixtures/images/*.png ;;
  JPEG) echo "$root"/fixtures/images/*.jpg ;;
  TorchLegacy) echo "$goldens/containers/mixed_legacy.pt" "$root"/fixtures/containers/numpy_protocol*.pt ;;
  esac
}

for parser in $parsers; do
  echo "== $parser"
  corpus="$build/corpus-$parser"
  mkdir -p "$corpus"
  # shellcheck disable=SC2046
  cp $(seeds "$parser") "$corpus"
  [ "$parser" = SafetensorsShards ] &&
    printf '%s' '{"metadata":{"total_size":2},"weight_map":{"a":"x.safetensors"}}' > "$corpus/small.json"
  case $parser in
  PNG | JPEG)
    # shellcheck disable=SC2046
    swiftc -O -g -sanitize=fuzzer,address -parse-as-library -swift-version 6 -package-name repscope \
      -module-name ImagesFuzzing -I "$build/modules/CImageCodecs" -I "$build/modules" \
      $(for file in $decoding; do echo "$root/Sources/Images/$file.swift"; done) \
      "$root/Tests/Fuzzing/Fuzz$parser.swift" "$root/Tests/Fuzzing/FuzzPicture.swift" "$build/PNG.o" "$build/JPEG.o" \
      "$build/Files.o" \
      -lpng -ljpeg -use-ld=lld -o "$build/fuzz-$parser"
    ;;
  *)
    swiftc -O -g -sanitize=fuzzer,address -parse-as-library -swift-version 6 -package-name repscope \
      -module-name TensorFilesFuzzing \
      -I "$root/Sources/CZlib" -I "$build/modules/CKernels" -I "$build/modules" \
      $(find "$root/Sources/TensorFiles" -name "*.swift") "$root/Tests/Fuzzing/FuzzSupport.swift" \
      "$root/Tests/Fuzzing/Fuzz$parser.swift" "$build/HalfFloat.o" "$build/Files.o" -lz -use-ld=lld \
      -o "$build/fuzz-$parser"
    ;;
  esac
  ASAN_OPTIONS=allocator_may_return_null=1:detect_leaks=0 "$build/fuzz-$parser" "$corpus" \
    -max_total_time="$seconds" -max_len=32768 -timeout=10 -rss_limit_mb=4096 -print_final_stats=1 \
    -artifact_prefix="$build/finding-$parser-" > "$build/log-$parser" 2>&1 || {
    tail -40 "$build/log-$parser"
    echo "$parser: a finding, see $build" >&2
    exit 1
  }
  grep -E "number_of_executed_units|average_exec_per_sec|peak_rss_mb|slowest_unit" "$build/log-$parser"
done
