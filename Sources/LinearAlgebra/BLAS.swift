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
    BLASKernel.prepare()
    cblas_sgemm(
      CblasRowMajor, CblasNoTrans, CblasTrans, blasint(m), blasint(n), blasint(k), 1, a, blasint(aStride), b,
      blasint(bStride), 0, c, blasint(cStride))
  }

  /// c += a bᵀ for a of m x k, b of n x k, c of m x n.
  public static func addMultiplyTransposed(
    m: Int, n: Int, k: Int, _ a: UnsafePointer<Float>, _ aStride: Int, _ b: UnsafePointer<Float>,
    _ bStride: Int, into c: UnsafeMutablePointer<Float>, _ cStride: Int
  ) {
    BLASKernel.prepare()
    cblas_sgemm(
      CblasRowMajor, CblasNoTrans, CblasTrans, blasint(m), blasint(n), blasint(k), 1, a, blasint(aStride), b,
      blasint(bStride), 1, c, blasint(cStride))
  }

  /// c = a b for a of m x k, b of k x n, c of m x n.
  public static func multiply(
    m: Int, n: Int, k: Int, _ a: UnsafePointer<Float>, _ aStride: Int, _ b: UnsafePointer<Float>,
    _ bStride: Int, into c: UnsafeMutablePointer<Float>, _ cStride: Int
  ) {
    BLASKernel.prepare()
    cblas_sgemm(
      CblasRowMajor, CblasNoTrans, CblasNoTrans, blasint(m), blasint(n), blasint(k), 1, a, blasint(aStride),
      b,
      blasint(bStride), 0, c, blasint(cStride))
  }

  /// c = aᵀ b for a of k x m, b of k x n, c of m x n.
  public static func transposedMultiply(
    m: Int, n: Int, k: Int, _ a: UnsafePointer<Float>, _ aStride: Int, _ b: UnsafePointer<Float>,
    _ bStride: Int, into c: UnsafeMutablePointer<Float>, _ cStride: Int
  ) {
    BLASKernel.prepare()
    cblas_sgemm(
      CblasRowMajor, CblasTrans, CblasNoTrans, blasint(m), blasint(n), blasint(k), 1, a, blasint(aStride), b,
      blasint(bStride), 0, c, blasint(cStride))
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

  /// The lower triangle, diagonal included, of c = aᵀ a for a of k x n. The rest of c is left as it is.
  public static func momentLowerTriangle(
    n: Int, k: Int, _ a: UnsafePointer<Float>, _ aStride: Int, into c: UnsafeMutablePointer<Float>,
    _ cStride: Int
  ) {
    BLASKernel.prepare()
    cblas_ssyrk(
      CblasRowMajor, CblasLower, CblasTrans, blasint(n), blasint(k), 1, a, blasint(aStride), 0, c,
      blasint(cStride))
  }

  /// c = a bᵀ in Double, for a of m x k, b of n x k, c of m x n.
  public static func multiplyTransposed(
    m: Int, n: Int, k: Int, _ a: UnsafePointer<Double>, _ aStride: Int, _ b: UnsafePointer<Double>,
    _ bStride: Int, into c: UnsafeMutablePointer<Double>, _ cStride: Int
  ) {
    BLASKernel.prepare()
    cblas_dgemm(
      CblasRowMajor, CblasNoTrans, CblasTrans, blasint(m), blasint(n), blasint(k), 1, a, blasint(aStride), b,
      blasint(bStride), 0, c, blasint(cStride))
  }

  /// c = a b in Double, of aᵀ in place of a, or bᵀ in place of b, where asked: c is m x n, k the inner dimension.
  public static func multiply(
    m: Int, n: Int, k: Int, _ a: UnsafePointer<Double>, _ aStride: Int, transposed aTransposed: Bool,
    _ b: UnsafePointer<Double>, _ bStride: Int, transposed bTransposed: Bool,
    into c: UnsafeMutablePointer<Double>, _ cStride: Int
  ) {
    BLASKernel.prepare()
    cblas_dgemm(
      CblasRowMajor, aTransposed ? CblasTrans : CblasNoTrans, bTransposed ? CblasTrans : CblasNoTrans,
      blasint(m), blasint(n), blasint(k), 1, a, blasint(max(aStride, 1)), b, blasint(max(bStride, 1)), 0, c,
      blasint(max(cStride, 1)))
  }
}
