import LinearAlgebra

/// Singular vector canonical correlation analysis, without a random number.
///
/// Columns are centred and divided by (their standard deviation with N - 1, + 1e-8). Of either side the q left singular
/// vectors with the largest singular values are kept, exactly; SVCCA is the mean of the singular values of UxᵀUy. The
/// usual code takes a randomised decomposition and an iterative CCA; its values scatter around a lower one.
///
/// - SeeAlso: Raghu et al., arXiv 1706.05806; Huh et al., arXiv 2405.07987, `AlignmentMetrics.svcca` of its code, whose
///   q is 10.
struct LeadingDirections: Sendable {
  /// N samples by q or, where the rank is less, fewer orthonormal columns.
  let vectors: DoubleMatrix

  /// - Parameter rows: Rows that differ, as ``DoubleRows/varied(_:threads:)`` gives them.
  /// - Throws: ``AlignmentError`` unless q is positive; `LAPACKError`.
  /// - Complexity: O(N D²) and O(D³) operations in Double for N > D, O(N² D) and O(N³) otherwise; holds N q numbers.
  init(of rows: DoubleRows, count q: Int, threads: Threads) throws {
    guard q > 0 else {
      throw AlignmentError(.invalidSetting, "svcca has \(q) components; it needs at least 1")
    }
    let isTall = rows.rows > rows.columns
    let moment = isTall ? try BlockProducts.moment(rows, threads: threads) : nil
    var whole = isTall ? nil : BlockProducts.rowBlock(of: rows)
    let variances = (0..<rows.columns).map { column -> Double in
      let sum = moment.map { $0[column, column] } ?? whole!.squaredNorm(ofColumn: column)
      return sum / Double(rows.rows - 1)
    }
    let scales = variances.map { 1 / ($0.squareRoot() + 1e-8) }
    whole?.scaleColumns(by: scales)
    var gram = try moment ?? BlockProducts.gram(whole!, threads: threads)
    if isTall {
      gram.scaleColumns(by: scales)
      gram.scaleRows(by: scales)
    }
    let count = min(q, gram.rows)
    let (values, eigenvectors) = try LAPACK.leadingEigen(gram, count: count)
    guard values[count - 1] > 1e-10 * values[0] else {
      // Too weak to be told from rounding in a Gram matrix: the decomposition of the features themselves.
      if isTall {
        whole = BlockProducts.rowBlock(of: rows)
        whole?.scaleColumns(by: scales)
      }
      let (u, s, _) = try LAPACK.singularValues(whole!)
      let rank = s.firstIndex { $0 <= CentredSpectrum.rankCut * s[0] } ?? s.count
      vectors = u!.columns(0..<min(q, rank))
      return
    }
    var leading = eigenvectors.transposed
    guard isTall else {
      vectors = leading
      return
    }
    leading.scaleRows(by: scales)
    leading.scaleColumns(by: values.map { 1 / $0.squareRoot() })
    vectors = try BlockProducts.multiply(rows, leading, threads: threads).orthonormalised(threads: threads)
  }

  /// `svcca`: the mean of the singular values of UxᵀUy, min(qx, qy) of them.
  ///
  /// - Complexity: O(N q²).
  static func svcca(_ x: LeadingDirections, _ y: LeadingDirections, threads: Threads) throws -> Double {
    let product = try BlockProducts.transposed(x.vectors, y.vectors, threads: threads)
    let (_, values, _) = try LAPACK.singularValues(product, vectors: false)
    return values.reduce(0, +) / Double(values.count)
  }
}

extension DoubleMatrix {
  mutating func scaleColumns(by factors: [Double]) {
    elements.withUnsafeMutableBufferPointer { x in
      for row in 0..<rows {
        for column in 0..<columns { x[row * columns + column] *= factors[column] }
      }
    }
  }

  mutating func scaleRows(by factors: [Double]) {
    elements.withUnsafeMutableBufferPointer { x in
      for row in 0..<rows {
        for column in 0..<columns { x[row * columns + column] *= factors[row] }
      }
    }
  }

  func squaredNorm(ofColumn column: Int) -> Double {
    (0..<rows).reduce(0) { $0 + self[$1, column] * self[$1, column] }
  }
}
