import Files
import TensorFiles
import TestSupport
import Testing

@testable import Extraction

@Suite struct LatentsTests {
  private func read(_ latents: Latents, _ sample: Int, noise: [Float]? = nil) throws -> [Float] {
    var values = [Float](repeating: .nan, count: latents.shape.elements)
    try values.withUnsafeMutableBufferPointer { values in
      if let noise {
        try noise.withUnsafeBufferPointer { try latents.makeReader().read(sample, noise: $0, into: values) }
      } else {
        try latents.makeReader().read(sample, noise: nil, into: values)
      }
    }
    return values
  }

  @Test(arguments: [Fixtures.latentFolder, "\(Fixtures.latentFolder)/vae-sd"])
  func thePreprocessedLayoutHasMeansLabelsAndTheImagesNames(path: String) throws {
    let latents = try Latents(path)
    #expect(latents.samples.count == 20)
    #expect(latents.shape == InputShape(channels: 4, height: 16, width: 16))
    #expect(latents.isPosterior)
    #expect(latents.samples.labels == (0..<20).map { $0 % 10 })
    #expect(latents.samples.names?[3] == "00000/img00000003.png")
  }

  @Test func bothLayoutsHoldTheSameMeans() throws {
    let folder = try Latents(Fixtures.latentFolder)
    let tensor = try Latents(Fixtures.latentTensor)
    #expect(tensor.samples.count == 500)
    #expect(tensor.samples.names == nil)
    #expect(!tensor.isPosterior)
    #expect(tensor.samples.labels.prefix(20) == folder.samples.labels[...])
    for sample in [0, 7, 19] { #expect(try read(folder, sample) == read(tensor, sample)) }
    #expect(try Latents("\(Fixtures.latentTensor)#mean").digest() == tensor.digest())
    #expect(try folder.digest() != tensor.digest())
  }

  @Test func aDrawIsMeanPlusDeviationTimesNoise() throws {
    let latents = try Latents(Fixtures.latentFolder)
    let mean = try read(latents, 2)
    let one = try read(latents, 2, noise: [Float](repeating: 1, count: 1024))
    let two = try read(latents, 2, noise: [Float](repeating: 2, count: 1024))
    for element in 0..<1024 {
      #expect(one[element] > mean[element])
      #expect(abs((two[element] - mean[element]) - 2 * (one[element] - mean[element])) < 1e-5)
    }
  }

  @Test func aFolderOfArraysIsReadInNaturalOrder() throws {
    try withTemporaryFolder { folder in
      for number in [10, 9, 1] {
        try writeArray(
          [Float](repeating: Float(number), count: 8), shape: [1, 2, 2, 2], to: "\(folder)/x\(number).npy")
      }
      try write("x", to: "\(folder)/readme.txt")
      let latents = try Latents(folder)
      #expect(latents.samples.names == ["x1.npy", "x9.npy", "x10.npy"])
      #expect(latents.samples.labels == [nil, nil, nil])
      #expect(try read(latents, 2).allSatisfy { $0 == 10 })
    }
  }

  @Test func labelsMayComeFromAnotherFile() throws {
    try withTemporaryFolder { folder in
      try write("index,label\n1,5\n0,7\n900,3\n", to: "\(folder)/i.csv")
      #expect(
        try Latents(Fixtures.latentTensor, labels: "\(folder)/i.csv").samples.labels.prefix(3) == [7, 5, nil])
      try write("path,label,split\n00000/img00000002.png,9,val\nelse,1,val\n", to: "\(folder)/p.csv")
      #expect(
        try Latents(Fixtures.latentFolder, labels: "\(folder)/p.csv").samples.labels.prefix(3) == [
          nil, nil, 9,
        ])
      let writer = try NumPyWriter("\(folder)/l.npy", shape: [20], elementType: .int64)
      try writer.append((0..<20).map { 19 - $0 })
      try writer.finish()
      #expect(
        try Latents(Fixtures.latentFolder, labels: "\(folder)/l.npy").samples.labels.prefix(2) == [19, 18])
    }
  }

  @Test(arguments: [
    ("a.csv", "index,label\n0,x\n", "a.csv:2:3: label: found x, expected a whole number"),
    ("a.csv", "index,label\n-1,0\n", "a.csv:2:1: index: found -1, expected a whole number from 0"),
    (
      "a.csv", "index,label\n1,1\n1,1\n1,2\n",
      "a.csv:4:3: label: found 2 for 1, which has the label 1 already, expected one for each sample"
    ),
    ("a.csv", "label,index,label\n1,1,2\n", "a.csv:1:13: found the column label a second time"),
    ("a.csv", "index,label\n0\n", "found 1 field, expected 2 fields"),
    ("a.csv", "index,klass\n0,1\n", "found the columns index,klass, expected label and path or index"),
    ("a.csv", "path,label\nother.png,1\n", "none of its rows is one of the latents of"),
    ("a.csv", "", "found an empty file, expected label"),
    ("a.json", "[1]", "a.json"),
  ])
  func brokenLabelsAreErrorsThatNameThePlace(name: String, text: String, expected: String) throws {
    try withTemporaryFolder { folder in
      try write(text, to: "\(folder)/\(name)")
      let error = try #require(throws: (any Error).self) {
        try Latents(Fixtures.latentFolder, labels: "\(folder)/\(name)")
      }
      #expect(error is ExtractionError || error is TableError || error is TensorFileError)
      #expect("\(error)".contains(expected), "\(error)")
    }
  }

  @Test(arguments: [
    ("{\"labels\": [[\"00000/img-mean-std-00000000.npy\"]]}", "with 1 values, expected a name and a label"),
    ("{\"labels\": [[\"a\", 1, 2]]}", "an entry of a with 3 values, expected a name and a label"),
    ("{\"labels\": [[\"a\", 1]]}", "no label for 00000/img-mean-std-00000000.npy"),
    ("{\"labels\": [[\"a\", 1.5]]}", "expected a whole number"),
    ("{\"labels\": [", "The file may be incomplete"),
    ("", "an empty file; expected JSON"),
  ])
  func aBrokenDatasetListIsAnErrorThatNamesIt(text: String, expected: String) throws {
    try withTemporaryFolder { folder in
      let array = "\(folder)/vae-sd/00000/img-mean-std-00000000.npy"
      try writeArray([Float](repeating: 1, count: 8), shape: [2, 2, 2], to: array)
      try write(text, to: "\(folder)/vae-sd/dataset.json")
      let error = try #require(throws: (any Error).self) { try Latents(folder) }
      #expect("\(error)".hasPrefix("\(folder)/vae-sd/dataset.json: "))
      #expect("\(error)".contains(expected), "\(error)")
      try write("{\"labels\": null}", to: "\(folder)/vae-sd/dataset.json")
      #expect(try Latents(folder).samples.labels == [nil])
    }
  }

  @Test func latentsThatCannotBeReadAreErrorsThatNameTheFile() throws {
    try withTemporaryFolder { folder in
      let missing = try #require(throws: ExtractionError.self) { try Latents(folder) }
      #expect(missing.code == .missing)
      #expect(throws: TensorFileError.self) { try Latents("\(folder)/none.safetensors") }
      try writeArray([1, 2], shape: [2], to: "\(folder)/a.npy")
      #expect(throws: ExtractionError.self) { try Latents(folder) }
      try writeArray([1, 2, 3, 4], shape: [1, 2, 2], to: "\(folder)/a.npy")
      try writeArray([1, 2], shape: [1, 1, 2], to: "\(folder)/b.npy")
      try writeArray([1, .nan, 3, 4], shape: [1, 2, 2], to: "\(folder)/c.npy")
      try write("no array", to: "\(folder)/d.npy")
      let latents = try Latents(folder)
      let other = try #require(throws: ExtractionError.self) { try read(latents, 1) }
      #expect("\(other)" == "\(folder)/b.npy: it holds a latent 1x1x2, but the first of \(folder) is 1x2x2")
      let bad = try #require(throws: ExtractionError.self) { try read(latents, 2) }
      #expect("\(bad)" == "\(folder): element 1 of the latent of sample 2 (c.npy) is nan")
      #expect(throws: TensorFileError.self) { try read(latents, 3) }
      let tensor = try #require(throws: ExtractionError.self) {
        try Latents("\(Fixtures.latentTensor)#labels")
      }
      #expect(tensor.message == "labels is int64 [500], not a floating-point array [N, C, H, W] of latents")
    }
  }

  @Test(arguments: [
    ("0-2,19", [0, 1, 2, 19]), ("7\n3\n", [7, 3]),
    ("00000/img00000004.png\n00000/img00000001.png\n", [4, 1]),
  ])
  func aSubsetIsNumbersRangesOrNames(text: String, expected: [Int]) throws {
    try withTemporaryFolder { folder in
      try write(text, to: "\(folder)/subset.txt")
      #expect(
        try Latents(Fixtures.latentFolder).samples.indices(listedIn: "\(folder)/subset.txt") == expected)
      let writer = try NumPyWriter("\(folder)/subset.npy", shape: [expected.count], elementType: .int64)
      try writer.append(expected)
      try writer.finish()
      #expect(
        try Latents(Fixtures.latentFolder).samples.indices(listedIn: "\(folder)/subset.npy") == expected)
    }
  }

  @Test(arguments: [
    ("", "it lists no sample"),
    ("20", "line 1, \"20\", is the name of no sample, such as 00000/img00000000.png"),
    ("1,1", "line 1, \"1,1\", is the name of no sample"), ("00000/img00000004.png\nx", "line 2, \"x\", is"),
    ("00000/img00000004.png\n00000/img00000004.png", "it lists a sample twice"),
  ])
  func aSubsetOfWhatIsNotThereIsAnError(text: String, expected: String) throws {
    try withTemporaryFolder { folder in
      try write(text, to: "\(folder)/subset.txt")
      let error = try #require(throws: ExtractionError.self) {
        try Latents(Fixtures.latentFolder).samples.indices(listedIn: "\(folder)/subset.txt")
      }
      #expect(error.message.hasPrefix(expected), "\(error)")
    }
  }
}
