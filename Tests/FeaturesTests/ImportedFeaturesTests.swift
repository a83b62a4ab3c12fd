import Foundation
import LinearAlgebra
import TensorFiles
import TestSupport
import Testing

@testable import Features

extension TemporaryFolder {
  /// A .npy of the numbers 0, 1, 2, ... in the given shape.
  func npy(_ name: String, _ shape: [Int], first: Float = 0) throws {
    let file = "\(path)/\(name)"
    try FileManager.default.createDirectory(
      at: URL(filePath: file).deletingLastPathComponent(), withIntermediateDirectories: true)
    let writer = try NumPyWriter(file, shape: shape)
    try writer.append((0..<shape.reduce(1, *)).map { first + Float($0) })
    try writer.finish()
  }
}

@Suite struct ImportedFeaturesTests {
  @Test("A folder of arrays is one model, its layers in natural order")
  func folder() throws {
    let folder = try TemporaryFolder()
    for layer in [1, 2, 10] { try folder.npy("layer\(layer).npy", [3, 2], first: Float(layer)) }
    try folder.npy("t0.5/layer2.npy", [3, 2], first: 50)
    try folder.write("readme.txt", "not features")
    let features = try ImportedFeatures(folder.path)
    #expect(features.keys.map(\.layer) == [1, 2, 10, 2])
    #expect(features.keys.map(\.timestep) == [nil, nil, nil, 0.5])
    #expect(features.sampleCount == 3)
    #expect(try features.features(FeatureKey(layer: 10))[0, 0] == 10)
    #expect(try features.features(FeatureKey(layer: 2, timestep: 0.5))[2, 1] == 55)
  }

  @Test("An array [N, L, D] is L layers")
  func threeDimensions() throws {
    let folder = try TemporaryFolder()
    try folder.npy("feats.npy", [4, 3, 2])
    let features = try ImportedFeatures("\(folder.path)/feats.npy")
    #expect(features.keys.map(\.layer) == [1, 2, 3])
    // Element [n, l, d] is 6 n + 2 l + d.
    #expect(try features.features(FeatureKey(layer: 3))[2, 1] == 17)
    let fromZero = try ImportedFeatures(
      "\(folder.path)/feats.npy", options: ImportedFeatures.Options(firstLayer: 0))
    #expect(fromZero.keys.map(\.layer) == [0, 1, 2])
    #expect(features.hasArraysOfLayers)
    let tokens = try ImportedFeatures("\(folder.path)/feats.npy", options: .init(arrays: .tokens))
    #expect(!tokens.hasArraysOfLayers)
  }

  @Test("An array [N, T, D] is the tokens of one representation where that is said")
  func tokens() throws {
    let folder = try TemporaryFolder()
    try folder.npy("t0.5/projector.npy", [4, 3, 2])
    try folder.npy("t0.5/cls.npy", [4, 2])
    let features = try ImportedFeatures(folder.path, options: ImportedFeatures.Options(arrays: .tokens))
    let (projector, pooled) = (
      FeatureKey(layer: LayerLabel("projector"), timestep: 0.5),
      FeatureKey(layer: LayerLabel("cls"), timestep: 0.5)
    )
    #expect(Set(features.keys) == [projector, pooled])
    #expect(try features.tokenCount(projector) == 3)
    #expect(try features.tokenCount(pooled) == nil)
    let rows = try features.features(projector)
    #expect(rows.rows == 4 && rows.columns == 6)
    #expect(rows[2, 5] == 17)
    expect(.notFound, saying: "there is no layer 7") { _ = try features.tokenCount(FeatureKey(layer: 7)) }
    let layers = try ImportedFeatures("\(folder.path)/t0.5/projector.npy")
    #expect(try layers.keys.map { try layers.tokenCount($0) } == [nil, nil, nil])
  }

  @Test("More layers than there are numbers are refused")
  func tooManyLayers() throws {
    let folder = try TemporaryFolder()
    try folder.npy("feats.npy", [1, 100_000, 1])
    #expect(
      try ImportedFeatures("\(folder.path)/feats.npy", options: .init(firstLayer: 0)).keys.count == 100_000)
    expect(.badLayerNumber, saying: "100000 layers from 1") {
      _ = try ImportedFeatures("\(folder.path)/feats.npy")
    }
    #expect(try ImportedFeatures("\(folder.path)/feats.npy", options: .init(arrays: .tokens)).keys.count == 1)
  }

  @Test("A Float32 matrix is viewed where it lies in the file")
  func noCopy() throws {
    let folder = try TemporaryFolder()
    try folder.npy("layer1.npy", [3, 2])
    let features = try ImportedFeatures("\(folder.path)/layer1.npy")
    let addresses = try (0..<2).map { _ in
      try features.features(FeatureKey(layer: 1)).withUnsafeBufferPointer { Int(bitPattern: $0.baseAddress) }
    }
    #expect(addresses[0] == addresses[1])
  }

  @Test("Model and time step come from the file's name")
  func fileName() throws {
    let folder = try TemporaryFolder()
    try folder.npy("sit-xl_t0.3.npy", [5, 2])
    let features = try ImportedFeatures("\(folder.path)/sit-xl_t0.3.npy")
    #expect(features.name == "sit-xl")
    #expect(features.keys == [FeatureKey(layer: nil, timestep: 0.3)])
  }

  @Test("PATH#NAME picks one tensor, and labels are no features")
  func pick() throws {
    let folder = try TemporaryFolder()
    let path = "\(folder.path)/model.safetensors"
    let writer = try SafetensorsWriter(
      path,
      [
        TensorDeclaration(name: "layer01", shape: [2, 2], elementType: .float16),
        TensorDeclaration(name: "labels", shape: [2], elementType: .int64),
        TensorDeclaration(name: "cls", shape: [2, 3], elementType: .float32),
      ])
    try writer.append([0.5, 1, 1.5, 2] as [Float])
    try writer.append([7, 8] as [Int])
    try writer.append([1, 2, 3, 4, 5, 6] as [Float])
    try writer.finish()
    #expect(try ImportedFeatures(path).keys.map(\.layer) == [1, LayerLabel("cls")])
    let picked = try ImportedFeatures("\(path)#cls")
    #expect(picked.keys.map(\.layer) == [LayerLabel("cls")])
    #expect(try ImportedFeatures("\(path)#layer01").features(FeatureKey(layer: 1))[1, 0] == 1.5)
    expect(.notFound, saying: "there is no tensor nothing; there are layer01") {
      _ = try ImportedFeatures("\(path)#nothing")
    }
    expect(.wrongShape, saying: "labels is int64 [2]") { _ = try ImportedFeatures("\(path)#labels") }
  }

  @Test("Samples are named by samples.csv")
  func sampleNames() throws {
    let folder = try TemporaryFolder()
    try folder.npy("layer1.npy", [2, 2])
    try folder.write("samples.csv", "index,path,label\n0,a.png,3\n1,b.png,5\n")
    #expect(try ImportedFeatures(folder.path).samples == SampleList(["a.png", "b.png"]))
    let other = try TemporaryFolder()
    try other.npy("alone.npy", [1, 2])
    try other.write("alone.samples.csv", "path\nonly.png\n")
    #expect(try ImportedFeatures("\(other.path)/alone.npy").samples == SampleList(["only.png"]))
    try folder.write("samples.csv", "index,path\n1,b.png\n0,a.png\n")
    #expect(try ImportedFeatures(folder.path).samples == SampleList(["a.png", "b.png"]))
    for wrong in ["2", "0", "-1", "x", ""] {
      try folder.write("samples.csv", "index,path\n0,a.png\n\(wrong),b.png\n")
      #expect(throws: (any Error).self) { try ImportedFeatures(folder.path) }
    }
    try folder.npy("alone.npy", [1, 2])
    try folder.write("alone.samples.csv", "path\nonly.png\n")
    #expect(try ImportedFeatures("\(folder.path)/alone.npy").samples == SampleList(["only.png"]))
  }

  @Test("What cannot be used is said")
  func errors() throws {
    let folder = try TemporaryFolder()
    expect(.missing, saying: "no such file or folder") { _ = try ImportedFeatures("\(folder.path)/none.npy") }
    expect(.noFeatures, saying: ".npy") { _ = try ImportedFeatures(folder.path) }
    try folder.npy("layer1.npy", [3, 2])
    try folder.npy("layer2.npy", [4, 2])
    expect(.sampleCountsDiffer, saying: "layer2 has 4 samples, layer1 has 3") {
      _ = try ImportedFeatures(folder.path)
    }
    try folder.npy("layer2.npy", [3, 2])
    try folder.npy("blocks.0.npy", [3, 2])
    expect(.ambiguous, saying: "layer 1 is there twice") { _ = try ImportedFeatures(folder.path) }
    try folder.npy("vector.npy", [7])
    expect(.noFeatures, saying: "float32 [7]") { _ = try ImportedFeatures("\(folder.path)/vector.npy") }
  }

  private func expect(_ code: FeatureError.Code, saying part: String, _ body: () throws -> Void) {
    #expect {
      try body()
    } throws: { error in
      guard let error = error as? FeatureError else { return false }
      return error.code == code && error.description.contains(part)
    }
  }
}
