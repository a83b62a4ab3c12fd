import Files
import LinearAlgebra
import TensorFiles
import TestSupport
import Testing

@testable import Features

/// Six samples in memory.
private struct SixSamples: FeatureSource {
  var name = "model"
  var path = "memory"
  var step: Int?
  var keys = [FeatureKey(layer: 1)]
  var sampleCount = 6
  var samples: SampleList?

  init(_ names: [String]? = nil) { samples = names.map(SampleList.init) }

  func features(_ key: FeatureKey) throws -> Matrix { Matrix(rows: sampleCount, columns: 2) }
}

@Suite struct SampleLabelTests {
  static let names = ["0/a.png", "0/b.png", "2/a.png", "2/c.png", "10/a.png", "10/b.png"]

  private func labels(_ csv: String, of source: SixSamples = SixSamples(names)) throws -> SampleLabels {
    try withTemporaryFolder { folder in
      try write(csv, to: "\(folder)/labels.csv")
      return try LabelFile("\(folder)/labels.csv").labels(of: source)
    }
  }

  @Test("By path, with a split; samples with an empty split are left out, others may be listed")
  func byPath() throws {
    let found = try labels(
      """
      path,label,split
      10/b.png,10,val
      10/a.png,10,train
      2/c.png,2,train
      2/a.png,2,
      0/a.png,0,training
      0/b.png,0,test
      7/x.png,7,train

      """)
    #expect(found.hasSplits)
    #expect(found.entries.map { $0?.name } == ["0", "0", nil, "2", "10", "10"])
    #expect(
      found.entries.map { $0?.split } == [.train, .validation, nil, .train, .train, .validation])
    #expect(SampleLabels.classNames(of: [found]) == ["0", "2", "10"])
  }

  @Test(
    "Folders above that differ do not matter",
    arguments: [("images/digits/", ""), ("", "all/"), ("x/", "y/")])
  func otherFolders(listed: String, own: String) throws {
    let rows = Self.names.map { "\(listed)\($0),\($0.split(separator: "/")[0])\n" }.joined()
    let found = try labels("path,label\n" + rows, of: SixSamples(Self.names.map { own + $0 }))
    #expect(found.entries.map { $0?.name } == ["0", "0", "2", "2", "10", "10"])
    #expect(!found.hasSplits)
  }

  @Test("By row, in any order, with names for classes")
  func byRow() throws {
    let found = try labels("index,label\n5,cat\n0,dog\n1,dog\n2,dog\n4,cat\n3,\"a, b\"\n", of: SixSamples())
    #expect(found.entries.map { $0?.name } == ["dog", "dog", "dog", "a, b", "cat", "cat"])
    #expect(SampleLabels.classNames(of: [found]) == ["a, b", "cat", "dog"])
  }

  @Test("An archive's own list of samples without names counts rows")
  func archiveList() throws {
    let csv = ArchiveSamples(names: nil, labels: [3, 1, 3, 1, 3, 1]).csv
    #expect(try labels(csv).entries.map { $0?.name } == ["3", "1", "3", "1", "3", "1"])
  }

  @Test(
    "Mistakes in a table are named with their line",
    arguments: [
      ("", "an empty file"), ("path,class\n", "a column label"), ("label\n1\n", "path or index"),
      ("index,label\n0,1,2\n", ":2:"), ("index,label\n0,\n", "found nothing"),
      ("index,label\nx,1\n", "found x"),
      ("index,label\n-1,1\n", "from 0"), ("index,label\n0,1\n0,1\n", "a second time"),
      ("path,label\na,1\na,2\n", "a second time"), ("index,label,split\n0,1,dev\n", "train, val or nothing"),
      ("index,label,split\n0,,train\n", "empty split"),
    ])
  func badTables(csv: String, message: String) throws {
    let error = #expect(throws: TableError.self) { try labels(csv, of: SixSamples()) }
    #expect(error.map { "\($0)".contains(message) } == true, "\(error!)")
  }

  @Test(
    "Labels of other samples",
    arguments: [
      ("index,label\n0,1\n1,1\n2,1\n3,1\n5,1\n", "row 4 of memory has no label"),
      ("index,label\n0,1\n1,1\n2,1\n3,1\n4,1\n5,1\n6,1\n", "a label for row 6, but there are 6 samples"),
      ("path,label\n0/a.png,1\n", "row 1, 0/b.png, of memory has no label"),
      ("path,label\nn01/x.jpg,1\nn02/x.jpg,1\n", "none of its samples"),
      ("index,path,label\n0,a,1\n1,,1\n", "some of its lines"),
    ])
  func otherSamples(csv: String, message: String) throws {
    let error = #expect(throws: FeatureError.self) { try labels(csv) }
    #expect(error?.code == .badLabels)
    #expect(error.map { "\($0)".contains(message) } == true, "\(error!)")
  }

  @Test("Samples without names cannot be found by path")
  func nameless() throws {
    let error = #expect(throws: FeatureError.self) { try labels("path,label\na,1\n", of: SixSamples()) }
    #expect(error?.message.contains("have no names") == true)
  }

  @Test("Arrays of whole numbers, one a sample")
  func arrays() throws {
    try withTemporaryFolder { folder in
      func write(_ values: [Int], _ name: String, _ type: ElementType = .int64) throws -> String {
        let writer = try SafetensorsWriter(
          "\(folder)/\(name).safetensors",
          [TensorDeclaration(name: "labels", shape: [values.count], elementType: type)])
        if type.isFloatingPoint {
          try writer.append(values.map(Float.init))
        } else {
          try writer.append(values)
        }
        try writer.finish()
        return "\(folder)/\(name).safetensors"
      }
      let good = try LabelFile(write([4, 0, 4, 0, 9, 9], "good"))
      #expect(try good.labels(of: SixSamples()).entries.map { $0?.name } == ["4", "0", "4", "0", "9", "9"])
      for (path, message) in [
        (try write([1, 2, 3], "short"), "3 labels, but there are 6 samples"),
        (try write([1, 2, -1, 0, 0, 0], "negative"), "row 2 is -1"),
        (try write([1, 2, 0, 0, 0, 0], "floats", .float32), "no whole numbers"),
        ("\(Self.fixtures)/features/val_repa_t0.5.safetensors", "expected one array"),
      ] {
        let error = #expect(throws: FeatureError.self) { try LabelFile(path).labels(of: SixSamples()) }
        #expect(error?.code == .badLabels)
        #expect(error.map { "\($0)".contains(message) } == true, "\(error!)")
      }
    }
  }

  static let fixtures = String(#filePath.split(separator: "Tests/FeaturesTests")[0]) + "fixtures/mnist"

  @Test("Folders are classes, and train and val above them the split")
  func folders() throws {
    let plain = try SampleLabels(foldersOf: SixSamples(Self.names.map { "data/images/" + $0 }))
    #expect(plain.entries.map { $0?.name } == ["0", "0", "2", "2", "10", "10"])
    #expect(!plain.hasSplits)
    let split = try SampleLabels(
      foldersOf: SixSamples(["train/n1/a", "train/n2/b", "train/n2/c", "val/n1/a", "val/n2/x", "val/n2/y"]))
    #expect(split.hasSplits)
    #expect(split.entries.map { $0?.name } == ["n1", "n2", "n2", "n1", "n2", "n2"])
    #expect(
      split.entries.map { $0?.split } == [.train, .train, .train, .validation, .validation, .validation])
    // One folder for all is one class, not one for each file.
    let one = try SampleLabels(foldersOf: SixSamples((0..<6).map { "a/b/\($0).png" }))
    #expect(SampleLabels.classNames(of: [one]) == ["b"])
    for source in [SixSamples(), SixSamples(["a/1", "2", "a/3", "a/4", "a/5", "a/6"])] {
      #expect(throws: FeatureError.self) { try SampleLabels(foldersOf: source) }
    }
  }

  @Test("An archive's labels, where it has them")
  func archive() throws {
    try withTemporaryFolder { folder in
      try SmallArchive.write(to: folder)
      let labels = try SampleLabels(of: FeatureArchive(folder))
      #expect(labels.entries.map { $0?.name } == ["0", "1", "0", "1", "0"])
      #expect(throws: FeatureError.self) { try SampleLabels(of: SixSamples()) }
    }
  }

  @Test("Parts of a representation are what the whole has there, across shards too")
  func readers() throws {
    try withTemporaryFolder { folder in
      try SmallArchive.write(to: folder)
      let file = "\(Self.fixtures)/features/val_repa_t0.5.safetensors"
      let sources: [any FeatureSource] = [
        try FeatureArchive(folder), try ImportedFeatures(file), SixSamples(),
      ]
      for source in sources {
        for key in source.keys {
          let (whole, reader) = (try source.features(key), try source.reader(key))
          #expect(reader.rows == whole.rows && reader.columns == whole.columns)
          for range in [0..<whole.rows, 1..<4, 3..<3, whole.rows - 1..<whole.rows] {
            let part = try Matrix(rows: range.count, columns: whole.columns) { try reader.copy(range, $0) }
            #expect(part == whole[rows: range])
          }
        }
      }
    }
  }
}
