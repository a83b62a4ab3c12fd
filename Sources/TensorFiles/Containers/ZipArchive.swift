/// The directory of a zip archive whose members are read in place or inflated on demand.
///
/// Opening reads the central directory alone. A member's own header is read, and held against the
/// directory, when its bytes are first asked for: members nobody asks for cost nothing.
package struct ZipArchive: Sendable {
  let storage: TensorStorage
  package private(set) var members: [Member] = []
  private var positions: [String: Int] = [:]

  package struct Member: Sendable {
    package let name: String
    let isDeflated: Bool
    let checksum: UInt32
    let compressedSize: Int
    package let size: Int
    /// Where the member's own header begins.
    let header: Int
    /// Where the next member or the directory begins: the member ends before it.
    fileprivate(set) var limit = 0
  }

  /// Deflate cannot do better than this; whoever declares more is lying.
  static let maximumRatio = 1032
  /// No member is inflated to more than this.
  static let maximumInflatedSize = 1 << 36

  static func isArchive(_ bytes: UnsafeRawBufferPointer) -> Bool {
    bytes.starts(with: [0x50, 0x4B, 0x03, 0x04]) || bytes.starts(with: [0x50, 0x4B, 0x05, 0x06])
  }

  /// The archive in a file, which is mapped.
  ///
  /// - Throws: ``TensorFileError`` for a file that cannot be read or has no sound directory.
  package init(path: String) throws {
    try self.init(try TensorStorage.mapping(path))
  }

  init(_ storage: TensorStorage) throws {
    self.storage = storage
    let bytes = try storage.load()
    let directory = try ZipDirectory(bytes, path: storage.path)
    members = try directory.members()
    positions.reserveCapacity(members.count)
    for (position, member) in members.enumerated() {
      guard positions.updateValue(position, forKey: member.name) == nil else {
        throw storage.error(
          .duplicateName, at: "member \(quoted(member.name))", found: "two members of this name")
      }
    }
    try setLimits(directoryStart: directory.start)
  }

  /// The member of that name.
  package subscript(name: String) -> Member? {
    positions[name].map { members[$0] }
  }

  /// Members must follow one another without sharing a byte.
  private mutating func setLimits(directoryStart: Int) throws {
    var limit = directoryStart
    for position in members.indices.sorted(by: { members[$0].header > members[$1].header }) {
      let member = members[position]
      let least = ZipDirectory.localHeaderLength + member.name.utf8.count
      guard member.header <= limit, member.compressedSize <= limit - member.header - least else {
        throw storage.error(
          .badRange, at: "member \(quoted(member.name))",
          found: "\(member.compressedSize) bytes from byte \(member.header)",
          expected: "an end before byte \(limit)",
          hint: "Members overlap or reach into the directory")
      }
      members[position].limit = limit
      limit = member.header
    }
  }

  /// Where a member's bytes are, by its own header, which must agree with the directory.
  func range(of member: Member) throws -> Range<Int> {
    var reader = ByteReader(try storage.load(), path: storage.path)
    try reader.seek(to: member.header)
    let signature: UInt32 = try reader.littleEndian()
    _ = try reader.take(4)  // version and flags
    let method: UInt16 = try reader.littleEndian()
    _ = try reader.take(16)  // time, checksum and sizes: the directory has them
    let nameLength: UInt16 = try reader.littleEndian()
    let extraLength: UInt16 = try reader.littleEndian()
    let name = try reader.take(Int(nameLength))
    guard signature == 0x0403_4B50, (method != 0) == member.isDeflated,
      reader.bytes[name].elementsEqual(member.name.utf8)
    else {
      throw reader.error(
        .malformed, at: member.header, found: "a header that differs from the directory",
        expected: "the header of member \(quoted(member.name))")
    }
    _ = try reader.take(Int(extraLength))
    let range = try reader.take(member.compressedSize)
    guard range.upperBound <= member.limit else {
      throw reader.error(
        .badRange, at: range.lowerBound,
        found: "member \(quoted(member.name)) up to byte \(range.upperBound)",
        expected: "an end before byte \(member.limit)")
    }
    return range
  }

  /// The bytes of a member, as storage that finds them when they are asked for.
  ///
  /// Stored members are used in place. Inflated ones are always held against their checksum,
  /// stored ones where `verifying` says so, once.
  package func contents(of member: Member, verifying: Bool) -> TensorStorage {
    let archive = self
    return TensorStorage(byteCount: member.size, path: storage.path) {
      let range = try archive.range(of: member)
      let (region, whole) = try archive.storage.resident()
      let start = whole.lowerBound + range.lowerBound
      let packed = start..<start + range.count
      guard member.isDeflated else {
        if verifying { try archive.verify(UnsafeRawBufferPointer(rebasing: region.bytes[packed]), member) }
        return (region, packed)
      }
      let inflated = try Region(allocating: member.size, path: archive.storage.path)
      try withExtendedLifetime(region) {
        try archive.inflate(UnsafeRawBufferPointer(rebasing: region.bytes[packed]), member, into: inflated)
      }
      return (inflated, 0..<member.size)
    }
  }

  /// At least the first `count` bytes of a member, or all it has.
  func prefix(of member: Member, _ count: Int) throws -> [UInt8] {
    let range = try range(of: member)
    let packed = UnsafeRawBufferPointer(rebasing: try storage.load()[range])
    let wanted = min(count, member.size)
    guard member.isDeflated else { return Array(packed[..<wanted]) }
    return try [UInt8](unsafeUninitializedCapacity: wanted) { buffer, written in
      written =
        Inflate.inflate(
          packed,
          into: UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[..<wanted])
        ).count
      guard written == wanted else { throw error(member, found: "a deflate stream of \(written) bytes") }
    }
  }

  private func inflate(_ packed: UnsafeRawBufferPointer, _ member: Member, into region: Region) throws {
    let target = UnsafeMutableRawBufferPointer(mutating: region.bytes)
    let result = Inflate.inflate(packed, into: target)
    guard result.isComplete, result.count == member.size else {
      throw error(member, found: "a deflate stream that is broken or of another size")
    }
    try verify(region.bytes, member)
  }

  private func verify(_ bytes: UnsafeRawBufferPointer, _ member: Member) throws {
    let checksum = Inflate.checksum(bytes)
    guard checksum == member.checksum else {
      throw storage.error(
        .wrongChecksum, at: "member \(quoted(member.name))", found: "checksum \(checksum)",
        expected: "\(member.checksum)", hint: "The file is damaged: fetch or write it again")
    }
  }

  private func error(_ member: Member, found: String) -> TensorFileError {
    storage.error(
      .malformed, at: "member \(quoted(member.name))", found: found, expected: "\(member.size) bytes")
  }
}
