import COpenBLAS

extension LAPACK {
  /// The largest eigenvalues of a symmetric matrix, descending, and their eigenvectors.
  ///
  /// - Parameters:
  ///   - matrix: n x n; only its lower triangle is read.
  ///   - count: How many, from 1 to n.
  /// - Returns: `count` values, and `count` x n vectors, one a row, in the values' order; the sign of a vector is whatever
  ///   LAPACK's is.
  /// - Throws: ``LAPACKError`` where the iteration does not converge, as with NaN in the matrix.
  /// - Complexity: O(n³), about 4/3 n³ operations and little more for few vectors.
  public static func leadingEigen(_ matrix: DoubleMatrix, count: Int) throws -> (
    values: [Double], vectors: DoubleMatrix
  ) {
    precondition(matrix.rows == matrix.columns, "a symmetric matrix of \(matrix.rows) x \(matrix.columns)")
    precondition(count > 0 && count <= matrix.rows, "\(count) of \(matrix.rows) eigenvalues")
    BLASKernel.prepare()
    var (job, range) = (CChar(UInt8(ascii: "V")), CChar(UInt8(ascii: "I")))
    // The row-major lower triangle is the column-major upper one.
    var triangle = CChar(UInt8(ascii: "U"))
    var n = try LAPACKError.size(matrix.rows)
    var (first, last) = (try LAPACKError.size(matrix.rows - count + 1), n)
    var (none, tolerance, found) = (0.0, 0.0, blasint(0))
    var copy = matrix
    var values = [Double](repeating: 0, count: matrix.rows)
    var vectors = [Double](repeating: 0, count: count * matrix.rows)
    var support = [blasint](repeating: 0, count: 2 * count)
    var (work, integers) = ([0.0], [blasint(0)])
    for isQuery in [true, false] {
      var (workCount, integerCount) = isQuery ? (-1, -1) : (blasint(work.count), blasint(integers.count))
      var info: blasint = 0
      dsyevr_(
        &job, &range, &triangle, &n, &copy.elements, &n, &none, &none, &first, &last, &tolerance, &found,
        &values, &vectors, &n, &support, &work, &workCount, &integers, &integerCount, &info)
      guard info == 0 else { throw LAPACKError(routine: "dsyevr", info: Int(info)) }
      if isQuery {
        work = [Double](repeating: 0, count: Int(work[0]))
        integers = [blasint](repeating: 0, count: Int(integers[0]))
      }
    }
    guard Int(found) == count else { throw LAPACKError(routine: "dsyevr", info: Int(found)) }
    // LAPACK's are ascending.
    var result = DoubleMatrix(rows: count, columns: matrix.rows)
    for row in 0..<count {
      let start = (count - 1 - row) * matrix.rows
      result.elements.replaceSubrange(
        row * matrix.rows..<(row + 1) * matrix.rows, with: vectors[start..<start + matrix.rows])
    }
    return (values[..<count].reversed(), result)
  }
}
