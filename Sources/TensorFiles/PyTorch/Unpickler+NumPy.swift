// NumPy's arrays and scalars, as their own pickles describe them.
extension Unpickler {
  static let arrayClass = "numpy.ndarray"

  /// The type from `dtype('f4', align, copy)`; its state gives the byte order later.
  mutating func numpyType(_ arguments: [Int]) throws -> Int {
    make(.numpyType(try text(try argument(0, of: arguments)), .native))
  }

  /// The byte order in a type's state: (version, order, ...).
  func numpyByteOrder(state: Int) throws -> ByteOrder {
    switch try text(try argument(1, of: try items(state))) {
    case "<": .littleEndian
    case ">": .bigEndian
    default: .native
    }
  }

  /// An array from its state (version, shape, type, is Fortran order, bytes); nil where its
  /// elements are no numbers: it stays an object then.
  mutating func numpyArray(state: Int) throws -> TorchNode? {
    let parts = try items(state)
    guard parts.count == 5, case .numpyType(let name, let order) = tables.nodes[parts[2]],
      let type = ElementType(numpyName: name), case .bytes(let bytes) = tables.nodes[parts[4]]
    else { return nil }
    guard case .bool(let isFortranOrder) = tables.nodes[parts[3]] else {
      throw failure("an array without its order of elements")
    }
    return try array(bytes, type, order, shape: try integers(parts[1]), isFortranOrder: isFortranOrder)
  }

  /// An array from `_frombuffer(bytes, type, shape, order)`, as protocol 5 has it; an object where
  /// its elements are no numbers.
  mutating func numpyFromBuffer(_ arguments: [Int]) throws -> Int {
    guard case .numpyType(let name, let order) = tables.nodes[try argument(1, of: arguments)] else {
      throw failure("an array without a type")
    }
    guard let type = ElementType(numpyName: name) else {
      return newPlainObject(Self.arrayClass, arguments)
    }
    let isFortranOrder = try text(try argument(3, of: arguments)) == "F"
    return make(
      try array(
        try bytes(try argument(0, of: arguments)), type, order,
        shape: try integers(try argument(2, of: arguments)), isFortranOrder: isFortranOrder))
  }

  /// A number from `scalar(type, bytes)`.
  mutating func numpyScalar(_ arguments: [Int]) throws -> Int {
    guard case .numpyType(let name, let order) = tables.nodes[try argument(0, of: arguments)],
      let type = ElementType(numpyName: name)
    else { throw failure(.unsupported, "a NumPy scalar that is no number") }
    let bytes = try bytes(try argument(1, of: arguments))
    guard bytes.range.count == type.byteCount else {
      throw failure(.sizeMismatch, "\(bytes.range.count) bytes for \(type)", expected: "\(type.byteCount)")
    }
    let scalar = try Tensor(
      name: "", shape: [], elementType: type, storage: bytes.storage, byteOffset: bytes.range.lowerBound,
      byteOrder: order)
    let node: TorchNode =
      if type == .bool {
        .bool(try scalar.integers() != [0])
      } else if type.isFloatingPoint {
        .float(try scalar.doubles()[0])
      } else {
        try wholeNumber(scalar)
      }
    return make(node)
  }

  /// An integer; an unsigned one of 64 bits may be beyond `Int`.
  private func wholeNumber(_ scalar: Tensor) throws -> TorchNode {
    if let value = try? scalar.integers() { return .integer(value[0]) }
    let bytes = try scalar.storage.load()[scalar.byteOffset..<scalar.byteOffset + 8]
    let littleEndian = scalar.byteOrder == .littleEndian ? Array(bytes) : bytes.reversed()
    return .largeInteger(DecimalDigits(twosComplement: littleEndian + [0]).text)
  }

  private mutating func array(
    _ bytes: PickledBytes, _ type: ElementType, _ order: ByteOrder, shape: [Int], isFortranOrder: Bool
  ) throws -> TorchNode {
    let count = try Tensor.elementCount(of: shape, storage: storage, place: nil)
    guard count * type.byteCount == bytes.range.count else {
      throw failure(
        .sizeMismatch, "\(bytes.range.count) bytes for a NumPy array \(type) \(shape)",
        expected: "\(count * type.byteCount)")
    }
    let strides = try Tensor.contiguousStrides(
      of: shape, isFortranOrder: isFortranOrder, storage: storage, place: nil)
    tables.tensors.append(
      .numpy(
        try Tensor(
          name: "", shape: shape, strides: strides, elementType: type, storage: bytes.storage,
          byteOffset: bytes.range.lowerBound, byteOrder: order)))
    return .tensor(tables.tensors.count - 1)
  }
}
