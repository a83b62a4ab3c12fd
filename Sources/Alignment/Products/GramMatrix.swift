import CKernels
import LinearAlgebra

/// A whole Gram matrix in Double, for what looks at it a thousand times in other orders.
struct GramMatrix: Sendable {
  let samples: Int
  /// N x N, row-major.
  let elements: [Double]

  /// Up to here two of them are 268 MB at most and cheaper to go through than the products of the rows are to form.
  static let mostSamples = 4096
  private static let tileSize = 256

  /// The inner products of all rows, each times its factor, changed as `change` says.
  ///
  /// - Parameters:
  ///   - change: Receives a row of a tile, the sample it belongs to, and the samples of its columns.
  /// - Complexity: O(N² D / 2) products in Double, O(N²) memory.
  init(
    _ features: Matrix, factors: [Double]?, threads: Threads,
    change: (UnsafeMutablePointer<Double>, Int, Range<Int>) -> Void = { _, _, _ in }
  ) throws {
    let (samples, dimensions) = (features.rows, features.columns)
    self.samples = samples
    let tiling = Tiling(samples, by: Self.tileSize)
    let tiles = (0..<tiling.tiles).flatMap { i in (0...i).map { (i, $0) } }
    let workspaces = (0..<threads.count).map { _ in
      (
        operands: (0..<2).map { _ in Workspace<Double>(Self.tileSize * dimensions) },
        tile: Workspace<Double>(Self.tileSize * Self.tileSize)
      )
    }
    elements = try [Double](unsafeUninitializedCapacity: samples * samples) { elements, count in
      let target = UncheckedPointer(elements.baseAddress!)
      try features.withUnsafeBufferPointer { rows in
        try parallelLoop(tiles.count, threads: threads) { index, worker in
          let (below, above) = (tiling[tiles[index].0], tiling[tiles[index].1])
          let (operands, tile) = workspaces[worker]
          for (operand, range) in zip(operands, [below, above]) {
            for (place, sample) in range.enumerated() {
              repscope_widen(
                rows.baseAddress! + sample * dimensions, factors?[sample] ?? 1,
                operand.base + place * dimensions, dimensions)
            }
          }
          BLAS.multiplyTransposed(
            m: below.count, n: above.count, k: dimensions, operands[0].base, dimensions, operands[1].base,
            dimensions, into: tile.base, above.count)
          for (place, row) in below.enumerated() {
            let values = tile.base + place * above.count
            change(values, row, above)
            for (offset, column) in above.enumerated() {
              (target.pointer + row * samples + column).initialize(to: values[offset])
              // A tile on the diagonal has both halves itself.
              if tiles[index].0 != tiles[index].1 {
                (target.pointer + column * samples + row).initialize(to: values[offset])
              }
            }
          }
        }
      }
      count = samples * samples
    }
  }

  var diagonal: [Double] { (0..<samples).map { elements[$0 * samples + $0] } }

  /// Of every row the sum of its elements.
  var rowSums: [Double] {
    elements.withUnsafeBufferPointer { values in
      (0..<samples).map { row in
        var sum = 0.0
        for column in 0..<samples { sum += values[row * samples + column] }
        return sum
      }
    }
  }
}

/// Two Gram matrices, the samples of the second in any order.
///
/// A class, so that what is computed from it once can be kept by its identity.
final class PermutedGrams: Sendable {
  let x: GramMatrix
  let y: GramMatrix
  private let xDiagonal: [Double]
  private let yDiagonal: [Double]

  init(_ x: GramMatrix, _ y: GramMatrix) {
    self.x = x
    self.y = y
    xDiagonal = x.diagonal
    yDiagonal = y.diagonal
  }

  /// The sum of all elements of K∘L.
  ///
  /// - Complexity: O(N² / 2).
  func sumOfProducts(_ samples: PermutedSamples) -> Double {
    samples.once(self) {
      2 * repscope_permuted_gram_product(x.elements, y.elements, samples.order, x.samples)
        + Self.dot(xDiagonal, yDiagonal, samples)
    }
  }

  /// The inner product of a vector with another whose elements go with their samples.
  static func dot(_ a: [Double], _ b: [Double], _ samples: PermutedSamples) -> Double {
    samples.order.withUnsafeBufferPointer { order in
      var sum = 0.0
      for place in a.indices { sum += a[place] * b[Int(order[place])] }
      return sum
    }
  }
}
