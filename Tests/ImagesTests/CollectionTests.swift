import Foundation
import LinearAlgebra
import TensorFiles
import TestSupport
import Testing

@testable import Files
@testable import Images

@Suite struct CollectionTests {
  private static let pixel = try! Fixture.bytes("images/one-pixel.png")

  /// torchvision: classes by name, then for each folder in it, in the order of whole paths, files by name.
  @Test func classFoldersAreInTheOrderOfImageFolder() throws {
    let folder = try TemporaryFolder()
    let names = [
      "B/2.PNG", "B/10.png", "B/a-c/1.png", "B/a/x.jpeg", "B/a/b/1.png", "Ä/1.webp", "a/1.jpg", "a/1.png",
    ]
    for name in names.reversed() { try folder.write(name, Self.pixel) }
    try folder.write("B/readme.txt", "no picture")
    try folder.write("list.txt", "no picture")
    let collection = try ImageCollection.open(folder.path)
    #expect(collection.classNames == ["B", "a", "Ä"])
    // "a" before "a-c" as folders, although "a-c" comes before "a/b" as a text; "10" before "2".
    #expect(
      collection.names == [
        "B/10.png", "B/2.PNG", "B/a/x.jpeg", "B/a-c/1.png", "B/a/b/1.png", "a/1.jpg", "a/1.png", "Ä/1.webp",
      ])
    #expect(collection.labels == [0, 0, 0, 0, 0, 1, 1, 2])
    for index in 0..<collection.count { #expect(try collection.read(index).width == 1) }
  }

  @Test func theShippedFolderHasTenClasses() throws {
    let collection = try ImageCollection.open(Fixture.path("mnist/images"))
    #expect(collection.count == 1500)
    #expect(collection.classNames == (0..<10).map { "\($0)" })
    #expect(collection.names.first == "0/00004.png" || collection.names.first?.hasPrefix("0/") == true)
    #expect(collection.labels.allSatisfy { $0 != nil })
    #expect(try collection.read(7).width == 32)
  }

  @Test func theShippedListIsFilteredBySplit() throws {
    let path = Fixture.path("mnist/split.csv")
    #expect(try ImageCollection.open(path).count == 1500)
    let validation = try ImageCollection.open(path, rows: ("split", "val"))
    #expect(validation.count == 500)
    for (index, name) in validation.names.enumerated() {
      #expect(name.hasPrefix("images/\(index % 10)/") && validation.labels[index] == index % 10)
    }
    #expect(try validation.read(499).height == 32)
  }

  @Test func repasLayoutIsReadFromFolderAndZip() throws {
    let path = Fixture.path("mnist/latents")
    let collection = try ImageCollection.open(path)
    #expect(collection.count == 20)
    #expect(collection.names[3] == "00000/img00000003.png")
    #expect(collection.labels == (0..<20).map { $0 % 10 })
    #expect(try ImageCollection.open(path + "/images").names == collection.names)
    let validation = try ImageCollection.open(Fixture.path("mnist/split.csv"), rows: ("split", "val"))
    for name in ["stored.zip", "deflated.zip"] {
      let archive = try ImageCollection.open(Fixture.path("images/\(name)"))
      #expect(archive.names == Array(collection.names.prefix(4)))
      #expect(archive.labels == Array(collection.labels.prefix(4)))
      for index in 0..<archive.count {
        #expect(try archive.read(index) == collection.read(index))
        #expect(try archive.read(index) == validation.read(index))
      }
    }
  }

  @Test func flatFoldersTakeLabelsFromAFile() throws {
    let folder = try TemporaryFolder()
    for name in ["b.png", "a.png", "c.png"] { try folder.write("pictures/\(name)", Self.pixel) }
    let labels = try folder.write("labels.csv", "label,path\n7,c.png\n3,a.png\n9,elsewhere.png\n")
    let collection = try ImageCollection.open(folder.path + "/pictures", labels: labels)
    #expect(collection.names == ["a.png", "b.png", "c.png"])
    #expect(collection.labels == [3, nil, 7])
    #expect(try ImageCollection.open(folder.path + "/pictures").labels == [nil, nil, nil])
  }

  @Test func twoLabelsForOnePictureAreAnError() throws {
    let folder = try TemporaryFolder()
    try folder.write("pictures/a.png", Self.pixel)
    for (text, place) in [
      ("path,label\na.png,1\nb.png,2\na.png,3\n", ":4:7: label: found 3 for a.png, which has the label 1"),
      ("path,label\na.png,1\na.png,\n", ":3:7: label: found no label for a.png, which has the label 1"),
      ("path,label,label\na.png,1,2\n", ":1:12: found the column label a second time"),
    ] {
      let labels = try folder.write("labels.csv", text)
      let error = #expect(throws: TableError.self) {
        try ImageCollection.open(folder.path + "/pictures", labels: labels)
      }
      #expect(error?.description.hasPrefix(labels + place) == true, "\(error as Any)")
    }
    let labels = try folder.write("labels.csv", "path,label\na.png,1\na.png,1\n")
    #expect(try ImageCollection.open(folder.path + "/pictures", labels: labels).labels == [1])
    // A list may name a picture as often as it likes.
    let list = try folder.write("list.csv", "path,label\npictures/a.png,1\npictures/a.png,2\n")
    #expect(try ImageCollection.open(list).labels == [1, 2])
  }

  @Test func listsGivePathsFromTheirFolder() throws {
    let folder = try TemporaryFolder()
    let absolute = try folder.write("far/b.png", Self.pixel)
    try folder.write("near/a.png", Self.pixel)
    let list = try folder.write("list.txt", "near/a.png\r\n\n\(absolute)\n")
    let collection = try ImageCollection.open(list)
    #expect(collection.names == ["near/a.png", absolute])
    #expect(try collection.read(0) == collection.read(1))
    #expect(collection.location(of: 0) == folder.path + "/near/a.png")
  }

  /// A list may come from another command; its paths are then those that the command saw.
  @Test func listsMayComeFromAPipe() throws {
    let folder = try TemporaryFolder()
    let picture = try folder.write("a.png", Self.pixel)
    let pipe = folder.file("pipe")
    #expect(mkfifo(pipe, 0o600) == 0)
    let writer = Thread { try? Data("\(picture)\nb.png\n".utf8).write(to: URL(filePath: pipe)) }
    writer.start()
    let collection = try ImageCollection.open(pipe)
    #expect(collection.names == [picture, "b.png"])
    #expect(try collection.read(0).width == 1)
    #expect(collection.location(of: 1) == "b.png")
  }

  /// Each was taken for a picture folder of its own, forty levels deep; two did not end.
  @Test(arguments: [["loop"], ["a", "b"]]) func linksToTheFolderItselfAreErrors(links: [String]) throws {
    let folder = try TemporaryFolder()
    for name in ["1.png", "2.png", "3.png"] { try folder.write("pictures/\(name)", Self.pixel) }
    for link in links {
      try FileManager.default.createSymbolicLink(
        atPath: folder.path + "/pictures/\(link)", withDestinationPath: ".")
    }
    let error = #expect(throws: ImageError.self) {
      try ImageCollection.open(folder.path + "/pictures", layout: .flat)
    }
    #expect(error?.code == .badCollection && error?.path == folder.path + "/pictures/\(links[0])")
  }

  @Test func brokenPicturesAreListedAndLeftOut() throws {
    let folder = try TemporaryFolder()
    try folder.write("a.png", Self.pixel)
    try folder.write("b.png", Self.pixel.dropLast(20))
    try folder.write("c.gif.png", Array("GIF89a".utf8))
    try folder.write("d.png", Self.pixel)
    let collection = try ImageCollection.open(folder.path)
    for threads in [1, 3] {
      let broken = try collection.brokenImages(threads: Threads(threads))
      #expect(broken.map(\.index) == [1, 2])
      #expect(broken.map(\.error.code) == [.truncated, .unsupported])
      #expect(broken[0].error.path == folder.path + "/b.png")
      #expect(collection.removing(broken).names == ["a.png", "d.png"])
    }
  }

  @Test func whatIsNoCollectionIsAnError() throws {
    let folder = try TemporaryFolder()
    try folder.write("empty-class/a/1.png", Self.pixel)
    try folder.write("empty-class/b/notes.txt", "")
    try folder.write("mixed/a/1.png", Self.pixel)
    try folder.write("mixed/1.png", Self.pixel)
    try folder.write("nothing/notes.txt", "")
    try folder.write("unlabelled/images/1.png", Self.pixel)
    try folder.write("unlabelled/images/dataset.json", #"{"labels": [["2.png", 1]]}"#)
    try folder.write("twice/1.png", Self.pixel)
    try folder.write("twice/dataset.json", #"{"labels": [["1.png", 1], ["1.png", 2]]}"#)
    try folder.write("triple/1.png", Self.pixel)
    try folder.write("triple/dataset.json", #"{"labels": [["1.png", 1, 2]]}"#)
    try folder.write("binary.txt", [0x61, 0, 0x62])
    try folder.write("empty.txt", "\n")
    try FileManager.default.createSymbolicLink(
      atPath: folder.path + "/empty-class/a/up", withDestinationPath: "..")
    let cases: [(String, ImageError.Code, String)] = [
      ("none", .missing, "no such file"), ("mixed", .badCollection, "1.png, beside folders, such as a"),
      ("nothing", .badCollection, "no pictures"), ("unlabelled", .badLabels, "no label for 1.png"),
      ("twice", .badLabels, "two labels for 1.png"), ("triple", .badLabels, "3 values"),
      ("binary.txt", .badCollection, "line 1"), ("empty.txt", .badCollection, "no pictures"),
      ("empty-class", .badCollection, "a link that leads back to a folder above it"),
    ]
    for (name, code, phrase) in cases {
      let error = #expect(throws: ImageError.self, "\(name)") {
        try ImageCollection.open(folder.path + "/" + name)
      }
      #expect(
        error?.code == code && error?.description.contains(phrase) == true,
        "\(name): \(String(describing: error))")
    }
    try FileManager.default.removeItem(atPath: folder.path + "/empty-class/a/up")
    let error = #expect(throws: ImageError.self) { try ImageCollection.open(folder.path + "/empty-class") }
    #expect(error?.path == folder.path + "/empty-class/b" && error?.code == .badCollection)
    #expect(throws: ImageError.self) {
      try ImageCollection.open(folder.path + "/mixed", rows: ("split", "val"))
    }
    #expect(try ImageCollection.open(folder.path + "/mixed", layout: .flat).names == ["1.png", "a/1.png"])
  }

  @Test func badTablesAreErrorsWithTheirPlace() throws {
    let folder = try TemporaryFolder()
    let cases = [
      ("name,label\na,1\n", "label", ":1:1"), ("path,label\na.png,one\n", "a whole number", ":2:7"),
      ("path,label\na.png\n", "1 field,", ":2:1"), ("path,label\n\"\",1\n", "a picture's path", ":2:1"),
    ]
    for (text, phrase, place) in cases {
      let path = try folder.write("list.csv", text)
      let error = #expect(throws: TableError.self) { try ImageCollection.open(path) }
      #expect(
        error?.description.contains(phrase) == true && error?.description.contains(place) == true,
        "\(String(describing: error))")
    }
    let path = try folder.write("list.csv", "path,split\na.png,train\n")
    #expect(throws: TableError.self) { try ImageCollection.open(path, rows: ("split", "val")) }
    #expect(throws: TableError.self) { try ImageCollection.open(path, rows: ("part", "val")) }
  }

  @Test func damagedArchivesNameTheMember() throws {
    let folder = try TemporaryFolder()
    var bytes = try Fixture.bytes("images/stored.zip")
    let place = try #require(bytes.firstRange(of: Array("IDAT".utf8))).lowerBound
    bytes[place + 8] ^= 0x55
    let path = try folder.write("damaged.zip", bytes)
    let collection = try ImageCollection.open(path)
    let error = #expect(throws: ImageError.self) { try collection.read(0) }
    #expect(error?.code == .malformed && error?.path == path + "/00000/img00000000.png")
    #expect(try collection.brokenImages(threads: Threads(1)).map(\.index) == [0])
    try folder.write("cut.zip", bytes.dropLast(100))
    #expect(throws: TensorFileError.self) { try ImageCollection.open(folder.path + "/cut.zip") }
  }
}
