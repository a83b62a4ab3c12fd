/// Reads strict JSON (RFC 8259) value by value, without building a tree.
///
/// A caller asks for what it expects; anything else is an error with its offset. Names that occur
/// twice in one object are an error. Nesting is bounded, so that no input exhausts the stack.
package struct JSONReader {
  private var reader: ByteReader
  private var depth = 0
  private static let maximumDepth = 32

  init(_ reader: ByteReader) {
    self.reader = reader
  }

  /// Reads a file that is one JSON value, which `body` must read whole.
  package static func read<Value>(_ path: String, _ body: (inout JSONReader) throws -> Value) throws -> Value
  {
    do {
      return try read(try TensorStorage.mapping(path), body)
    } catch var error as TensorFileError where error.code == .emptyFile {
      error.expected = "JSON"
      throw error
    }
  }

  /// Reads bytes that are one JSON value, which `body` must read whole.
  package static func read<Value>(_ storage: TensorStorage, _ body: (inout JSONReader) throws -> Value) throws
    -> Value
  {
    try storage.withBytes { bytes in
      var json = JSONReader(ByteReader(bytes, path: storage.path))
      let value = try body(&json)
      try json.finish()
      return value
    }
  }

  /// Calls `member` with every name of an object; `member` must read the value.
  package mutating func object(_ member: (inout JSONReader, String) throws -> Void) throws {
    try enter("{", "an object")
    var names: Set<String> = []
    if try !skip("}") {
      repeat {
        let position = try next()
        let name = try string()
        guard names.insert(name).inserted else {
          throw reader.error(.duplicateName, at: position, found: "the name \(quoted(name)) a second time")
        }
        try expect(":", "a colon after the name \(quoted(name))")
        try member(&self, name)
      } while try skip(",")
      try expect("}", "a comma or the end of the object")
    }
    depth -= 1
  }

  /// Calls `element` for every element of an array; `element` must read it.
  package mutating func array(_ element: (inout JSONReader) throws -> Void) throws {
    try enter("[", "an array")
    if try !skip("]") {
      repeat { try element(&self) } while try skip(",")
      try expect("]", "a comma or the end of the array")
    }
    depth -= 1
  }

  /// A whole number within 64 bits; fractions and exponents are not accepted.
  package mutating func integer() throws -> Int {
    let start = try next()
    let text = try number()
    guard let value = Int(text) else {
      throw reader.error(
        .malformed, at: start, found: "the number \(quoted(text))", expected: "a whole number within 64 bits")
    }
    return value
  }

  /// An array of whole numbers, of which there are at most `limit`.
  mutating func integers(limit: Int) throws -> [Int] {
    var values: [Int] = []
    try array { json in
      guard values.count < limit else {
        throw json.reader.error(
          .limitExceeded, at: json.reader.offset, found: "more than \(limit) numbers",
          expected: "at most \(limit)")
      }
      values.append(try json.integer())
    }
    return values
  }

  /// A string, with its escapes resolved.
  package mutating func string() throws -> String {
    let start = try next()
    try expect("\"", "a string")
    var text: [UInt8] = []
    while true {
      let byte = try reader.byte()
      switch byte {
      case UInt8(ascii: "\""):
        guard let text = validatedText(text) else {
          throw reader.error(.malformed, at: start, found: "a string that is not UTF-8")
        }
        return text
      case UInt8(ascii: "\\"):
        text.append(contentsOf: String(try escape()).utf8)
      case 0..<0x20:
        throw reader.error(.malformed, at: reader.offset - 1, found: "a control character in a string")
      default:
        text.append(byte)
      }
    }
  }

  /// A scalar of any kind as text; objects and arrays are passed and give nil.
  package mutating func scalarText() throws -> String? {
    switch reader.bytes[try next()] {
    case UInt8(ascii: "\""): return try string()
    case UInt8(ascii: "{"):
      try object { json, _ in _ = try json.scalarText() }
      return nil
    case UInt8(ascii: "["):
      try array { json in _ = try json.scalarText() }
      return nil
    case UInt8(ascii: "t"): return try literal("true")
    case UInt8(ascii: "f"): return try literal("false")
    case UInt8(ascii: "n"): return try literal("null")
    default: return try number()
    }
  }

  /// A whole value, whatever it is, as a tree.
  ///
  /// For small files: whoever expects a million values reads them one by one.
  package mutating func value() throws -> JSONValue {
    switch reader.bytes[try next()] {
    case UInt8(ascii: "\""): return .text(try string())
    case UInt8(ascii: "{"):
      var members: [String: JSONValue] = [:]
      try object { json, name in members[name] = try json.value() }
      return .object(members)
    case UInt8(ascii: "["):
      var elements: [JSONValue] = []
      try array { json in elements.append(try json.value()) }
      return .array(elements)
    case UInt8(ascii: "t"):
      _ = try literal("true")
      return .flag(true)
    case UInt8(ascii: "f"):
      _ = try literal("false")
      return .flag(false)
    case UInt8(ascii: "n"):
      _ = try literal("null")
      return .null
    default: return .number(try number())
    }
  }

  /// Passes a null, if that is what comes next.
  package mutating func null() throws -> Bool {
    guard reader.bytes[try next()] == UInt8(ascii: "n") else { return false }
    _ = try literal("null")
    return true
  }

  /// Checks that nothing but white space is left.
  package mutating func finish() throws {
    skipSpace()
    guard reader.remaining == 0 else {
      throw reader.error(.malformed, at: reader.offset, found: "more text after the JSON value")
    }
  }

  /// An error at the current offset.
  func error(_ code: TensorFileError.Code, found: String, expected: String? = nil) -> TensorFileError {
    reader.error(code, at: reader.offset, found: found, expected: expected)
  }
}

extension JSONReader {
  private mutating func enter(_ bracket: Unicode.Scalar, _ what: String) throws {
    try expect(bracket, what)
    depth += 1
    guard depth <= Self.maximumDepth else {
      throw reader.error(
        .limitExceeded, at: reader.offset, found: "JSON nested more than \(Self.maximumDepth) deep")
    }
  }

  private mutating func skipSpace() {
    while reader.remaining > 0 {
      switch reader.bytes[reader.offset] {
      case 0x20, 0x09, 0x0A, 0x0D: _ = try? reader.byte()
      default: return
      }
    }
  }

  /// The offset of the next character that is not white space; there must be one.
  private mutating func next() throws -> Int {
    skipSpace()
    guard reader.remaining > 0 else { throw reader.truncated(1) }
    return reader.offset
  }

  private mutating func skip(_ character: Unicode.Scalar) throws -> Bool {
    guard reader.bytes[try next()] == UInt8(ascii: character) else { return false }
    _ = try reader.byte()
    return true
  }

  private mutating func expect(_ character: Unicode.Scalar, _ what: @autoclosure () -> String) throws {
    let position = try next()
    guard try skip(character) else {
      let found = Unicode.Scalar(reader.bytes[position])
      throw reader.error(.malformed, at: position, found: quoted(String(found)), expected: what())
    }
  }

  private mutating func literal(_ word: String) throws -> String {
    let start = reader.offset
    let range = try reader.take(word.utf8.count)
    guard reader.bytes[range].elementsEqual(word.utf8) else {
      throw reader.error(.malformed, at: start, found: "an unknown word", expected: word)
    }
    return word
  }

  private mutating func number() throws -> String {
    let start = reader.offset
    var text = ""
    while reader.remaining > 0, text.utf8.count < 64 {
      let byte = reader.bytes[reader.offset]
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."),
        UInt8(ascii: "e"), UInt8(ascii: "E"):
        text.unicodeScalars.append(Unicode.Scalar(try reader.byte()))
        continue
      default: break
      }
      break
    }
    // Swift reads more than JSON allows: a plus sign, leading zeros, a bare point.
    let digits = text.drop { $0 == "-" }
    let hasLeadingZero = digits.hasPrefix("0") && digits.dropFirst().first?.isNumber == true
    guard let first = digits.first, first.isNumber, text.last?.isNumber == true, !hasLeadingZero,
      text.utf8.count - digits.utf8.count <= 1, Double(text) != nil
    else {
      throw reader.error(.malformed, at: start, found: quoted(text), expected: "a JSON value")
    }
    return text
  }

  private mutating func escape() throws -> Unicode.Scalar {
    let position = reader.offset - 1
    switch try reader.byte() {
    case UInt8(ascii: "\""): return "\""
    case UInt8(ascii: "\\"): return "\\"
    case UInt8(ascii: "/"): return "/"
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{C}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"):
      let first = try hexadecimal()
      if let scalar = Unicode.Scalar(first) { return scalar }
      // The first half of a surrogate pair; the second must follow.
      if first < 0xDC00, try reader.byte() == UInt8(ascii: "\\"), try reader.byte() == UInt8(ascii: "u") {
        let second = try hexadecimal()
        if (0xDC00..<0xE000).contains(second) {
          let value = 0x10000 + (first - 0xD800) << 10 + (second - 0xDC00)
          if let scalar = Unicode.Scalar(value) { return scalar }
        }
      }
    default: break
    }
    throw reader.error(.malformed, at: position, found: "an escape that JSON does not have")
  }

  private mutating func hexadecimal() throws -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard let digit = Character(Unicode.Scalar(try reader.byte())).hexDigitValue else {
        throw reader.error(
          .malformed, at: reader.offset - 1, found: "a character that is no hexadecimal digit")
      }
      value = value << 4 | UInt32(digit)
    }
    return value
  }
}
