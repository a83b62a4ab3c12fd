import Foundation
import Glibc
import TestSupport
import Testing

@testable import TensorFiles

@Suite struct OpeningTests {
  private func code(_ path: String) -> TensorFileError.Code? {
    #expect(throws: TensorFileError.self) { try TensorFile.open(path) }?.code
  }

  @Test func whatIsNoFileIsRefusedWithoutWaiting() throws {
    let folder = try TemporaryFolder()
    #expect(code(folder.file("nothing")) == .missingFile)
    #expect(code(folder.path) == .notAFile)
    #expect(code(folder.path + "/") == .notAFile)
    let pipe = folder.file("pipe")
    #expect(mkfifo(pipe, 0o600) == 0)
    #expect(code(pipe) == .notAFile)
    #expect(code("/dev/zero") == .notAFile)
    let empty = folder.file("empty")
    try Data().write(to: URL(filePath: empty))
    #expect(code(empty) == .emptyFile)
  }

  @Test(.enabled(if: getuid() != 0, "the superuser may read everything"))
  func aFileThatMayNotBeReadIsAnError() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("x")
    try Data([1]).write(to: URL(filePath: path))
    #expect(chmod(path, 0) == 0)
    #expect(code(path) == .permissionDenied)
  }

  @Test func theFormatIsFoundWithoutTheExtension() throws {
    let files: [(String, TensorFile.Format)] = [
      ("containers/v1.npy", .npy), ("containers/stored.npz", .npz),
      ("containers/arrays.safetensors", .safetensors),
      ("goldens/containers/mixed_zip.pt", .torchZip), ("goldens/containers/mixed_legacy.pt", .torchLegacy),
    ]
    for (name, format) in files {
      #expect(try TensorFile.open(bytes: try Fixture.bytes(name), name: "x").format == format)
    }
  }

  @Test func tensorsOutliveTheirFile() throws {
    let names = ["goldens/containers/mixed_zip.pt", "containers/deflated.npz", "containers/v1.npy"]
    for name in names {
      let tensors = try Fixture.open(name).tensors
      for tensor in tensors { #expect(try tensor.doubles().count == tensor.count) }
    }
  }

  @Test func manyThreadsInflateAMemberOnce() async throws {
    let tensor = try #require(try Fixture.open("containers/deflated.npz")["zeros"])
    try await withThrowingTaskGroup(of: Int.self) { group in
      for _ in 0..<16 { group.addTask { try tensor.withFloats { Int(bitPattern: $0.baseAddress) } } }
      let addresses = try await group.reduce(into: Set<Int>()) { $0.insert($1) }
      #expect(addresses.count == 1)
    }
  }

  @Test(arguments: ["safetensors", "npy"]) func openingAGigabyteTouchesTheHeaderOnly(format: String) throws {
    let folder = try TemporaryFolder()
    let path = folder.file("large." + format)
    let count = 1 << 28
    let start =
      format == "npy"
      ? BrokenFile.npy("{'descr': '<f4', 'fortran_order': False, 'shape': (\(count),)}", data: 0)
      : BrokenFile.safetensors(
        #"{"tensor":{"dtype":"F32","shape":[\#(count)],"data_offsets":[0,\#(4 * count)]}}"#)
    try SparseFile.write(start, size: start.count + 4 * count, to: path)
    let tensor = try #require(try TensorFile.open(path)["tensor"])
    #expect(tensor.count == count)
    #expect(try tensor.storage.withBytes(SparseFile.residentBytes) < 1 << 20)
    var last = [Float](repeating: 1, count: 2)
    try last.withUnsafeMutableBufferPointer { try tensor.copyFloats(rows: count - 2..<count, into: $0) }
    #expect(last == [0, 0])
  }
}
