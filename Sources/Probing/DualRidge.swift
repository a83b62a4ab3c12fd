import LinearAlgebra

/// Ridge regression by the eigenvectors of X Xᵀ, for fewer samples than dimensions; all of it in Double.
struct DualRidge: RidgeSolution {
  private let set: ProbeSet
  /// Samples x dimensions, centred.
  private let features: DoubleMatrix
  private let values: [Double]
  /// One eigenvector a row.
  private let vectors: DoubleMatrix
  /// The centred labels along the eigenvectors: samples x classes.
  private let targets: DoubleMatrix
  private let shares: [Double]

  init(_ rows: TrainingRows, _ set: ProbeSet) throws {
    self.set = set
    let (count, dimensions) = (rows.count, rows.dimensions)
    let buffer = Workspace<Float>(count * dimensions)
    let x = try rows.block(0..<count, buffer.base)
    let features = DoubleMatrix(
      rows: count, columns: dimensions, elements: (0..<count * dimensions).map { Double(x[$0]) })
    self.features = features
    let eigen = try LAPACK.symmetricEigen(
      DoubleMatrix.product(features, transposed: false, features, transposed: true))
    values = eigen.values.map { max(0, $0) }
    vectors = eigen.vectors!
    let shares = set.classSizes.map { Double($0) / Double(count) }
    var labels = DoubleMatrix(rows: count, columns: set.classes)
    for row in 0..<count {
      for label in 0..<set.classes {
        labels[row, label] = (Int(set.labels[row]) == label ? 1 : 0) - shares[label]
      }
    }
    targets = DoubleMatrix.product(vectors, labels)
    self.shares = shares
  }

  func weights(_ lambda: Double) -> DoubleMatrix {
    let duals = DoubleMatrix.product(vectors, transposed: true, scaled { 1 / ($0 + lambda) })
    return DoubleMatrix.product(duals, transposed: true, features)
  }

  func leaveOneOut(_ lambdas: [Double]) -> [Int] {
    lambdas.map { lambda in
      let predictions = DoubleMatrix.product(vectors, transposed: true, scaled { $0 / ($0 + lambda) })
      return (0..<set.count).count { row in
        var leverage = 1 / Double(set.count)
        for (place, value) in values.enumerated() {
          leverage += vectors[place, row] * vectors[place, row] * value / (value + lambda)
        }
        let own = Int(set.labels[row])
        let scores = (0..<set.classes).map {
          predictions[row, $0] + shares[$0] - ($0 == own ? leverage : 0)
        }
        return scores.firstIndex(of: scores.max()!) == own
      }
    }
  }

  private func scaled(_ factor: (Double) -> Double) -> DoubleMatrix {
    var result = targets
    for (row, value) in values.enumerated() {
      for column in 0..<set.classes { result[row, column] *= factor(value) }
    }
    return result
  }
}
