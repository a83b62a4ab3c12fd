import Glibc
import Synchronization

/// Bytes that tensors view: a memory-mapped file, a part of one, or an owned buffer.
///
/// The memory is unmapped or freed when the last tensor that views it goes. Members of an archive
/// become storage without being read: their bytes are located, checked and, where compressed,
/// inflated when they are first asked for, once, whatever the number of threads.
///
/// A mapped file must not be shortened by another process while it is in use: reading a page that
/// no longer exists ends the process with SIGBUS. Writers that rename a finished file into place,
/// as this module's do, never cause it.
public final class TensorStorage: Sendable {
  /// The number of bytes; known before they are read.
  public let byteCount: Int
  /// The file the bytes come from, for errors.
  let path: String
  private let content: Mutex<Content>

  private enum Content {
    case resident(Region, Range<Int>)
    case deferred(@Sendable () throws -> (Region, Range<Int>))
    case failed(any Error)
  }

  /// A part of a region that is in memory; the range lies within it.
  init(_ region: Region, range: Range<Int>, path: String) {
    byteCount = range.count
    self.path = path
    content = Mutex(.resident(region, range))
  }

  /// `byteCount` bytes that `load` will find when they are asked for.
  init(byteCount: Int, path: String, load: @escaping @Sendable () throws -> (Region, Range<Int>)) {
    self.byteCount = byteCount
    self.path = path
    content = Mutex(.deferred(load))
  }

  /// A copy of `bytes`; `name` stands for the path in errors.
  public convenience init(copying bytes: some Collection<UInt8>, name: String) throws {
    let region = try Region(allocating: bytes.count, path: name)
    UnsafeMutableRawBufferPointer(mutating: region.bytes).copyBytes(from: bytes)
    self.init(region, range: 0..<region.bytes.count, path: name)
  }

  /// Calls `body` with the bytes, which are located and inflated first where they have not been yet.
  ///
  /// The pointer is valid until `body` returns.
  ///
  /// - Throws: ``TensorFileError`` for bytes that are not where they should be, and what `body` throws.
  public func withBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) throws -> R {
    let bytes = try load()
    return try withExtendedLifetime(self) { try body(bytes) }
  }

  /// The bytes. The pointer is valid as long as this storage is: whoever uses it keeps that alive.
  func load() throws -> UnsafeRawBufferPointer {
    let (region, range) = try resident()
    return UnsafeRawBufferPointer(rebasing: region.bytes[range])
  }

  /// The region that holds the bytes and where in it they are.
  func resident() throws -> (Region, Range<Int>) {
    try content.withLock { content in
      switch content {
      case .resident(let region, let range): return (region, range)
      case .failed(let error): throw error
      case .deferred(let load):
        do {
          let (region, range) = try load()
          content = .resident(region, range)
          return (region, range)
        } catch {
          content = .failed(error)
          throw error
        }
      }
    }
  }

  /// The error to throw for something found in these bytes.
  func error(
    _ code: TensorFileError.Code, at place: String? = nil, found: String, expected: String? = nil,
    hint: String? = nil
  ) -> TensorFileError {
    TensorFileError(code, path: path, place: place, found: found, expected: expected, hint: hint)
  }
}

/// Memory with an owner: a file's map or an allocation, given back when the last user goes.
// Unchecked because of the pointer: the bytes do not change once the region is shared.
final class Region: @unchecked Sendable {
  let bytes: UnsafeRawBufferPointer
  private let isMapped: Bool

  init(mapping bytes: UnsafeRawBufferPointer) {
    self.bytes = bytes
    isMapped = true
  }

  /// Uninitialised memory, aligned for every element type; an error where the system has none left.
  init(allocating byteCount: Int, path: String) throws {
    guard let base = malloc(max(byteCount, 1)) else {
      throw TensorFileError(
        .limitExceeded, path: path, found: "\(byteCount) bytes to inflate or copy",
        expected: "a size that fits in memory")
    }
    bytes = UnsafeRawBufferPointer(start: base, count: byteCount)
    isMapped = false
  }

  deinit {
    guard let base = UnsafeMutableRawPointer(mutating: bytes.baseAddress) else { return }
    if isMapped {
      munmap(base, bytes.count)
    } else {
      free(base)
    }
  }
}
