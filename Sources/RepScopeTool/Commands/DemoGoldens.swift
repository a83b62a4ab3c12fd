import Foundation
import RepScope

/// The values of the official code that are shipped with the demo's checkpoints, fixtures/mnist/goldens/curves.json.
struct DemoGoldens {
  /// By checkpoint ("repa-last"), time step ("t0.5") and metric: a value a layer.
  private let curves: [String: [String: [String: [Double]]]]
  /// By encoder ("mae_tiny") and metric, with DINOv2.
  private let encoders: [String: [String: Double]]

  private struct Contents: Decodable {
    let sit: [String: [String: [String: [Double]]]]
    let encoders: [String: Encoder]

    struct Encoder: Decodable {
      let withDINOv2: [String: Double]

      enum CodingKeys: String, CodingKey {
        case withDINOv2 = "vs_dinov2_tiny"
      }
    }
  }

  /// - Throws: `FileError` where it cannot be read, `FeatureError` for a file that is not what it should be.
  init(_ path: String) throws {
    let bytes = try WholeFile.read(path)
    do {
      let contents = try JSONDecoder().decode(Contents.self, from: Data(bytes))
      curves = contents.sit
      encoders = contents.encoders.mapValues(\.withDINOv2)
    } catch {
      throw FeatureError(.damaged, path: path, "it does not hold the official code's curves: \(error)")
    }
  }

  /// How far each value with DINOv2 is from the official one; values that have none are left out.
  func differences(of table: MeasurementTable, metric: String) -> [Double] {
    let names = ["cknna": "cknna_k10", "mutual-knn": "mutual_knn_k10", "cka-unbiased": "unbiased_cka"]
    let golden = names[metric] ?? metric
    return table.filter(reference: "dinov2", metric: metric).rows.compactMap { row in
      let expected =
        if let t = row.timestep, let step = row.step, let layer = row.layer?.number {
          curves["\(row.model)-\(Self.checkpoint(step))"]?["t\(t)"]?[golden]?.dropFirst(layer - 1).first
        } else {
          encoders["\(row.model)_tiny"]?[golden]
        }
      return expected.map { abs(row.value - $0) }
    }
  }

  /// "000500", and "last" for the last of them.
  private static func checkpoint(_ step: Int) -> String {
    let digits = String(step)
    return step == 5500 ? "last" : String(repeating: "0", count: max(0, 6 - digits.count)) + digits
  }
}
