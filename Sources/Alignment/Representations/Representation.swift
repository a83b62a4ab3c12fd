import LinearAlgebra

/// The features of one layer, checked, with what is to be done to their rows: ready to be compared.
///
/// The features themselves are not copied, unless an outlier clamp changes them; a row's normalisation is kept as a
/// factor and applied where the row is used.
public struct Representation: Sendable {
  /// N samples by D dimensions: as given, or clamped.
  public let features: Matrix
  /// For every row the factor that normalises it; nil where rows are used as they are.
  public let rowFactors: [Double]?
  /// Of every row as given or clamped, in Double: the inner product with itself.
  let squaredNorms: [Double]

  public var samples: Int { features.rows }
  public var dimensions: Int { features.columns }

  /// Checks the features and computes their row factors.
  ///
  /// - Throws: ``AlignmentError`` naming the first row with NaN or infinity, or, under L2 normalisation, the first
  ///   row of zeros.
  /// - Complexity: O(N D).
  public init(
    _ features: Matrix, normalization: Normalization = .l2, clamp: OutlierClamp = .none,
    threads: Threads = .all
  ) throws {
    guard features.columns > 0 else {
      throw AlignmentError(.invalidSetting, "the features have no dimensions (\(features.rows) x 0)")
    }
    // A sum of squares in Double is finite just when all its Float32 elements are: the place is looked for only then.
    let givenNorms = try features.squaredRowNorms(threads: threads)
    if !givenNorms.allSatisfy(\.isFinite), let (row, column) = try features.firstNonFinite(threads: threads) {
      throw AlignmentError(
        .notFinite, row: row,
        "has \(features[row, column]) in dimension \(column); all features must be finite numbers")
    }
    if features.rows > 0, let threshold = try clamp.threshold(of: features, threads: threads) {
      self.features = features.clamped(to: threshold)
      squaredNorms = try self.features.squaredRowNorms(threads: threads)
    } else {
      self.features = features
      squaredNorms = givenNorms
    }
    switch normalization {
    case .none:
      rowFactors = nil
    case .l2:
      // PyTorch's `normalize` divides by 1e-12 at the least, which would leave such rows shorter than all others.
      if let row = squaredNorms.firstIndex(where: { $0 < 1e-24 }) {
        throw AlignmentError(
          .zeroRow, row: row,
          squaredNorms[row] == 0
            ? "is all zeros and cannot be L2-normalised; leave that sample out, or compare without normalisation"
            : "has the length \(squaredNorms[row].squareRoot()), too little to be L2-normalised; scale the features up"
        )
      }
      rowFactors = squaredNorms.map { 1 / $0.squareRoot() }
    }
  }

  /// Features that have been checked before.
  init(checked features: Matrix, rowFactors: [Double]?, squaredNorms: [Double]) {
    self.features = features
    self.rowFactors = rowFactors
    self.squaredNorms = squaredNorms
  }

  /// The factor that normalises one row.
  @inline(__always)
  func factor(_ row: Int) -> Double { rowFactors?[row] ?? 1 }

  /// The inner product of every normalised row with itself.
  var selfSimilarities: [Double] {
    guard let rowFactors else { return squaredNorms }
    return zip(squaredNorms, rowFactors).map { $0 * ($1 * $1) }
  }
}

extension Representation {
  /// Whether two samples have the same features, bit for bit.
  func isEqual(_ a: Int, _ b: Int) -> Bool {
    features[rows: a..<a + 1] == features[rows: b..<b + 1]
  }
}
