// Numbers and texts as the operations of a pickle spell them.
extension Unpickler {
  /// The longest integer that is read: what checkpoints hold fits many times over.
  private static let maximumIntegerBytes = 256

  mutating func decimal() throws -> Int {
    let line = try reader.line()
    guard let value = Int(line), value >= 0 else { throw failure("\(quoted(line)), which is no position") }
    return value
  }

  mutating func length64() throws -> Int {
    let length: UInt64 = try reader.littleEndian()
    guard let length = Int(exactly: length) else { throw reader.truncated(Int.max) }
    return length
  }

  /// A two's complement integer of any length.
  mutating func longInteger(byteCount: Int) throws -> TorchNode {
    guard byteCount <= Self.maximumIntegerBytes else {
      throw failure(
        .limitExceeded, "an integer of \(byteCount) bytes", expected: "at most \(Self.maximumIntegerBytes)")
    }
    let bytes = reader.bytes[try reader.take(byteCount)]
    guard let last = bytes.last else { return .integer(0) }
    if byteCount <= 8 {
      var value = last & 0x80 == 0 ? 0 : -1
      for byte in bytes.reversed() { value = value << 8 | Int(byte) }
      return .integer(value)
    }
    let digits = DecimalDigits(twosComplement: Array(bytes)).text
    return Int(digits).map { .integer($0) } ?? .largeInteger(digits)
  }

  mutating func textInteger(booleans: Bool) throws -> TorchNode {
    var line = try reader.line()
    if booleans, line == "00" || line == "01" { return .bool(line == "01") }
    if line.hasSuffix("L") { line.removeLast() }
    if let value = Int(line) { return .integer(value) }
    let digits = line.drop { $0 == "-" }
    guard line.utf8.count - digits.utf8.count <= 1,
      (1...2 * Self.maximumIntegerBytes).contains(digits.utf8.count),
      digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
    else { throw failure("\(quoted(line)), which is no integer") }
    return .largeInteger(line)
  }

  mutating func textFloat() throws -> TorchNode {
    let line = try reader.line()
    guard let value = Double(line) else { throw failure("\(quoted(line)), which is no number") }
    return .float(value)
  }

  /// Bytes that stay where they are in the file.
  mutating func byteString(_ count: Int) throws -> TorchNode {
    let range = try reader.take(count)
    return .bytes(
      PickledBytes(
        storage: storage, range: storageOffset + range.lowerBound..<storageOffset + range.upperBound))
  }

  /// A text of Python 2, which may be bytes.
  mutating func oldText(_ count: Int) throws -> TorchNode {
    var ahead = reader
    let range = try ahead.take(count)
    if let text = validatedText(UnsafeRawBufferPointer(rebasing: reader.bytes[range])) {
      reader = ahead
      return .text(text)
    }
    return try byteString(count)
  }

  mutating func quotedText() throws -> TorchNode {
    let line = try reader.line()
    guard line.utf8.count >= 2, let quote = line.first, quote == line.last, quote == "'" || quote == "\"",
      !line.contains("\\")
    else { throw failure("\(quoted(line)), which is no plain quoted text") }
    return .text(String(line.dropFirst().dropLast()))
  }

  /// A text in which \uXXXX and \UXXXXXXXX stand for characters.
  func escapedText(_ line: String) throws -> String {
    guard line.contains("\\") else { return line }
    var text = ""
    var rest = line.unicodeScalars[...]
    while let scalar = rest.popFirst() {
      guard scalar == "\\", let kind = rest.first, kind == "u" || kind == "U" else {
        text.unicodeScalars.append(scalar)
        continue
      }
      let digits = rest.dropFirst().prefix(kind == "u" ? 4 : 8)
      guard digits.count == (kind == "u" ? 4 : 8), let value = UInt32(String(digits), radix: 16),
        let character = Unicode.Scalar(value)
      else { throw failure("an escape that stands for no character") }
      text.unicodeScalars.append(character)
      rest = rest.dropFirst(1 + digits.count)
    }
    return text
  }
}

/// The decimal digits of a whole number of any length.
struct DecimalDigits {
  private(set) var text: String

  /// The number that little-endian two's complement bytes stand for.
  init(twosComplement bytes: [UInt8]) {
    let isNegative = (bytes.last ?? 0) & 0x80 != 0
    var magnitude = bytes
    if isNegative {
      var carry = true
      for index in magnitude.indices {
        let (value, overflow) = (~magnitude[index]).addingReportingOverflow(carry ? 1 : 0)
        magnitude[index] = value
        carry = overflow
      }
    }
    // Base 10^9, least significant first: multiply by 256, add the next byte.
    var groups: [UInt64] = [0]
    for byte in magnitude.reversed() {
      var carry = UInt64(byte)
      for index in groups.indices {
        carry += groups[index] * 256
        groups[index] = carry % 1_000_000_000
        carry /= 1_000_000_000
      }
      if carry > 0 { groups.append(carry) }
    }
    text = isNegative ? "-" : ""
    text += String(groups[groups.count - 1])
    for group in groups.dropLast().reversed() {
      let digits = String(group)
      text += String(repeating: "0", count: 9 - digits.count) + digits
    }
  }
}
