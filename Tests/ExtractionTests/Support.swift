import Extraction
import Foundation
import LinearAlgebra
import TensorFiles

/// The shipped fixtures, found from this file's place in the repository.
enum Fixtures {
  static let mnist =
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().path + "/fixtures/mnist"

  static let latentFolder = "\(mnist)/latents"
  static let latentTensor = "\(mnist)/latents/val_mean.safetensors"

  /// A tensor of the hidden states that the models' own code gave.
  static func golden(_ name: String) throws -> [Float] {
    let file = try TensorFile.open("\(mnist)/goldens/sit_hidden.safetensors")
    return try file[name]?.floats() ?? []
  }
}

func write(_ text: String, to path: String) throws {
  try FileManager.default.createDirectory(
    atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
  try Data(text.utf8).write(to: URL(fileURLWithPath: path))
}

func writeArray(_ values: [Float], shape: [Int], to path: String) throws {
  try FileManager.default.createDirectory(
    atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
  let writer = try NumPyWriter(path, shape: shape)
  try writer.append(values)
  try writer.finish()
}

/// Every file of a folder, hidden ones too, by its path.
func contents(of folder: String) throws -> [String: Data] {
  try FileManager.default.subpathsOfDirectory(atPath: folder).reduce(into: [:]) { files, name in
    var isFolder: ObjCBool = false
    let path = "\(folder)/\(name)"
    if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder.boolValue {
      files[name] = try Data(contentsOf: URL(fileURLWithPath: path))
    }
  }
}

func names(in folder: String) throws -> [String] {
  try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
}

extension LatentNoise {
  func values(sample: Int, count: Int) throws -> [Float] {
    var values = [Float](repeating: 0, count: count)
    try values.withUnsafeMutableBufferPointer { try fill($0, sample: sample) }
    return values
  }
}

/// The first half of REPA's [2C, H, W] arrays.
enum ImportedMean {
  static func read(_ path: String) throws -> [Float] {
    let values = try TensorFile.open(path).tensors.first?.floats() ?? []
    return Array(values.prefix(values.count / 2))
  }
}
