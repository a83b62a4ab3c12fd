import Foundation
import LinearAlgebra
import TensorFiles

@testable import Probing

/// The probes' golden data: digits as features, with what scikit-learn and DINO's evaluation make of them.
enum Goldens {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "fixtures/goldens/metrics").path

  static func set(_ name: String) throws -> ProbeSet {
    let file = try TensorFile.open("\(folder)/probe.safetensors")
    let features = file["\(name)_features"]!
    let labels = try file["\(name)_labels"]!.integers()
    let matrix = Matrix(
      rows: features.shape[0], columns: features.shape[1], elements: try features.floats())
    return try ProbeSet(FeatureRows(matrix), labels: labels, classes: 10)
  }

  static func expected(_ section: String) throws -> [String: [String: Any]] {
    let data = try Data(contentsOf: URL(filePath: "\(folder)/probe_expected.json"))
    let json = try JSONSerialization.jsonObject(with: data) as! [String: Any]
    return json[section] as! [String: [String: Any]]
  }
}
