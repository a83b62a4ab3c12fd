/// The header of an npy file: magic, version, length, and a Python dictionary of three entries.
///
/// Source: NumPy's `numpy.lib.format`, versions 1.0 to 3.0.
struct NumPyHeader {
  static let magic: [UInt8] = [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59]
  /// A header says type and shape; no plain array needs this much.
  static let maximumLength = 1 << 16

  let elementType: ElementType
  let byteOrder: ByteOrder
  let isFortranOrder: Bool
  let shape: [Int]
  /// Where the elements begin.
  let dataStart: Int

  /// Reads the header at the start of `bytes`.
  init(_ bytes: UnsafeRawBufferPointer, path: String) throws {
    var reader = ByteReader(bytes, path: path)
    let magic = try reader.take(Self.magic.count)
    guard bytes[magic].elementsEqual(Self.magic) else {
      throw reader.error(.malformed, at: 0, found: "other first bytes", expected: "\\x93NUMPY")
    }
    let version = (try reader.byte(), try reader.byte())
    let length: Int
    switch version {
    case (1, 0): length = Int(try reader.littleEndian(UInt16.self))
    case (2, 0), (3, 0): length = Int(try reader.littleEndian(UInt32.self))
    default:
      throw reader.error(
        .unsupported, at: 6, found: "npy version \(version.0).\(version.1)", expected: "1.0, 2.0 or 3.0")
    }
    guard length <= Self.maximumLength else {
      throw reader.error(
        .limitExceeded, at: 8, found: "a header of \(length) bytes", expected: "at most \(Self.maximumLength)"
      )
    }
    let base = reader.offset
    let text = try reader.take(length)
    var literal = PythonLiteral(
      ByteReader(UnsafeRawBufferPointer(rebasing: bytes[text]), path: path, base: base))

    var description: String?
    var order: Bool?
    var shape: [Int]?
    try literal.dictionary { literal, key in
      switch key {
      case "descr": description = try literal.typeDescription()
      case "fortran_order": order = try literal.boolean()
      case "shape": shape = try literal.tuple()
      default: throw literal.error(.malformed, found: "the key \(quoted(key))")
      }
    }
    guard let description, let order, let shape else {
      throw reader.error(
        .malformed, at: base, found: "an incomplete header", expected: "descr, fortran_order and shape")
    }
    (elementType, byteOrder) = try Self.type(of: description) {
      reader.error($0, at: base, found: $1, expected: $2, hint: $3)
    }
    isFortranOrder = order
    self.shape = shape
    dataStart = text.upperBound
  }

  /// The number of bytes of all elements; an error where it overflows.
  func dataLength(storage: TensorStorage, place: String?) throws -> Int {
    try Tensor.elementCount(of: shape, storage: storage, place: place) * elementType.byteCount
  }

  /// The type that a description such as `<f4` or `|u1` stands for.
  static func type(
    of description: String,
    error: (TensorFileError.Code, _ found: String, _ expected: String, _ hint: String?) -> TensorFileError
  ) throws -> (ElementType, ByteOrder) {
    let order: ByteOrder
    switch description.first {
    case "<": order = .littleEndian
    case ">": order = .bigEndian
    case "|", "=": order = .native
    default:
      throw error(
        .unsupported, "the dtype \(quoted(description))", "a byte order and a type such as '<f4'", nil)
    }
    let name = description.dropFirst()
    guard let type = ElementType(numpyName: String(name)) else {
      let hint =
        switch name.first {
        case "O": "An object array is a pickle: save numbers, or names in a text file"
        case "V": "NumPy writes bfloat16 and structures as raw bytes: save .astype('float32')"
        case "U", "S": "Save texts in a text file"
        default: "Save .astype('float32')"
        }
      throw error(
        .unsupported, "the dtype \(quoted(description))",
        "numbers: f2, f4, f8, i1 to i8, u1 to u8, b1", hint)
    }
    return (type, order)
  }
}

/// The part of Python's literals that npy headers use.
private struct PythonLiteral {
  private var reader: ByteReader

  init(_ reader: ByteReader) {
    self.reader = reader
  }

  /// A dictionary that fills the text but for white space; no key may occur twice.
  mutating func dictionary(_ entry: (inout PythonLiteral, String) throws -> Void) throws {
    var keys: Set<String> = []
    try expect("{")
    while try !skip("}") {
      let key = try string()
      guard keys.insert(key).inserted else {
        throw error(.duplicateName, found: "the key \(quoted(key)) a second time")
      }
      try expect(":")
      try entry(&self, key)
      if try !skip(",") {
        try expect("}")
        break
      }
    }
    skipSpace()
    guard reader.remaining == 0 else { throw error(.malformed, found: "more text after the dictionary") }
  }

  mutating func typeDescription() throws -> String {
    skipSpace()
    if reader.remaining > 0, reader.bytes[reader.offset] == UInt8(ascii: "[") {
      let rest = String(decoding: reader.bytes[reader.offset...].prefix(80), as: UTF8.self)
      throw reader.error(
        .unsupported, at: reader.offset, found: "the structured dtype \(quoted(rest))",
        expected: "plain numbers",
        hint: "Save each field as an array of its own, in an npz")
    }
    return try string()
  }

  mutating func boolean() throws -> Bool {
    skipSpace()
    for (word, value) in [("True", true), ("False", false)]
    where reader.bytes[reader.offset...].starts(with: word.utf8) {
      _ = try reader.take(word.utf8.count)
      return value
    }
    throw error(.malformed, found: "neither True nor False")
  }

  /// A tuple of whole numbers that are not negative; old Python wrote an L behind them.
  mutating func tuple() throws -> [Int] {
    var values: [Int] = []
    try expect("(")
    while try !skip(")") {
      values.append(try integer())
      guard values.count <= Tensor.maximumRank else {
        throw error(.limitExceeded, found: "more than \(Tensor.maximumRank) dimensions")
      }
      if try !skip(",") {
        try expect(")")
        break
      }
    }
    return values
  }

  func error(_ code: TensorFileError.Code, found: String) -> TensorFileError {
    reader.error(code, at: reader.offset, found: found, expected: "a header as NumPy writes it")
  }

  private mutating func integer() throws -> Int {
    skipSpace()
    let start = reader.offset
    while reader.remaining > 0, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(reader.bytes[reader.offset])
    {
      _ = try reader.byte()
    }
    guard let value = Int(String(decoding: reader.bytes[start..<reader.offset], as: UTF8.self)) else {
      throw error(.malformed, found: "no length within 64 bits that is not negative")
    }
    _ = try skip("L")
    return value
  }

  private mutating func string() throws -> String {
    skipSpace()
    let quote = try reader.byte()
    guard quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\""),
      let end = reader.bytes[reader.offset...].firstIndex(of: quote)
    else { throw error(.malformed, found: "no quoted text") }
    let text = try reader.text(end - reader.offset)
    _ = try reader.byte()
    return text
  }

  private mutating func expect(_ character: Unicode.Scalar) throws {
    guard try skip(character) else { throw error(.malformed, found: "no \(quoted(String(character)))") }
  }

  private mutating func skip(_ character: Unicode.Scalar) throws -> Bool {
    skipSpace()
    guard reader.remaining > 0, reader.bytes[reader.offset] == UInt8(ascii: character) else { return false }
    _ = try reader.byte()
    return true
  }

  private mutating func skipSpace() {
    while reader.remaining > 0, [0x20, 0x09, 0x0A, 0x0D].contains(reader.bytes[reader.offset]) {
      _ = try? reader.byte()
    }
  }
}
