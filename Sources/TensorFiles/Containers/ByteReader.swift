/// A cursor over bytes that checks every step against their end.
///
/// The reader borrows the bytes: whoever makes one keeps the storage alive while it is in use.
struct ByteReader {
  let bytes: UnsafeRawBufferPointer
  /// The file, for errors.
  let path: String
  /// Where `bytes` begins in the file, for errors.
  let base: Int
  /// The next byte to be read.
  private(set) var offset = 0

  init(_ bytes: UnsafeRawBufferPointer, path: String, base: Int = 0) {
    self.bytes = bytes
    self.path = path
    self.base = base
  }

  var remaining: Int { bytes.count - offset }

  /// Moves to `target`, which must lie within the bytes or at their end.
  mutating func seek(to target: Int) throws {
    guard target >= 0, target <= bytes.count else { throw truncated(target - bytes.count) }
    offset = target
  }

  /// Passes `count` bytes and returns where they are.
  mutating func take(_ count: Int) throws -> Range<Int> {
    guard count >= 0, count <= remaining else { throw truncated(count) }
    defer { offset += count }
    return offset..<offset + count
  }

  mutating func byte() throws -> UInt8 {
    guard offset < bytes.count else { throw truncated(1) }
    defer { offset += 1 }
    return bytes[offset]
  }

  mutating func littleEndian<T: FixedWidthInteger>(_ type: T.Type = T.self) throws -> T {
    let range = try take(MemoryLayout<T>.size)
    return T(littleEndian: bytes.loadUnaligned(fromByteOffset: range.lowerBound, as: T.self))
  }

  mutating func bigEndian<T: FixedWidthInteger>(_ type: T.Type = T.self) throws -> T {
    let range = try take(MemoryLayout<T>.size)
    return T(bigEndian: bytes.loadUnaligned(fromByteOffset: range.lowerBound, as: T.self))
  }

  /// `count` bytes of UTF-8.
  mutating func text(_ count: Int) throws -> String {
    let start = offset
    let range = try take(count)
    guard let text = validatedText(UnsafeRawBufferPointer(rebasing: bytes[range])) else {
      throw error(.malformed, at: start, found: "a text that is not UTF-8")
    }
    return text
  }

  /// The text up to the next line feed, which is passed too.
  mutating func line() throws -> String {
    guard let end = bytes[offset...].firstIndex(of: UInt8(ascii: "\n")) else { throw truncated(1) }
    let text = try text(end - offset)
    offset += 1
    return text
  }

  func truncated(_ wanted: Int) -> TensorFileError {
    error(
      .truncated, at: offset, found: "the end after \(remaining) more bytes", expected: "\(wanted) bytes",
      hint: "The file may be incomplete")
  }

  func error(
    _ code: TensorFileError.Code, at position: Int, found: String, expected: String? = nil,
    hint: String? = nil
  ) -> TensorFileError {
    TensorFileError(
      code, path: path, place: "byte \(base + position)", found: found, expected: expected, hint: hint)
  }
}
