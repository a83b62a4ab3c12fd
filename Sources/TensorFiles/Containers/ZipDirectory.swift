/// The central directory of a zip archive, 32 or 64 bit.
///
/// Source: PKWARE's APPNOTE.TXT, sections 4.3.12 to 4.3.16 and 4.5.3.
struct ZipDirectory {
  /// Where the directory begins; all members lie before it.
  let start: Int
  private var reader: ByteReader
  private let end: Int
  private let count: Int

  static let localHeaderLength = 30
  private static let endRecordLength = 22
  private static let locatorLength = 20

  init(_ bytes: UnsafeRawBufferPointer, path: String) throws {
    var reader = ByteReader(bytes, path: path)
    let record = try Self.endRecord(&reader)
    try reader.seek(to: record + 4)
    let disks: UInt32 = try reader.littleEndian()
    _ = try reader.take(2)  // entries on this disk
    var count = Int(try reader.littleEndian(UInt16.self))
    var size = UInt64(try reader.littleEndian(UInt32.self))
    var start = UInt64(try reader.littleEndian(UInt32.self))
    var limit = record

    if let large = try Self.largeEndRecord(&reader, before: record) {
      try reader.seek(to: large + 24)
      _ = try reader.take(8)
      let entries: UInt64 = try reader.littleEndian()
      guard let entries = Int(exactly: entries) else {
        throw reader.error(.malformed, at: large, found: "\(entries) members")
      }
      count = entries
      size = try reader.littleEndian()
      start = try reader.littleEndian()
      limit = large
    }
    guard disks == 0 else {
      throw reader.error(.unsupported, at: record, found: "a zip archive of several volumes")
    }
    guard start <= limit, size == UInt64(limit) - start else {
      throw reader.error(
        .badRange, at: record, found: "a directory of \(size) bytes from byte \(start)",
        expected: "one that ends at byte \(limit)", hint: "The file may be incomplete")
    }
    self.start = Int(start)
    self.reader = reader
    self.count = count
    end = limit
  }

  /// All entries, in the directory's order.
  func members() throws -> [ZipArchive.Member] {
    var reader = reader
    try reader.seek(to: start)
    var members: [ZipArchive.Member] = []
    while reader.offset < end {
      members.append(try Self.member(&reader))
    }
    guard members.count == count, reader.offset == end else {
      throw reader.error(
        .malformed, at: start, found: "a directory of \(members.count) members", expected: "\(count)")
    }
    return members
  }

  /// The offset of the end record: the last one whose comment reaches the end of the file.
  private static func endRecord(_ reader: inout ByteReader) throws -> Int {
    let bytes = reader.bytes
    var position = bytes.count - endRecordLength
    let first = max(0, position - Int(UInt16.max))
    while position >= first {
      if bytes[position] == 0x50, bytes[position + 1] == 0x4B, bytes[position + 2] == 5,
        bytes[position + 3] == 6,
        Int(bytes[position + 20]) | Int(bytes[position + 21]) << 8 == bytes.count - position - endRecordLength
      {
        return position
      }
      position -= 1
    }
    throw reader.error(
      .truncated, at: bytes.count, found: "no zip directory", expected: "one at the end of the file",
      hint: "The file may be incomplete")
  }

  /// The offset of the 64-bit end record, where a locator before the end record points to one.
  private static func largeEndRecord(_ reader: inout ByteReader, before record: Int) throws -> Int? {
    guard record >= locatorLength else { return nil }
    try reader.seek(to: record - locatorLength)
    guard try reader.littleEndian(UInt32.self) == 0x0706_4B50 else { return nil }
    _ = try reader.take(4)
    let position: UInt64 = try reader.littleEndian()
    // The record is 56 bytes long; a longer one would hold extensions that nobody writes.
    guard position < record, record - locatorLength - Int(position) == 56 else {
      throw reader.error(.badRange, at: record - locatorLength, found: "a zip64 record at byte \(position)")
    }
    try reader.seek(to: Int(position))
    guard try reader.littleEndian(UInt32.self) == 0x0606_4B50 else {
      throw reader.error(.malformed, at: Int(position), found: "no zip64 record")
    }
    return Int(position)
  }

  private static func member(_ reader: inout ByteReader) throws -> ZipArchive.Member {
    let start = reader.offset
    guard try reader.littleEndian(UInt32.self) == 0x0201_4B50 else {
      throw reader.error(.malformed, at: start, found: "no directory entry")
    }
    _ = try reader.take(4)  // versions
    let flags: UInt16 = try reader.littleEndian()
    let method: UInt16 = try reader.littleEndian()
    _ = try reader.take(4)  // time
    let checksum: UInt32 = try reader.littleEndian()
    var compressedSize = UInt64(try reader.littleEndian(UInt32.self))
    var size = UInt64(try reader.littleEndian(UInt32.self))
    let nameLength: UInt16 = try reader.littleEndian()
    let extraLength: UInt16 = try reader.littleEndian()
    let commentLength: UInt16 = try reader.littleEndian()
    _ = try reader.take(8)  // disk and attributes
    var header = UInt64(try reader.littleEndian(UInt32.self))
    let name = try reader.text(Int(nameLength))
    let extra = try reader.take(Int(extraLength))
    _ = try reader.take(Int(commentLength))

    try widen(&size, &compressedSize, &header, by: extra, of: reader)
    guard flags & 1 == 0, method == 0 || method == 8 else {
      throw reader.error(
        .unsupported, at: start,
        found: flags & 1 == 1
          ? "the encrypted member \(quoted(name))" : "compression method \(method) of \(quoted(name))",
        expected: "stored or deflated members")
    }
    guard let size = Int(exactly: size), let packed = Int(exactly: compressedSize),
      let header = Int(exactly: header)
    else {
      throw reader.error(.malformed, at: start, found: "sizes beyond 63 bits of member \(quoted(name))")
    }
    let isDeflated = method == 8
    guard isDeflated || size == packed else {
      throw reader.error(
        .sizeMismatch, at: start, found: "a stored member of \(packed) bytes", expected: "\(size) bytes")
    }
    guard !isDeflated || (size <= ZipArchive.maximumInflatedSize && size / ZipArchive.maximumRatio <= packed)
    else {
      throw reader.error(
        .limitExceeded, at: start, found: "member \(quoted(name)) that inflates \(packed) bytes to \(size)",
        expected:
          "at most \(ZipArchive.maximumRatio) times as many and \(ZipArchive.maximumInflatedSize) in all")
    }
    return ZipArchive.Member(
      name: name, isDeflated: isDeflated, checksum: checksum, compressedSize: packed, size: size,
      header: header)
  }

  /// Replaces the fields that are all ones by those of the zip64 extension, in their fixed order.
  private static func widen(
    _ size: inout UInt64, _ compressedSize: inout UInt64, _ header: inout UInt64, by extra: Range<Int>,
    of reader: ByteReader
  ) throws {
    var fields = ByteReader(
      UnsafeRawBufferPointer(rebasing: reader.bytes[extra]), path: reader.path, base: extra.lowerBound)
    while fields.remaining >= 4 {
      let identifier: UInt16 = try fields.littleEndian()
      let length = Int(try fields.littleEndian(UInt16.self))
      guard identifier == 1 else {
        // Padding is no field; whoever writes extensions longer than the rest is only padding.
        guard length <= fields.remaining else { return }
        _ = try fields.take(length)
        continue
      }
      if size == UInt32.max { size = try fields.littleEndian() }
      if compressedSize == UInt32.max { compressedSize = try fields.littleEndian() }
      if header == UInt32.max { header = try fields.littleEndian() }
      return
    }
  }
}
