extension Tensor {
  /// Calls `body` with the elements in C order and little-endian bytes: in place where they are so
  /// already, else with a copy.
  func withLittleEndianBytes(_ body: (UnsafeRawBufferPointer) throws -> Void) throws {
    guard count > 0 else { return try body(UnsafeRawBufferPointer(start: nil, count: 0)) }
    let size = elementType.byteCount
    let bytes = try storage.load()
    try withExtendedLifetime(storage) {
      if isContiguous, byteOrder == .littleEndian || size == 1 {
        return try body(UnsafeRawBufferPointer(rebasing: bytes[byteOffset..<byteOffset + count * size]))
      }
      var copy: [UInt8] = []
      copy.reserveCapacity(count * size)
      var runs = Runs(shape: shape, strides: strides, rows: 0..<rowCount)
      while let start = runs.next() {
        for index in 0..<runs.length {
          let element = byteOffset + (start + index * runs.stride) * size
          let source = bytes[element..<element + size]
          if byteOrder == .littleEndian { copy += source } else { copy += source.reversed() }
        }
      }
      try copy.withUnsafeBytes(body)
    }
  }
}
