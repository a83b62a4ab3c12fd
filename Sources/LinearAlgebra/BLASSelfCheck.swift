import COpenBLAS

/// A few odd-shaped products against plain loops: kernels exist that compute wrong results on processors their
/// authors did not have, at the edges of their blocks first. Takes well under 5 ms.
enum BLASSelfCheck {
  /// What the kernel in use computed wrong, or nil.
  static func firstFailure() -> String? {
    // Small whole numbers: every product and sum is exact, so any difference at all is an error.
    for (m, n, k) in [(1, 1, 1), (7, 13, 5), (33, 19, 129), (65, 50, 31), (16, 97, 64), (3, 130, 17)] {
      let a = wholeNumbers(m * k, seed: 1)
      let b = wholeNumbers(n * k, seed: 2)
      let transposedB = transposed(b, rows: n, columns: k)
      let expected = plainProduct(m, n, k, a, b)

      var c = [Float](repeating: 0, count: m * n)
      cblas_sgemm(
        CblasRowMajor, CblasNoTrans, CblasTrans, blasint(m), blasint(n), blasint(k), 1, a, blasint(k), b,
        blasint(k), 0, &c, blasint(n))
      guard c == expected else { return "sgemm of \(m) x \(n) x \(k)" }

      let transposedA = transposed(a, rows: m, columns: k)
      cblas_sgemm(
        CblasRowMajor, CblasTrans, CblasNoTrans, blasint(m), blasint(n), blasint(k), 1, transposedA,
        blasint(m), transposedB, blasint(n), 0, &c, blasint(n))
      guard c == expected else { return "transposed sgemm of \(m) x \(n) x \(k)" }

      let (doubleA, doubleB) = (a.map(Double.init), b.map(Double.init))
      let (doubleTransposedA, doubleTransposedB) = (
        transposedA.map(Double.init), transposedB.map(Double.init)
      )
      for (aForm, bForm) in [
        (CblasNoTrans, CblasTrans), (CblasNoTrans, CblasNoTrans), (CblasTrans, CblasNoTrans),
        (CblasTrans, CblasTrans),
      ] {
        let (isPlainA, isPlainB) = (aForm == CblasNoTrans, bForm == CblasNoTrans)
        var d = [Double](repeating: 0, count: m * n)
        cblas_dgemm(
          CblasRowMajor, aForm, bForm, blasint(m), blasint(n), blasint(k), 1,
          isPlainA ? doubleA : doubleTransposedA, blasint(isPlainA ? k : m),
          isPlainB ? doubleTransposedB : doubleB, blasint(isPlainB ? n : k), 0, &d, blasint(n))
        guard d == expected.map(Double.init) else {
          return "\(isPlainA && !isPlainB ? "" : "transposed ")dgemm of \(m) x \(n) x \(k)"
        }
      }

      let square = plainProduct(m, m, k, a, a)
      for (transpose, operand, stride) in [(CblasNoTrans, a, k), (CblasTrans, transposedA, m)] {
        var s = [Float](repeating: 0, count: m * m)
        cblas_ssyrk(
          CblasRowMajor, CblasLower, transpose, blasint(m), blasint(k), 1, operand, blasint(stride), 0, &s,
          blasint(m))
        for row in 0..<m where s[row * m...row * m + row] != square[row * m...row * m + row] {
          return "ssyrk of \(m) x \(k)"
        }
      }
      for (transpose, operand, stride) in [(CblasNoTrans, doubleA, k), (CblasTrans, doubleTransposedA, m)] {
        var s = [Double](repeating: 0, count: m * m)
        cblas_dsyrk(
          CblasRowMajor, CblasLower, transpose, blasint(m), blasint(k), 1, operand, blasint(stride), 0, &s,
          blasint(m))
        for row in 0..<m
        where s[row * m...row * m + row] != square[row * m...row * m + row].map(Double.init)[...] {
          return "dsyrk of \(m) x \(k)"
        }
      }
    }
    return nil
  }

  private static func wholeNumbers(_ count: Int, seed: UInt64) -> [Float] {
    let random = CounterRandom(seed: seed)
    return (0..<UInt64(count)).map { Float(random.integer(below: 17, at: $0) - 8) }
  }

  private static func transposed(_ x: [Float], rows: Int, columns: Int) -> [Float] {
    (0..<columns).flatMap { column in (0..<rows).map { x[$0 * columns + column] } }
  }

  private static func plainProduct(_ m: Int, _ n: Int, _ k: Int, _ a: [Float], _ b: [Float]) -> [Float] {
    var c = [Float](repeating: 0, count: m * n)
    for i in 0..<m {
      for j in 0..<n {
        var sum: Float = 0
        for l in 0..<k { sum += a[i * k + l] * b[j * k + l] }
        c[i * n + j] = sum
      }
    }
    return c
  }
}
