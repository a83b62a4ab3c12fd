/// A matrix of Double values, row-major: moments, covariances and what is factorised, where Float32's digits do not last.
public struct DoubleMatrix: Sendable, Hashable {
  public let rows: Int
  public let columns: Int
  /// `rows * columns` numbers, row-major.
  public var elements: [Double]

  /// A matrix of zeros.
  public init(rows: Int, columns: Int) {
    self.init(rows: rows, columns: columns, elements: [Double](repeating: 0, count: rows * columns))
  }

  /// A matrix with the given elements, row-major.
  ///
  /// - Precondition: `elements.count == rows * columns`.
  public init(rows: Int, columns: Int, elements: [Double]) {
    precondition(
      elements.count == rows * columns, "a \(rows) x \(columns) matrix of \(elements.count) elements")
    self.rows = rows
    self.columns = columns
    self.elements = elements
  }

  /// The same numbers in Double.
  public init(_ matrix: Matrix) {
    self.init(
      rows: matrix.rows, columns: matrix.columns,
      elements: matrix.withUnsafeBufferPointer { $0.map(Double.init) })
  }

  /// One element. Meant for tests and small work: loops belong inside `elements.withUnsafeBufferPointer`.
  public subscript(row: Int, column: Int) -> Double {
    get { elements[row * columns + column] }
    set { elements[row * columns + column] = newValue }
  }

  /// Columns as rows.
  public var transposed: DoubleMatrix {
    var result = DoubleMatrix(rows: columns, columns: rows)
    for row in 0..<rows {
      for column in 0..<columns { result.elements[column * rows + row] = elements[row * columns + column] }
    }
    return result
  }

  /// The product a b, of aᵀ in place of a, or bᵀ in place of b, where asked.
  ///
  /// - Precondition: the inner dimensions are equal.
  public static func product(
    _ a: DoubleMatrix, transposed aTransposed: Bool = false, _ b: DoubleMatrix,
    transposed bTransposed: Bool = false
  ) -> DoubleMatrix {
    let (m, k) = aTransposed ? (a.columns, a.rows) : (a.rows, a.columns)
    let (inner, n) = bTransposed ? (b.columns, b.rows) : (b.rows, b.columns)
    precondition(k == inner, "a product of \(m) x \(k) and \(inner) x \(n)")
    var result = DoubleMatrix(rows: m, columns: n)
    a.elements.withUnsafeBufferPointer { x in
      b.elements.withUnsafeBufferPointer { y in
        result.elements.withUnsafeMutableBufferPointer { z in
          guard let x = x.baseAddress, let y = y.baseAddress, let z = z.baseAddress else { return }
          BLAS.multiply(
            m: m, n: n, k: k, x, a.columns, transposed: aTransposed, y, b.columns, transposed: bTransposed,
            into: z, n)
        }
      }
    }
    return result
  }
}
