import Foundation
import Glibc
import TestSupport
import Testing

@testable import Files

@Suite struct WholeFileTests {
  @Test func aFileIsReadWhole() throws {
    let folder = try TemporaryFolder()
    let bytes = (0..<200_000).map { UInt8(truncatingIfNeeded: $0) }
    let path = try folder.write("file", bytes)
    #expect(try WholeFile.read(path) == bytes)
    #expect(try WholeFile.read(path, limit: bytes.count, allowsPipes: false) == bytes)
    #expect(try WholeFile.read(try folder.write("empty", "")).isEmpty)
    // The system's own files announce no bytes.
    #expect(try WholeFile.read("/proc/self/stat").isEmpty == false)
  }

  @Test func aFileThatIsNotThereIsAnErrorThatNamesIt() throws {
    let error = try #require(throws: FileError.self) { try WholeFile.read("/nowhere/x.csv") }
    #expect(error.description == "cannot read /nowhere/x.csv: No such file or directory")
    #expect(error.kind == .missing)
    #expect(throws: FileError(operation: .read, path: "/", reason: "it is a folder", kind: .notAFile)) {
      try WholeFile.read("/")
    }
  }

  /// A sparse file takes no room on disk, and would take all of memory.
  @Test func aFileLargerThanTheLimitIsRefusedBeforeMemoryIsTaken() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("large", "")
    #expect(truncate(path, 1 << 43) == 0)
    let error = #expect(throws: FileError.self) { try WholeFile.read(path) }
    #expect(error?.kind == .tooLarge && error?.reason == "it has more than 4294967296 bytes")
    #expect(throws: FileError.self) { try WholeFile.read("/dev/zero", limit: 1 << 20) }
  }

  @Test func aPipeIsReadToItsEndOrRefused() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("pipe")
    #expect(mkfifo(path, 0o600) == 0)
    let refused = #expect(throws: FileError.self) { try WholeFile.read(path, allowsPipes: false) }
    #expect(refused?.kind == .notAFile && refused?.reason == "it is a pipe, socket or device")
    let bytes = [UInt8](repeating: 7, count: 200_000)
    let writer = Thread {
      let descriptor = open(path, O_WRONLY)
      var rest = bytes[...]
      while !rest.isEmpty {
        let written = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        guard written > 0 else { break }
        rest = rest.dropFirst(written)
      }
      close(descriptor)
    }
    writer.start()
    #expect(try WholeFile.read(path) == bytes)
  }
}
