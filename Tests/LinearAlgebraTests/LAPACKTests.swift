import LinearAlgebra
import Testing

@Suite("LAPACK")
struct LAPACKTests {
  private func noise(_ rows: Int, _ columns: Int, seed: UInt64 = 5) -> DoubleMatrix {
    DoubleMatrix(
      rows: rows, columns: columns,
      elements: (0..<rows * columns).map { CounterRandom(seed: seed).uniform(at: UInt64($0)) - 0.5 })
  }

  private func largestDifference(_ a: DoubleMatrix, _ b: DoubleMatrix) -> Double {
    zip(a.elements, b.elements).reduce(0) { max($0, abs($1.0 - $1.1)) }
  }

  @Test("eigenvectors are rows, and put together they give the matrix again")
  func eigen() throws {
    let x = noise(9, 7)
    let a = DoubleMatrix.product(x, transposed: true, x)
    let (values, vectors) = try LAPACK.symmetricEigen(a)
    let v = try #require(vectors)
    #expect(values == values.sorted())
    var scaled = v
    for row in 0..<7 { for column in 0..<7 { scaled[row, column] *= values[row] } }
    #expect(largestDifference(.product(v, transposed: true, scaled), a) < 1e-13)
    #expect(try LAPACK.symmetricEigen(a, vectors: false).values.count == 7)
  }

  @Test("The leading eigenvectors are those of all", arguments: [1, 3, 7])
  func leadingEigen(count: Int) throws {
    let x = noise(9, 7)
    let a = DoubleMatrix.product(x, transposed: true, x)
    let all = try LAPACK.symmetricEigen(a).values
    let (values, vectors) = try LAPACK.leadingEigen(a, count: count)
    #expect(vectors.rows == count && vectors.columns == 7)
    for (value, expected) in zip(values, all.reversed()) { #expect(abs(value - expected) < 1e-13) }
    var scaled = vectors
    for row in 0..<count { for column in 0..<7 { scaled[row, column] *= values[row] } }
    #expect(largestDifference(.product(vectors, a), scaled) < 1e-13)
    var unit = DoubleMatrix(rows: count, columns: count)
    for place in 0..<count { unit[place, place] = 1 }
    #expect(largestDifference(.product(vectors, vectors.transposed), unit) < 1e-13)
  }

  @Test("u s v is the matrix again, tall and wide", arguments: [(9, 4), (4, 9), (5, 5), (1, 3)])
  func svd(shape: (Int, Int)) throws {
    let a = noise(shape.0, shape.1)
    let (u, s, v) = try LAPACK.singularValues(a)
    var scaled = try #require(v)
    for row in 0..<scaled.rows { for column in 0..<scaled.columns { scaled[row, column] *= s[row] } }
    #expect(largestDifference(.product(try #require(u), scaled), a) < 1e-14)
    let alone = try LAPACK.singularValues(a, vectors: false).s
    #expect(zip(alone, s).allSatisfy { abs($0 - $1) < 1e-14 })
  }

  @Test("Cholesky solves, and notices what is not positive definite")
  func cholesky() throws {
    let x = noise(12, 6)
    let a = DoubleMatrix.product(x, transposed: true, x)
    var factor = a
    #expect(try LAPACK.choleskyFactor(&factor))
    let solution = noise(3, 6, seed: 6)
    var right = DoubleMatrix.product(solution, a)
    try LAPACK.choleskySolve(factor, &right)
    #expect(largestDifference(right, solution) < 1e-10)
    var negative = DoubleMatrix(rows: 2, columns: 2, elements: [1, 2, 2, 1])
    #expect(try !LAPACK.choleskyFactor(&negative))
  }
}
