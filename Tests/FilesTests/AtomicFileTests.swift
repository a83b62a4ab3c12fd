import Foundation
import TestSupport
import Testing

@testable import Files

@Suite struct AtomicFileTests {
  @Test func bytesGoThroughAFile() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/curves.csv"
      try AtomicFile.write([1], to: path)
      try AtomicFile.write([2, 3], to: path)
      #expect(try WholeFile.read(path) == [2, 3])
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["curves.csv"])
    }
  }

  @Test func aFailedWriteLeavesNothingBehindAndSaysWhy() throws {
    try withTemporaryFolder { folder in
      let missing = try #require(throws: FileError.self) {
        try AtomicFile.write([1], to: folder + "/no/x.csv")
      }
      #expect(
        missing.description == "cannot write \(folder)/no/x.csv: there is no such folder; create it first")
      let isFolder = try #require(throws: FileError.self) { try AtomicFile.write([1], to: folder) }
      #expect(isFolder.reason == "it is a folder")
      #expect(throws: FileError.self) { try AtomicFile.write([1], to: "") }
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
    }
  }

  /// Process numbers repeat: in containers, on shared disks, after a restart.
  @Test func temporaryFilesOfAnotherRunOfTheSameNumberAreLeftAlone() throws {
    let folder = try TemporaryFolder()
    let others = (1...300).map { ".x.csv.\(getpid())-\($0).tmp" }
    for name in others { try folder.write(name, "theirs") }
    try AtomicFile.write([1], to: folder.file("x.csv"))
    #expect(try WholeFile.read(folder.file("x.csv")) == [1])
    #expect(try Set(folder.contents) == Set(others + ["x.csv"]))
    for name in others { #expect(try WholeFile.read(folder.file(name)) == Array("theirs".utf8)) }
  }

  @Test func aNameThatFillsAllBytesThereAreCanBeWritten() throws {
    let folder = try TemporaryFolder()
    // 82 letters of three bytes each, and four more.
    for name in [String(repeating: "\u{AC00}", count: 82) + ".csv", String(repeating: "x", count: 255)] {
      try AtomicFile.write([1], to: folder.file(name))
      #expect(try WholeFile.read(folder.file(name)) == [1])
    }
    #expect(try folder.contents.count == 2)
  }

  @Test func linksAndPermissionsAreKept() throws {
    try withTemporaryFolder { folder in
      let (file, link) = (folder + "/real.csv", folder + "/link.csv")
      try AtomicFile.write([1], to: file)
      try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file)
      try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: file)
      try AtomicFile.write([2, 3], to: link)
      #expect(try WholeFile.read(file) == [2, 3])
      #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == file)
      let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int
      #expect(mode == 0o600)
    }
  }

  @Test func aLinkToAFileThatIsNotThereYetStaysALink() throws {
    try withTemporaryFolder { folder in
      try FileManager.default.createSymbolicLink(atPath: "\(folder)/a", withDestinationPath: "b")
      try FileManager.default.createSymbolicLink(atPath: "\(folder)/b", withDestinationPath: "\(folder)/c")
      try AtomicFile.write([7], to: "\(folder)/a")
      #expect(try WholeFile.read("\(folder)/c") == [7])
      #expect(try FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/a") == "b")
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == ["a", "b", "c"])
    }
  }

  @Test func aDeviceIsWrittenToAndNotReplaced() throws {
    try AtomicFile.write(Array("x".utf8), to: "/dev/null")
    #expect(try WholeFile.read("/dev/null").isEmpty)
  }
}
