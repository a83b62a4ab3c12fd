import CKernels
import Glibc

extension Tensor {
  /// The elements as Float32, in C order.
  ///
  /// Integers and Float64 are rounded to nearest: integers are exact up to 2^24. A finite number
  /// that Float32 could only hold as an infinity is an error; infinities and NaN pass.
  ///
  /// - Throws: ``TensorFileError``, for such a number or bytes that cannot be read.
  public func floats() throws -> [Float] {
    try array { try copyFloats(rows: 0..<rowCount, into: $0) }
  }

  /// The elements as Double, in C order: exact, but for 64-bit integers beyond 2^53, which are
  /// rounded to nearest.
  ///
  /// - Throws: ``TensorFileError`` for bytes that cannot be read.
  public func doubles() throws -> [Double] {
    try array { try gather(rows: 0..<rowCount, into: $0) }
  }

  /// The elements as integers, in C order: exact, or an error that names the first element which
  /// is not a whole number within 64 bits.
  ///
  /// - Throws: ``TensorFileError``
  public func integers() throws -> [Int] {
    try array { try gather(rows: 0..<rowCount, into: $0) }
  }

  /// Calls `body` with the elements as Float32, in C order: in place where they are so in the file,
  /// else a converted copy, as `floats()` makes it.
  ///
  /// The pointer is valid until `body` returns.
  ///
  /// - Throws: ``TensorFileError`` as `floats()` does, and what `body` throws.
  public func withFloats<R>(_ body: (UnsafeBufferPointer<Float>) throws -> R) throws -> R {
    guard let floats = mappedFloats else { return try self.floats().withUnsafeBufferPointer(body) }
    return try withExtendedLifetime(storage) { try body(floats) }
  }

  /// Converts `rows` of the first dimension, row-major, into `destination` as Float32.
  ///
  /// Rounds as `floats()` does. A tensor without dimensions has one row. Throws where a row does
  /// not exist or `destination` has fewer elements than the rows.
  public func copyFloats(rows: Range<Int>, into destination: UnsafeMutableBufferPointer<Float>) throws {
    let needed = try elementCount(of: rows, available: destination.count)
    guard needed > 0, let target = destination.baseAddress else { return }
    guard byteOrder == .native, isContiguous else { return try gather(rows: rows, into: destination) }

    try withElements { base in
      let source = base + rows.lowerBound * elementsPerRow * elementType.byteCount
      switch elementType {
      case .float32: memcpy(target, source, needed * MemoryLayout<Float>.size)
      case .float16: repscope_float16_to_float32(source, target, needed)
      case .bfloat16: repscope_bfloat16_to_float32(source, target, needed)
      default: try gather(rows: rows, into: destination)
      }
    }
  }

  /// The length of the first dimension; 1 for a single number.
  public var rowCount: Int { shape.first ?? 1 }

  private var elementsPerRow: Int { rowCount == 0 ? 0 : count / rowCount }

  private func array<T>(_ fill: (UnsafeMutableBufferPointer<T>) throws -> Void) throws -> [T] {
    try [T](unsafeUninitializedCapacity: count) { buffer, initialised in
      // What cannot be loaded must fail before anything is converted.
      _ = try storage.load()
      try fill(UnsafeMutableBufferPointer(rebasing: buffer[..<count]))
      initialised = count
    }
  }

  private func elementCount(of rows: Range<Int>, available: Int) throws -> Int {
    guard rows.lowerBound >= 0, rows.upperBound <= rowCount else {
      throw error(.invalidArgument, found: "rows \(rows)", expected: "rows within 0..<\(rowCount)")
    }
    let needed = rows.count * elementsPerRow
    guard needed <= available else {
      throw error(
        .invalidArgument, found: "a destination of \(available) elements", expected: "\(needed) elements")
    }
    return needed
  }

  /// Calls `body` with the address of the first element, keeping the bytes alive.
  private func withElements<R>(_ body: (UnsafeRawPointer) throws -> R) throws -> R {
    let bytes = try storage.load()
    guard let base = bytes.baseAddress, byteOffset <= bytes.count else {
      throw error(.truncated, found: "\(bytes.count) bytes of storage", expected: "\(storage.byteCount)")
    }
    return try withExtendedLifetime(storage) { try body(base + byteOffset) }
  }

  func error(
    _ code: TensorFileError.Code, found: String, expected: String? = nil, hint: String? = nil
  ) -> TensorFileError {
    storage.error(
      code, at: name.isEmpty ? nil : "tensor \(quoted(name))", found: found, expected: expected, hint: hint)
  }
}

extension Tensor {
  /// Converts any type, order and strides, run by run along the innermost dimension.
  private func gather<Target: ConversionTarget>(
    rows: Range<Int>, into destination: UnsafeMutableBufferPointer<Target>
  ) throws {
    guard try elementCount(of: rows, available: destination.count) > 0 else { return }
    try withElements { base in
      switch elementType {
      case .float64: try gather(rows, base, destination) { Target(element: Double(bitPattern: $0)) }
      case .float32: try gather(rows, base, destination) { Target(element: Float(bitPattern: $0)) }
      case .float16: try gather(rows, base, destination) { Target(element: float16($0)) }
      case .bfloat16:
        try gather(rows, base, destination) { Target(element: Float(bitPattern: UInt32($0 as UInt16) << 16)) }
      case .int64: try gather(rows, base, destination) { Target(element: $0 as Int64) }
      case .int32: try gather(rows, base, destination) { Target(element: $0 as Int32) }
      case .int16: try gather(rows, base, destination) { Target(element: $0 as Int16) }
      case .int8: try gather(rows, base, destination) { Target(element: $0 as Int8) }
      case .uint64: try gather(rows, base, destination) { Target(element: $0 as UInt64) }
      case .uint32: try gather(rows, base, destination) { Target(element: $0 as UInt32) }
      case .uint16: try gather(rows, base, destination) { Target(element: $0 as UInt16) }
      case .uint8: try gather(rows, base, destination) { Target(element: $0 as UInt8) }
      case .bool: try gather(rows, base, destination) { ($0 as UInt8) == 0 ? 0 : 1 }
      }
    }
  }

  private func gather<Bits: FixedWidthInteger, Target>(
    _ rows: Range<Int>, _ base: UnsafeRawPointer, _ destination: UnsafeMutableBufferPointer<Target>,
    _ convert: (Bits) -> Target?
  ) throws {
    let size = MemoryLayout<Bits>.size
    let swaps = byteOrder != .native
    var written = 0
    var runs = Runs(shape: shape, strides: strides, rows: rows)
    while let start = runs.next() {
      var source = base + start * size
      let step = runs.stride * size
      for _ in 0..<runs.length {
        let bits = source.loadUnaligned(as: Bits.self)
        guard let value = convert(swaps ? bits.byteSwapped : bits) else {
          throw error(
            .notRepresentable,
            found: "element \(rows.lowerBound * elementsPerRow + written) of type "
              + "\(elementType) that \(Target.self == Float.self ? "is too large for Float32" : "\(Target.self) cannot hold")",
            expected: Target.self == Int.self ? "a whole number within 64 bits" : "a number within its range")
        }
        destination[written] = value
        written += 1
        source += step
      }
    }
  }
}
