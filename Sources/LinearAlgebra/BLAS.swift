import COpenBLAS

/// Matrix products by the BLAS library, always on the calling thread.
///
/// All matrices are row-major and given by the address of their first element and the distance of their rows. The
/// library's kernel is chosen, and checked, before the first product (see ``BLASKernel``).
public enum BLAS {
  /// c = a bᵀ for a of m x k, b of n x k, c of m x n.
  public static func multiplyTransposed(
    m: Int, n: Int, k: Int, _ a: UnsafePointer<Float>, _ aStride: Int, _ b: UnsafePointer<Float>,
    _ bStride: Int, into c: UnsafeMutablePointer<Float>, _ cStride: Int
  ) {
    product(m, n, k, CblasNoTrans, a, aStride, CblasTrans, b, bStride, 0, c, cStride)
  }

  /// c += a bᵀ for a of m x k, b of n x k, c of m x n.
  public static func addMultiplyTransposed(
    m: Int, n: Int, k: Int, _ a: UnsafePointer<Float>, _ aStride: Int, _ b: UnsafePointer<Float>,
    _ bStride: Int, into c: UnsafeMutablePointer<Float>, _ cStride: Int
  ) {
    product(m, n, k, CblasNoTrans, a, aStride, CblasTrans, b, bStride, 1, c, cStride)
  }

  /// c = a b for a of m x k, b of k x n, c of m x n.
  public static func multiply(
    m: Int, n: Int, k: Int, _ a: UnsafePointer<Float>, _ aStride: Int, _ b: UnsafePointer<Float>,
    _ bStride: Int, into c: UnsafeMutablePointer<Float>, _ cStride: Int
  ) {
    product(m, n, k, CblasNoTrans, a, aStride, CblasNoTrans, b, bStride, 0, c, cStride)
  }

  /// c = aᵀ b for a of k x m, b of k x n, c of m x n.
  public static func transposedMultiply(
    m: Int, n: Int, k: Int, _ a: UnsafePointer<Float>, _ aStride: Int, _ b: UnsafePointer<Float>,
    _ bStride: Int, into c: UnsafeMutablePointer<Float>, _ cStride: Int
  ) {
    product(m, n, k, CblasTrans, a, aStride, CblasNoTrans, b, bStride, 0, c, cStride)
  }

  /// The lower triangle, diagonal included, of c = a aᵀ for a of n x k. The rest of c is left as it is.
  public static func gramLowerTriangle(
    n: Int, k: Int, _ a: UnsafePointer<Float>, _ aStride: Int, into c: UnsafeMutablePointer<Float>,
    _ cStride: Int
  ) {
    BLASKernel.prepare()
    cblas_ssyrk(
      CblasRowMajor, CblasLower, CblasNoTrans, blasint(n), blasint(k), 1, a, blasint(aStride), 0, c,
      blasint(cStride))
  }

  private static func product(
    _ m: Int, _ n: Int, _ k: Int, _ aForm: CBLAS_TRANSPOSE, _ a: UnsafePointer<Float>, _ aStride: Int,
    _ bForm: CBLAS_TRANSPOSE, _ b: UnsafePointer<Float>, _ bStride: Int, _ beta: Float,
    _ c: UnsafeMutablePointer<Float>, _ cStride: Int
  ) {
    BLASKernel.prepare()
    cblas_sgemm(
      CblasRowMajor, aForm, bForm, blasint(m), blasint(n), blasint(k), 1, a, blasint(aStride), b,
      blasint(bStride), beta, c, blasint(cStride))
  }
}
