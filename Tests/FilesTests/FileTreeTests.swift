import Foundation
import TestSupport
import Testing

@testable import Files

@Suite struct FileTreeTests {
  private static func link(_ path: String, to destination: String) throws {
    try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: destination)
  }

  @Test func filesComeFolderByFolderAsFarDownAsAskedFor() throws {
    let folder = try TemporaryFolder()
    for name in ["b", "a", "x/2", "x/10", "x/y/1", "x-z/1", ".hidden", ".folder/1"] {
      try folder.write(name, "")
    }
    #expect(
      try FileTree.files(in: folder.path)
        == [".hidden", "a", "b", ".folder/1", "x/10", "x/2", "x-z/1", "x/y/1"])
    #expect(
      try FileTree.files(in: folder.path, hidden: false) == ["a", "b", "x/10", "x/2", "x-z/1", "x/y/1"])
    #expect(
      try FileTree.files(in: folder.path, levels: 1, hidden: false) == ["a", "b", "x/10", "x/2", "x-z/1"])
    #expect(try FileTree.files(in: folder.path, levels: 0, hidden: false) == ["a", "b"])
  }

  @Test func linksToOtherFoldersAreFollowed() throws {
    let folder = try TemporaryFolder()
    try folder.write("far/1", "")
    try folder.write("near/2", "")
    try Self.link(folder.file("near/one"), to: "../far")
    try Self.link(folder.file("near/two"), to: "../far")
    try Self.link(folder.file("near/nowhere"), to: "none")
    #expect(try FileTree.files(in: folder.file("near")) == ["2", "nowhere", "one/1", "two/1"])
  }

  /// Linux stops following links at forty: a link to its own folder would give its files as many times.
  @Test(arguments: [["loop"], ["a", "b"], ["x/up"], ["x/y/up"]])
  func aLinkBackIsAnErrorThatNamesIt(links: [String]) throws {
    let folder = try TemporaryFolder()
    try folder.write("file", "")
    try folder.write("x/y/file", "")
    for link in links { try Self.link(folder.file(link), to: folder.path) }
    let error = #expect(throws: FileError.self) { try FileTree.files(in: folder.path) }
    #expect(error?.kind == .badFolder && error?.path == folder.file(links[0]), "\(error as Any)")
    #expect(error?.reason == "it is a link that leads back to a folder above it")
  }

  @Test func aLinkToItselfIsAnError() throws {
    let folder = try TemporaryFolder()
    try Self.link(folder.file("self"), to: "self")
    let error = #expect(throws: FileError.self) { try FileTree.files(in: folder.path) }
    #expect(error?.kind == .badFolder && error?.path == folder.file("self"))
  }

  @Test func whatIsNoFolderIsAnError() throws {
    let folder = try TemporaryFolder()
    let file = try folder.write("file", "")
    #expect(
      throws: FileError(
        operation: .read, path: folder.file("none"), reason: "No such file or directory", kind: .missing)
    ) {
      try FileTree.files(in: folder.file("none"))
    }
    #expect(throws: FileError.self) { try FileTree.files(in: file) }
    #expect(try FileTree.kind(of: file) == .file && FileTree.kind(of: folder.path) == .folder)
    #expect(try FileTree.kind(of: "/dev/null") == .other)
    #expect(
      !FileTree.exists(folder.file("none")) && !FileTree.isFolder(file) && !FileTree.isFile(folder.path))
  }
}

@Suite struct FilePathTests {
  @Test(arguments: [
    ("a/b.csv", "b.csv", "a/", "a"), ("b.csv", "b.csv", "", "."), ("/b", "b", "/", "/"), ("/", "", "/", "/"),
    ("", "", "", "."), ("a//b", "b", "a//", "a/"), ("a/", "", "a/", "a"),
    // A combining mark after the slash is one character with it.
    ("a/\u{301}b", "\u{301}b", "a/", "a"),
  ]) func aPathComesApart(path: String, name: String, start: String, folder: String) {
    #expect(FilePath.name(of: path).utf8.elementsEqual(name.utf8))
    #expect(FilePath.start(of: path) == start)
    #expect(FilePath.folder(of: path) == folder)
  }
}
