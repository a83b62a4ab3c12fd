import COpenBLAS

extension BLAS {
  /// c += aᵀ b in Double, for a of k x m, b of k x n, c of m x n.
  public static func addTransposedMultiply(
    m: Int, n: Int, k: Int, _ a: UnsafePointer<Double>, _ aStride: Int, _ b: UnsafePointer<Double>,
    _ bStride: Int, into c: UnsafeMutablePointer<Double>, _ cStride: Int
  ) {
    BLASKernel.prepare()
    cblas_dgemm(
      CblasRowMajor, CblasTrans, CblasNoTrans, blasint(m), blasint(n), blasint(k), 1, a, blasint(aStride), b,
      blasint(bStride), 1, c, blasint(cStride))
  }

  /// The lower triangle, diagonal included, of c += aᵀ a in Double, for a of k x n. The rest of c is left as it is.
  public static func addMomentLowerTriangle(
    n: Int, k: Int, _ a: UnsafePointer<Double>, _ aStride: Int, into c: UnsafeMutablePointer<Double>,
    _ cStride: Int
  ) {
    BLASKernel.prepare()
    cblas_dsyrk(
      CblasRowMajor, CblasLower, CblasTrans, blasint(n), blasint(k), 1, a, blasint(aStride), 1, c,
      blasint(cStride))
  }

  /// The lower triangle, diagonal included, of c = a aᵀ in Double, for a of n x k. The rest of c is left as it is.
  public static func gramLowerTriangle(
    n: Int, k: Int, _ a: UnsafePointer<Double>, _ aStride: Int, into c: UnsafeMutablePointer<Double>,
    _ cStride: Int
  ) {
    BLASKernel.prepare()
    cblas_dsyrk(
      CblasRowMajor, CblasLower, CblasNoTrans, blasint(n), blasint(k), 1, a, blasint(aStride), 0, c,
      blasint(cStride))
  }
}
