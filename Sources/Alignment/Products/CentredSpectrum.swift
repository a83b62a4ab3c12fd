import LinearAlgebra

/// The singular value decomposition of centred rows, from the smaller of their two Gram matrices.
///
/// An eigenvalue of a Gram matrix is the square of a singular value, known to 1e-16 of the largest: singular values below
/// 1e-5 of the largest would have lost too many digits. The features are multiplied with the eigenvectors of those, and a
/// decomposition of these few columns gives them as it would give them of all. So every singular value is right to
/// 1e-11 of the largest and better, whatever the features are: normalised layers, whose features are nearly linearly
/// dependent, included.
struct CentredSpectrum: Sendable {
  /// N samples by D dimensions, mean 0 in every dimension.
  let rows: DoubleRows
  /// Descending; those of at most 1e-9 of the largest are left out, as zeros that rounding has hidden.
  let singularValues: [Double]
  /// How many of them come from the Gram matrix as it is.
  private let strong: Int
  /// Eigenvectors of the Gram matrix as rows, by descending eigenvalue; all of them.
  private let vectors: DoubleMatrix
  /// Of what the weak eigenvectors make of the features: its left singular vectors as columns, where they are kept.
  private let weak: DoubleMatrix
  /// Whether the Gram matrix is of dimensions, D x D, and not of samples.
  private let isOfDimensions: Bool

  static let rankCut = 1e-9
  private static let weakest = 1e-5

  var rank: Int { singularValues.count }

  /// - Parameter rows: Rows that differ, as ``DoubleRows/varied(_:threads:)`` gives them.
  /// - Throws: ``AlignmentError`` where squares overflow; `LAPACKError`.
  /// - Complexity: O(N D²) and 9 D³ operations in Double for N > D, O(N² D) and 9 N³ otherwise; memory of the smaller
  ///   Gram matrix twice.
  init(of rows: DoubleRows, threads: Threads) throws {
    self.rows = rows
    let isOfDimensions = rows.rows > rows.columns
    self.isOfDimensions = isOfDimensions
    let gram =
      isOfDimensions
      ? try BlockProducts.moment(rows, threads: threads) : try BlockProducts.gram(rows, threads: threads)
    let (values, vectors) = try LAPACK.descendingEigen(gram)
    let largest = max(values.first ?? 0, 0).squareRoot()
    guard largest > 0, largest.isFinite else {
      throw AlignmentError(
        .undefined, "sums of squared features overflow; scale the features, or use L2 normalisation")
    }
    let roots = values.map { max($0, 0).squareRoot() }
    let strong = roots.firstIndex { $0 < Self.weakest * largest } ?? roots.count
    let rest = vectors.rows(strong..<vectors.rows)
    var weakValues: [Double] = []
    var weak = DoubleMatrix(rows: isOfDimensions ? rows.rows : rest.rows, columns: 0)
    if rest.rows > 0 {
      let product =
        isOfDimensions
        ? try BlockProducts.multiply(rows, rest.transposed, threads: threads)
        : try BlockProducts.multiply(rest, BlockProducts.rowBlock(of: rows), threads: threads)
      let (u, s, _) = try LAPACK.singularValues(product)
      weakValues = s.filter { $0 > Self.rankCut * largest }
      weak = u!.columns(0..<weakValues.count)
    }
    self.strong = strong
    self.vectors = vectors
    self.weak = weak
    singularValues = Array(roots[..<strong]) + weakValues
  }

  /// How many times the largest singular value exceeds the smallest that is kept.
  var condition: Double { singularValues[0] / singularValues[rank - 1] }

  /// The right singular vectors as columns, D x strong, each divided by its singular value: what turns the strong part
  /// of the features into an orthonormal basis. For a Gram matrix of dimensions only.
  private var whitening: DoubleMatrix {
    var result = DoubleMatrix(rows: vectors.columns, columns: strong)
    for place in 0..<strong {
      for column in 0..<vectors.columns {
        result[column, place] = vectors[place, column] / singularValues[place]
      }
    }
    return result
  }
}

extension CentredSpectrum {
  /// An orthonormal basis of what the columns of the centred features span.
  ///
  /// - Complexity: where the condition is below 100, nothing but D x D work; otherwise 6 N D² operations and N x D
  ///   numbers in Double (92 MB at N = 10,000, D = 1152).
  func basis(threads: Threads) throws -> OrthonormalBasis {
    guard isOfDimensions else {
      // Left singular vectors are the Gram matrix's own; the weak ones are mixed anew.
      let mixed = try BlockProducts.multiply(
        vectors.rows(strong..<vectors.rows).transposed, weak, threads: threads)
      return try OrthonormalBasis(
        vectors: vectors.rows(0..<strong).transposed.appendingColumns(mixed), of: rows, threads: threads)
    }
    guard condition > 100 else {
      return OrthonormalBasis(of: rows, whitening: whitening, values: singularValues)
    }
    var strongest = try BlockProducts.multiply(rows, whitening, threads: threads)
    strongest = try strongest.orthonormalised(threads: threads)
    var others = weak
    for _ in 0..<3 where others.columns > 0 {
      let overlap = try BlockProducts.transposed(strongest, others, threads: threads)
      let inside = try BlockProducts.multiply(strongest, overlap, threads: threads)
      for place in others.elements.indices { others.elements[place] -= inside.elements[place] }
      others = try others.orthonormalised(threads: threads)
    }
    return try OrthonormalBasis(vectors: strongest.appendingColumns(others), of: rows, threads: threads)
  }
}

/// An orthonormal basis Q of the span of centred features, held as it is or as what makes it of the features.
struct OrthonormalBasis: Sendable {
  private enum Form: Sendable {
    /// Q, N x r.
    case explicit(DoubleMatrix)
    /// Q = rows * whitening, for N x D rows and D x r whitening.
    case implicit(DoubleRows, whitening: DoubleMatrix)
  }

  private let form: Form
  /// Qᵀ X, r x D, for the centred features X.
  let coordinates: DoubleMatrix

  var rank: Int { coordinates.rows }

  fileprivate init(vectors: DoubleMatrix, of rows: DoubleRows, threads: Threads) throws {
    form = .explicit(vectors)
    coordinates = try BlockProducts.transposed(vectors, rows, threads: threads)
  }

  fileprivate init(of rows: DoubleRows, whitening: DoubleMatrix, values: [Double]) {
    form = .implicit(rows, whitening: whitening)
    // Qᵀ X = S Vᵀ, and the whitening is V / S.
    var coordinates = whitening.transposed
    for (row, value) in values.enumerated() {
      for column in 0..<coordinates.columns { coordinates[row, column] *= value * value }
    }
    self.coordinates = coordinates
  }

  /// Q1ᵀ Q2, r1 x r2, whose singular values are the canonical correlations.
  ///
  /// - Complexity: 2 N D1 D2 operations in Double.
  static func product(_ x: OrthonormalBasis, _ y: OrthonormalBasis, threads: Threads) throws -> DoubleMatrix {
    switch (x.form, y.form) {
    case (.explicit(let a), .explicit(let b)):
      return try BlockProducts.transposed(a, b, threads: threads)
    case (.explicit(let a), .implicit(let b, let whitening)):
      return try BlockProducts.multiply(
        BlockProducts.transposed(a, b, threads: threads), whitening, threads: threads)
    case (.implicit(let a, let whitening), .explicit(let b)):
      return try BlockProducts.multiply(
        whitening.transposed, BlockProducts.transposed(a, b, threads: threads), threads: threads)
    case (.implicit(let a, let left), .implicit(let b, let right)):
      let product = try BlockProducts.transposed(a, b, threads: threads)
      let half = try BlockProducts.multiply(left.transposed, product, threads: threads)
      return try BlockProducts.multiply(half, right, threads: threads)
    }
  }
}

extension DoubleMatrix {
  /// Columns that are orthonormal up to 1e-5 or so, made so to rounding: Q (QᵀQ)^(-1/2), by its series.
  ///
  /// - Complexity: 3 N r² operations.
  func orthonormalised(threads: Threads) throws -> DoubleMatrix {
    guard columns > 0 else { return self }
    var error = try BlockProducts.moment(self, threads: threads)
    for place in 0..<columns { error[place, place] -= 1 }
    // (1 + e)^(-1/2) = 1 - e/2 + 3 e²/8 - ...
    var factor = try BlockProducts.multiply(error, error, threads: threads)
    for place in factor.elements.indices {
      factor.elements[place] = 0.375 * factor.elements[place] - 0.5 * error.elements[place]
    }
    for place in 0..<columns { factor[place, place] += 1 }
    return try BlockProducts.multiply(self, factor, threads: threads)
  }

  /// Some of the columns.
  func columns(_ range: Range<Int>) -> DoubleMatrix {
    var result = DoubleMatrix(rows: rows, columns: range.count)
    guard !range.isEmpty, rows > 0 else { return result }
    result.elements.withUnsafeMutableBufferPointer {
      fill($0.baseAddress!, rows: 0..<rows, columns: range)
    }
    return result
  }

  /// The columns of this matrix and then those of another.
  func appendingColumns(_ other: DoubleMatrix) -> DoubleMatrix {
    guard other.columns > 0 else { return self }
    var elements: [Double] = []
    elements.reserveCapacity(rows * (columns + other.columns))
    for row in 0..<rows {
      elements += self.elements[row * columns..<(row + 1) * columns]
      elements += other.elements[row * other.columns..<(row + 1) * other.columns]
    }
    return DoubleMatrix(rows: rows, columns: columns + other.columns, elements: elements)
  }
}

extension LAPACK {
  /// Eigenvalues of a symmetric matrix, descending, and its eigenvectors as rows in their order.
  static func descendingEigen(_ matrix: DoubleMatrix) throws -> (values: [Double], vectors: DoubleMatrix) {
    let (values, vectors) = try symmetricEigen(matrix)
    let n = matrix.rows
    var result = DoubleMatrix(rows: n, columns: n)
    for row in 0..<n {
      result.elements.replaceSubrange(
        row * n..<(row + 1) * n, with: vectors!.elements[(n - 1 - row) * n..<(n - row) * n])
    }
    return (values.reversed(), result)
  }
}
