import COpenBLAS

/// Products in Double, in the order of those in Float.
extension BLAS {
  /// c = a bᵀ in Double, for a of m x k, b of n x k, c of m x n.
  public static func multiplyTransposed(
    m: Int, n: Int, k: Int, _ a: UnsafePointer<Double>, _ aStride: Int, _ b: UnsafePointer<Double>,
    _ bStride: Int, into c: UnsafeMutablePointer<Double>, _ cStride: Int
  ) {
    product(m, n, k, CblasNoTrans, a, aStride, CblasTrans, b, bStride, 0, c, cStride)
  }

  /// c = a b in Double, of aᵀ in place of a, or bᵀ in place of b, where asked: c is m x n, k the inner dimension.
  public static func multiply(
    m: Int, n: Int, k: Int, _ a: UnsafePointer<Double>, _ aStride: Int, transposed aTransposed: Bool,
    _ b: UnsafePointer<Double>, _ bStride: Int, transposed bTransposed: Bool,
    into c: UnsafeMutablePointer<Double>, _ cStride: Int
  ) {
    // Matrices without columns have rows at no distance, which the library refuses.
    product(
      m, n, k, aTransposed ? CblasTrans : CblasNoTrans, a, max(aStride, 1),
      bTransposed ? CblasTrans : CblasNoTrans, b, max(bStride, 1), 0, c, max(cStride, 1))
  }

  /// c += aᵀ b in Double, for a of k x m, b of k x n, c of m x n.
  public static func addTransposedMultiply(
    m: Int, n: Int, k: Int, _ a: UnsafePointer<Double>, _ aStride: Int, _ b: UnsafePointer<Double>,
    _ bStride: Int, into c: UnsafeMutablePointer<Double>, _ cStride: Int
  ) {
    product(m, n, k, CblasTrans, a, aStride, CblasNoTrans, b, bStride, 1, c, cStride)
  }

  /// The lower triangle, diagonal included, of c = a aᵀ in Double, for a of n x k. The rest of c is left as it is.
  public static func gramLowerTriangle(
    n: Int, k: Int, _ a: UnsafePointer<Double>, _ aStride: Int, into c: UnsafeMutablePointer<Double>,
    _ cStride: Int
  ) {
    lowerTriangle(n, k, CblasNoTrans, a, aStride, 0, c, cStride)
  }

  /// The lower triangle, diagonal included, of c += aᵀ a in Double, for a of k x n. The rest of c is left as it is.
  public static func addMomentLowerTriangle(
    n: Int, k: Int, _ a: UnsafePointer<Double>, _ aStride: Int, into c: UnsafeMutablePointer<Double>,
    _ cStride: Int
  ) {
    lowerTriangle(n, k, CblasTrans, a, aStride, 1, c, cStride)
  }

  private static func product(
    _ m: Int, _ n: Int, _ k: Int, _ aForm: CBLAS_TRANSPOSE, _ a: UnsafePointer<Double>, _ aStride: Int,
    _ bForm: CBLAS_TRANSPOSE, _ b: UnsafePointer<Double>, _ bStride: Int, _ beta: Double,
    _ c: UnsafeMutablePointer<Double>, _ cStride: Int
  ) {
    BLASKernel.prepare()
    cblas_dgemm(
      CblasRowMajor, aForm, bForm, blasint(m), blasint(n), blasint(k), 1, a, blasint(aStride), b,
      blasint(bStride), beta, c, blasint(cStride))
  }

  private static func lowerTriangle(
    _ n: Int, _ k: Int, _ form: CBLAS_TRANSPOSE, _ a: UnsafePointer<Double>, _ aStride: Int, _ beta: Double,
    _ c: UnsafeMutablePointer<Double>, _ cStride: Int
  ) {
    BLASKernel.prepare()
    cblas_dsyrk(
      CblasRowMajor, CblasLower, form, blasint(n), blasint(k), 1, a, blasint(aStride), beta, c,
      blasint(cStride))
  }
}
