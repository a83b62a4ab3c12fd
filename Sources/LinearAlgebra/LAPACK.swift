import COpenBLAS

/// Factorisations in Double by the LAPACK that comes with the BLAS library, always on the calling thread.
///
/// All matrices are row-major; LAPACK's own order is by columns, which the signatures here hide.
public enum LAPACK {
  /// Eigenvalues, ascending, and eigenvectors of a symmetric matrix.
  ///
  /// - Parameters:
  ///   - matrix: n x n; only its lower triangle is read.
  ///   - wantsVectors: Whether the vectors are computed too; the values alone take a fraction of the time.
  /// - Returns: n values, and n x n vectors, one a row, in the values' order; the sign of a vector is whatever LAPACK's is.
  /// - Throws: ``LAPACKError`` where the iteration does not converge, as with NaN in the matrix, or the matrix is too large.
  /// - Complexity: O(n³), about 9 n³ operations with vectors.
  public static func symmetricEigen(
    _ matrix: DoubleMatrix, vectors wantsVectors: Bool = true
  ) throws -> (values: [Double], vectors: DoubleMatrix?) {
    precondition(matrix.rows == matrix.columns, "a symmetric matrix of \(matrix.rows) x \(matrix.columns)")
    guard matrix.rows > 0 else { return ([], wantsVectors ? matrix : nil) }
    BLASKernel.prepare()
    var job = CChar(UInt8(ascii: wantsVectors ? "V" : "N"))
    // The row-major lower triangle is the column-major upper one.
    var triangle = CChar(UInt8(ascii: "U"))
    var n = try LAPACKError.size(matrix.rows)
    let least = try eigenWorkspace(matrix.rows, vectors: wantsVectors)
    var vectors = matrix
    var values = [Double](repeating: 0, count: matrix.rows)
    var (work, integers) = ([0.0], [blasint(0)])
    for isQuery in [true, false] {
      var (workCount, integerCount) = isQuery ? (-1, -1) : (blasint(work.count), blasint(integers.count))
      var info: blasint = 0
      dsyevd_(
        &job, &triangle, &n, &vectors.elements, &n, &values, &work, &workCount, &integers, &integerCount,
        &info)
      guard info == 0 else { throw LAPACKError(routine: "dsyevd", info: Int(info)) }
      if isQuery {
        work = [Double](repeating: 0, count: max(Int(work[0]), least))
        integers = [blasint](repeating: 0, count: Int(integers[0]))
      }
    }
    return (values, wantsVectors ? vectors : nil)
  }

  /// The thin singular value decomposition a = u diag(s) v, with r = min(m, n).
  ///
  /// - Parameters:
  ///   - matrix: m x n.
  ///   - wantsVectors: Whether the vectors are computed too; the values alone take a fraction of the time.
  /// - Returns: u of m x r, s descending, v of r x n (the right vectors as rows); u and v are nil unless asked for.
  /// - Throws: ``LAPACKError`` where the iteration does not converge, as with NaN in the matrix, or the matrix is too large.
  /// - Complexity: O(m n r), about 22 r³ operations for a square matrix.
  public static func singularValues(
    _ matrix: DoubleMatrix, vectors wantsVectors: Bool = true
  ) throws -> (u: DoubleMatrix?, s: [Double], v: DoubleMatrix?) {
    let rank = min(matrix.rows, matrix.columns)
    var u = DoubleMatrix(rows: matrix.rows, columns: wantsVectors ? rank : 0)
    var v = DoubleMatrix(rows: wantsVectors ? rank : 0, columns: matrix.columns)
    guard rank > 0 else { return wantsVectors ? (u, [], v) : (nil, [], nil) }
    BLASKernel.prepare()
    // LAPACK sees the transpose, n x m, whose left vectors are the rows of v.
    var job = CChar(UInt8(ascii: wantsVectors ? "S" : "N"))
    var m = try LAPACKError.size(matrix.columns)
    var n = try LAPACKError.size(matrix.rows)
    var uStride = blasint(max(rank, 1))
    let least = try singularWorkspace(matrix.rows, matrix.columns)
    var copy = matrix
    var s = [Double](repeating: 0, count: rank)
    var work = [0.0]
    var integers = [blasint](repeating: 0, count: 8 * rank)
    if !wantsVectors {
      // Never touched, but the addresses must exist.
      u = DoubleMatrix(rows: 1, columns: 1)
      v = DoubleMatrix(rows: 1, columns: 1)
    }
    for isQuery in [true, false] {
      var workCount = isQuery ? -1 : blasint(work.count)
      var info: blasint = 0
      dgesdd_(
        &job, &m, &n, &copy.elements, &m, &s, &v.elements, &m, &u.elements, &uStride, &work, &workCount,
        &integers, &info)
      guard info == 0 else { throw LAPACKError(routine: "dgesdd", info: Int(info)) }
      if isQuery { work = [Double](repeating: 0, count: max(Int(work[0]), least)) }
    }
    return wantsVectors ? (u, s, v) : (nil, s, nil)
  }

  /// The least working memory of dsyevd, in numbers, by its documentation. LAPACK itself counts it in its own integers, and
  /// answers nonsense where they are too small.
  static func eigenWorkspace(_ n: Int, vectors: Bool) throws(LAPACKError) -> Int {
    Int(try LAPACKError.size(vectors ? 1 + 6 * n + 2 * n * n : 2 * n + 1, of: n))
  }

  /// The least working memory of dgesdd, in numbers.
  static func singularWorkspace(_ m: Int, _ n: Int) throws(LAPACKError) -> Int {
    let (least, most) = (min(m, n), max(m, n))
    return Int(try LAPACKError.size(4 * least * least + 7 * least + most, of: most))
  }

  /// The lower Cholesky factor l of a symmetric positive definite matrix: a = l lᵀ.
  ///
  /// - Parameter matrix: n x n; only its lower triangle is read. Receives l; what is above the diagonal stays.
  /// - Returns: Whether the matrix is positive definite; if not, its contents are of no use any more.
  /// - Throws: ``LAPACKError`` where n is beyond LAPACK's integers.
  /// - Complexity: n³ / 3 operations.
  public static func choleskyFactor(_ matrix: inout DoubleMatrix) throws(LAPACKError) -> Bool {
    precondition(matrix.rows == matrix.columns, "a symmetric matrix of \(matrix.rows) x \(matrix.columns)")
    guard matrix.rows > 0 else { return true }
    BLASKernel.prepare()
    var triangle = CChar(UInt8(ascii: "U"))
    var n = try LAPACKError.size(matrix.rows)
    var info: blasint = 0
    dpotrf_(&triangle, &n, &matrix.elements, &n, &info)
    guard info >= 0 else { throw LAPACKError(routine: "dpotrf", info: Int(info)) }
    return info == 0
  }

  /// Solves l lᵀ x = b for the rows b of `rightSides`, with l from ``choleskyFactor(_:)``.
  ///
  /// - Parameters:
  ///   - factor: The lower triangle l, n x n.
  ///   - rightSides: One right side a row, r x n; receives the solutions.
  /// - Throws: ``LAPACKError`` where n or r is beyond LAPACK's integers.
  public static func choleskySolve(_ factor: DoubleMatrix, _ rightSides: inout DoubleMatrix)
    throws(LAPACKError)
  {
    precondition(factor.rows == rightSides.columns, "right sides of another length than the factor")
    guard factor.rows > 0, rightSides.rows > 0 else { return }
    BLASKernel.prepare()
    var triangle = CChar(UInt8(ascii: "U"))
    var n = try LAPACKError.size(factor.rows)
    var count = try LAPACKError.size(rightSides.rows)
    var info: blasint = 0
    factor.elements.withUnsafeBufferPointer {
      dpotrs_(&triangle, &n, &count, $0.baseAddress, &n, &rightSides.elements, &n, &info)
    }
    guard info == 0 else { throw LAPACKError(routine: "dpotrs", info: Int(info)) }
  }
}

/// LAPACK could not factorise a matrix.
public struct LAPACKError: Error, Sendable, Hashable, CustomStringConvertible {
  /// LAPACK's routine, such as "dsyevd"; nil where it was not asked, as the matrix is too large.
  public let routine: String?
  /// What it answered, positive where an iteration did not converge; the larger side of a matrix that is too large.
  public let info: Int

  public var description: String {
    guard let routine else {
      return "a matrix with a side of \(info) is too large for LAPACK, which counts its working memory in "
        + "\(blasint.bitWidth) bits"
    }
    return
      "LAPACK's \(routine) found no factorisation (info \(info)); are there NaN or infinities in the matrix?"
  }

  /// A dimension, or a size of working memory, as LAPACK's integer.
  ///
  /// - Parameter side: The matrix's, where it is not the count itself.
  static func size(_ count: Int, of side: Int? = nil) throws(LAPACKError) -> blasint {
    guard let size = blasint(exactly: count) else { throw LAPACKError(routine: nil, info: side ?? count) }
    return size
  }
}
