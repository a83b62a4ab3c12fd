import Foundation
import LinearAlgebra
import TensorFiles
import Testing

/// What fixtures/fidelity holds.
struct Goldens: Decodable {
  struct Pair: Decodable, Sendable {
    let name: String
    let x: String
    let y: String
    let fid: Double
    let fidSqrtm: Double
    let kidFull: Double
    let kid: Double
    let kidDeviation: Double
    let subsetsX: [[Int]]
    let subsetsY: [[Int]]
    let k: Int
    let coverageK: Int
    let precision: Double
    let recall: Double
    let density: Double
    let coverage: Double
  }

  struct Score: Decodable {
    let mean: Double
    let deviation: Double
  }

  let pairs: [Pair]
  let inceptionScores: [String: Score]

  static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "fixtures/fidelity").path

  static func load() throws -> Goldens {
    try JSONDecoder().decode(Goldens.self, from: Data(contentsOf: URL(filePath: "\(folder)/expected.json")))
  }

  static let pairNames = [
    "tall", "wide", "mixed", "mixed turned", "rank 5 of 12", "far from 0", "close", "ties",
  ]

  static func pair(_ name: String) throws -> (pair: Pair, x: Matrix, y: Matrix) {
    let pair = try #require(load().pairs.first { $0.name == name })
    return (pair, try matrix(pair.x), try matrix(pair.y))
  }

  static func matrix(_ name: String) throws -> Matrix {
    let tensor = try #require(try TensorFile.open("\(folder)/features.npz")[name])
    return Matrix(rows: tensor.shape[0], columns: tensor.shape[1], elements: try tensor.floats())
  }
}

/// Random features that are the same on every machine.
enum TestFeatures {
  static func normal(_ samples: Int, _ dimensions: Int, seed: UInt64, shift: Float = 0) -> Matrix {
    let random = CounterRandom(seed: seed)
    return Matrix(rows: samples, columns: dimensions) { elements in
      random.fillNormal(elements, from: 0)
      for place in elements.indices { elements[place] += shift }
    }
  }

  /// Few different whole numbers: many equal distances, and copies.
  static func grid(_ samples: Int, _ dimensions: Int, seed: UInt64, below bound: Int = 3) -> Matrix {
    let random = CounterRandom(seed: seed)
    return Matrix(
      rows: samples, columns: dimensions,
      elements: (0..<samples * dimensions).map { Float(random.integer(below: bound, at: UInt64($0))) })
  }
}

/// The definitions as they read, in Double, with whole matrices.
enum Direct {
  static func squaredDistances(_ x: Matrix, _ y: Matrix) -> [[Double]] {
    (0..<x.rows).map { i in
      (0..<y.rows).map { j in
        (0..<x.columns).reduce(0) { sum, column in
          let difference = Double(x[i, column]) - Double(y[j, column])
          return sum + difference * difference
        }
      }
    }
  }

  static func squaredRadii(_ x: Matrix, k: Int) -> [Double] {
    squaredDistances(x, x).enumerated().map { i, row in
      row.enumerated().filter { $0.offset != i }.map(\.element).sorted()[k - 1]
    }
  }

  static func manifolds(
    _ x: Matrix, _ y: Matrix, k: Int, coverageK: Int
  ) -> (precision: Double, recall: Double, density: Double, coverage: Double) {
    let distances = squaredDistances(x, y)
    let (xRadii, yRadii) = (squaredRadii(x, k: k), squaredRadii(y, k: k))
    let wide = squaredRadii(y, k: coverageK)
    let precise = distances.count { row in zip(row, yRadii).contains { $0 <= $1 } }
    let recalled = (0..<y.rows).count { j in distances.indices.contains { distances[$0][j] <= xRadii[$0] } }
    let inside = distances.reduce(0) { $0 + zip($1, wide).count { $0 < $1 } }
    let covered = (0..<y.rows).count { j in distances.contains { $0[j] < wide[j] } }
    return (
      Double(precise) / Double(x.rows), Double(recalled) / Double(y.rows),
      Double(inside) / Double(coverageK * x.rows), Double(covered) / Double(y.rows)
    )
  }
}
