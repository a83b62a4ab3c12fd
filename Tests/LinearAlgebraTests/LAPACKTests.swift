import Testing

@testable import LinearAlgebra

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

  /// The working memory of 32767 x 32767 is more than 32 bits count; LAPACK answers with a negative size, and with a small
  /// one further on. Larger integers have no such bound that memory would reach.
  @Test("What is too large for LAPACK's integers is an error that says so", arguments: [32_767, 65_536])
  func tooLarge(side: Int) throws {
    try #require(MemoryLayout.size(ofValue: try LAPACKError.size(1)) == 4)
    #expect(try LAPACK.eigenWorkspace(32_766, vectors: true) == 1 + 6 * 32_766 + 2 * 32_766 * 32_766)
    #expect(try LAPACK.eigenWorkspace(side, vectors: false) == 2 * side + 1)
    for work in [
      { try LAPACK.eigenWorkspace(side, vectors: true) }, { try LAPACK.singularWorkspace(side, side) },
    ] {
      let error = #expect(throws: LAPACKError.self) { try work() }
      #expect(error?.description.contains("a side of \(side) is too large for LAPACK") == true)
    }
    #expect(try LAPACK.singularWorkspace(side, 100) == 40_000 + 700 + side)
    #expect(throws: LAPACKError(routine: nil, info: 1 << 31)) { try LAPACKError.size(1 << 31) }
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
