import CKernels

/// Turns numbers into the little-endian bytes of an element type.
///
/// What the type cannot hold is an error: a float beyond Float16, a fraction in an integer type.
/// Floats are rounded to nearest, ties to even, where the type has fewer digits.
struct ElementEncoder {
  let type: ElementType
  /// The file, for errors.
  let path: String
  /// The tensor, for errors.
  let name: String

  func encode(_ values: UnsafeBufferPointer<Float>, _ body: (UnsafeRawBufferPointer) throws -> Void) throws {
    if type == .float32, ByteOrder.native == .littleEndian { return try body(UnsafeRawBufferPointer(values)) }
    // Piece by piece: a tensor may be larger than memory has room for twice.
    var start = 0
    while start < values.count {
      let part = UnsafeBufferPointer(rebasing: values[start..<min(values.count, start + 1 << 16)])
      switch type {
      case .float16: try halves(part, from: start, body)
      case .bfloat16: try converted(part, from: start, body, bfloat16)
      case .float32: try converted(part, from: start, body) { $0.bitPattern }
      case .float64: try converted(part, from: start, body) { Double($0).bitPattern }
      default: try integers(part, from: start, body) { Int(exactly: $0) }
      }
      start += part.count
    }
  }

  func encode(_ values: UnsafeBufferPointer<Int>, _ body: (UnsafeRawBufferPointer) throws -> Void) throws {
    switch type {
    case .float64: try converted(values, from: 0, body) { Double(exactly: $0)?.bitPattern }
    case .float32: try converted(values, from: 0, body) { Float(exactly: $0)?.bitPattern }
    case .float16, .bfloat16:
      let largest = type == .float16 ? 1 << 11 : 1 << 8
      let floats = try values.enumerated().map { position, value in
        guard value.magnitude <= largest else { throw cannotHold("\(value)", at: position) }
        return Float(value)
      }
      try floats.withUnsafeBufferPointer { try encode($0, body) }
    default: try integers(values, from: 0, body) { $0 }
    }
  }

  private func halves(
    _ values: UnsafeBufferPointer<Float>, from start: Int, _ body: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    // 65520 is where rounding to nearest reaches infinity.
    if let position = values.firstIndex(where: { $0.magnitude >= 65520 && $0.isFinite }) {
      throw cannotHold("\(values[position])", at: start + position)
    }
    var halves = [UInt16](repeating: 0, count: values.count)
    halves.withUnsafeMutableBytes {
      repscope_float32_to_float16(values.baseAddress, $0.baseAddress, values.count)
    }
    try write(halves, body)
  }

  private func bfloat16(_ value: Float) -> UInt16? {
    let bits = value.bitPattern
    if value.isNaN { return UInt16(bits >> 16) | 0x40 }
    let rounded = UInt16(truncatingIfNeeded: (bits + 0x7FFF + (bits >> 16 & 1)) >> 16)
    return rounded & 0x7FFF == 0x7F80 && value.isFinite ? nil : rounded
  }

  private func integers<Value>(
    _ values: UnsafeBufferPointer<Value>, from start: Int, _ body: (UnsafeRawBufferPointer) throws -> Void,
    _ whole: (Value) -> Int?
  ) throws {
    switch type {
    case .int64: try converted(values, from: start, body) { whole($0).map(Int64.init) }
    case .int32: try converted(values, from: start, body) { whole($0).flatMap(Int32.init(exactly:)) }
    case .int16: try converted(values, from: start, body) { whole($0).flatMap(Int16.init(exactly:)) }
    case .int8: try converted(values, from: start, body) { whole($0).flatMap(Int8.init(exactly:)) }
    case .uint64: try converted(values, from: start, body) { whole($0).flatMap(UInt64.init(exactly:)) }
    case .uint32: try converted(values, from: start, body) { whole($0).flatMap(UInt32.init(exactly:)) }
    case .uint16: try converted(values, from: start, body) { whole($0).flatMap(UInt16.init(exactly:)) }
    case .uint8: try converted(values, from: start, body) { whole($0).flatMap(UInt8.init(exactly:)) }
    default:
      try converted(values, from: start, body) { value in
        whole(value).flatMap { $0 == 0 || $0 == 1 ? UInt8($0) : nil }
      }
    }
  }

  private func converted<Value, Bits: FixedWidthInteger>(
    _ values: UnsafeBufferPointer<Value>, from start: Int, _ body: (UnsafeRawBufferPointer) throws -> Void,
    _ convert: (Value) -> Bits?
  ) throws {
    var bits: [Bits] = []
    bits.reserveCapacity(values.count)
    for (position, value) in values.enumerated() {
      guard let converted = convert(value) else { throw cannotHold("\(value)", at: start + position) }
      bits.append(converted)
    }
    try write(bits, body)
  }

  private func write(_ bits: [some FixedWidthInteger], _ body: (UnsafeRawBufferPointer) throws -> Void) throws
  {
    try bits.map(\.littleEndian).withUnsafeBytes { try body($0) }
  }

  private func cannotHold(_ value: String, at position: Int) -> TensorFileError {
    TensorFileError(
      .notRepresentable, path: path, place: "tensor \(quoted(name))",
      found: "the value \(value) at element \(position) of those given",
      expected: "values that \(type) can hold")
  }
}
