import Foundation
import TestSupport
import Testing

@testable import Files

@Suite struct FolderTests {
  @Test("Folders are made with those that they lie in, and are left as they are where they are there")
  func making() throws {
    let folder = try TemporaryFolder()
    try folder.write("a/kept", "x")
    for path in ["a/b/c", "a//b/c/", "a"] { try makeFolder(folder.file(path)) }
    var isFolder: ObjCBool = false
    #expect(FileManager.default.fileExists(atPath: folder.file("a/b/c"), isDirectory: &isFolder))
    #expect(isFolder.boolValue)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.file("a")).sorted() == ["b", "kept"])
    for path in ["a/kept", "a/kept/b"] {
      #expect {
        try makeFolder(folder.file(path))
      } throws: { "\($0)".contains("\(folder.file("a/kept")) is a file") }
    }
    let error = try #require(throws: FileError.self) { try makeFolder("/proc/nowhere/a") }
    #expect(
      error == FileError(operation: .write, path: "/proc/nowhere/a", reason: "No such file or directory"))
  }

  @Test func namesOfFilesHoldNoSeparatorsSpacesOrLineBreaks() {
    #expect(plainFileName("SiT-XL_2.final") == "SiT-XL_2.final")
    #expect(plainFileName("../a b\n/é") == "..-a-b---")
  }
}
