import Foundation
import RepScope

/// Features with classes: normal clouds whose directions differ in size as those of hidden states do.
enum ProbeFeatures {
  /// Direction j has the size (j + 1)^-decay, and no direction is an axis; decay 0 is the easy case for any solver.
  static func write(samples: Int, dimensions: Int, classes: Int, decay: Double, seed: UInt64, to path: String)
    throws
  {
    let sizes = (0..<dimensions).map { pow(Double($0 + 1), -decay) }
    let centres = values(classes, dimensions, seed: seed)
    let rotation = values(dimensions, dimensions, seed: seed + 1)
    let noise = values(samples, dimensions, seed: seed + 2)
    let scale = 1 / Double(dimensions).squareRoot()
    let features = try Matrix(rows: samples, columns: dimensions) { out in
      let target = UncheckedPointer(out.baseAddress!)
      let blocks = Tiling(samples, by: 512)
      try noise.withUnsafeBufferPointer { noise in
        try centres.withUnsafeBufferPointer { centres in
          try rotation.withUnsafeBufferPointer { rotation in
            let factors = UncheckedPointer(UnsafeMutablePointer(mutating: rotation.baseAddress!))
            let (noise, centres) = (
              UncheckedPointer(UnsafeMutablePointer(mutating: noise.baseAddress!)),
              UncheckedPointer(UnsafeMutablePointer(mutating: centres.baseAddress!))
            )
            try parallelLoop(blocks.tiles, threads: .all) { block, _ in
              let range = blocks[block]
              var rows = [Float](repeating: 0, count: range.count * dimensions)
              for row in range {
                for column in 0..<dimensions {
                  let value =
                    noise.pointer[row * dimensions + column] + 0.2
                    * centres.pointer[row % classes * dimensions + column]
                  rows[(row - range.lowerBound) * dimensions + column] = Float(
                    Double(value) * sizes[column] * scale)
                }
              }
              BLAS.multiply(
                m: range.count, n: dimensions, k: dimensions, rows, dimensions, factors.pointer, dimensions,
                into: target.pointer + range.lowerBound * dimensions, dimensions)
            }
          }
        }
      }
    }
    try NumPyFile.write(features, to: path)
  }

  /// The labels that go with them.
  static func set(_ features: Matrix, classes: Int) throws -> ProbeSet {
    try ProbeSet(FeatureRows(features), labels: (0..<features.rows).map { $0 % classes }, classes: classes)
  }

  private static func values(_ rows: Int, _ columns: Int, seed: UInt64) -> Matrix {
    let random = CounterRandom(seed: seed)
    return Matrix(rows: rows, columns: columns) { elements in
      let target = UncheckedPointer(elements.baseAddress!)
      // Rows are independent and nothing throws.
      try! parallelLoop(rows, threads: .all) { row, _ in
        random.fillNormal(
          UnsafeMutableBufferPointer(start: target.pointer + row * columns, count: columns),
          from: UInt64(row * (columns + columns % 2)))
      }
    }
  }
}
