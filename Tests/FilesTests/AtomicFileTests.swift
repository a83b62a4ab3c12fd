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
      #expect(try AtomicFile.read(path) == [2, 3])
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

  @Test func aFileThatIsNotThereIsAnErrorThatNamesIt() throws {
    let error = try #require(throws: FileError.self) { try AtomicFile.read("/nowhere/x.csv") }
    #expect(error.description == "cannot read /nowhere/x.csv: No such file or directory")
    #expect(throws: FileError.self) { try AtomicFile.read("/") }
  }

  @Test func linksAndPermissionsAreKept() throws {
    try withTemporaryFolder { folder in
      let (file, link) = (folder + "/real.csv", folder + "/link.csv")
      try AtomicFile.write([1], to: file)
      try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file)
      try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: file)
      try AtomicFile.write([2, 3], to: link)
      #expect(try AtomicFile.read(file) == [2, 3])
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
      #expect(try AtomicFile.read("\(folder)/c") == [7])
      #expect(try FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/a") == "b")
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == ["a", "b", "c"])
    }
  }

  @Test func aDeviceIsWrittenToAndNotReplaced() throws {
    try AtomicFile.write(Array("x".utf8), to: "/dev/null")
    #expect(try AtomicFile.read("/dev/null").isEmpty)
  }
}
