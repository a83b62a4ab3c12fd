import CKernels

extension Matrix {
  /// The inner product of two rows' elements with themselves, in Double: one value per row.
  ///
  /// - Complexity: O(rows x columns); the bits do not depend on the processor.
  public func squaredRowNorms(threads: Threads) throws -> [Double] {
    try withUnsafeBufferPointer { x in
      try parallelMap(rows, threads: threads) { row in
        let start = x.baseAddress! + row * columns
        return repscope_dot(start, start, columns)
      }
    }
  }

  /// The place of the first element that is NaN or infinite, or nil where all are finite.
  public func firstNonFinite(threads: Threads) throws -> (row: Int, column: Int)? {
    let prefixes = try finitePrefixes(threads: threads)
    guard let row = prefixes.firstIndex(where: { $0 < columns }) else { return nil }
    return (row, prefixes[row])
  }

  /// Every row times its own factor, rounded once.
  ///
  /// - Precondition: `factors.count == rows`.
  public func scalingRows(by factors: [Double], threads: Threads) throws -> Matrix {
    precondition(factors.count == rows, "\(factors.count) factors for \(rows) rows")
    return try withUnsafeBufferPointer { x in
      try Matrix(rows: rows, columns: columns) { out in
        let (source, target) = (x.baseAddress!, UncheckedPointer(out.baseAddress!))
        try parallelLoop(rows, threads: threads) { row, _ in
          repscope_scale(source + row * columns, factors[row], target.pointer + row * columns, columns)
        }
      }
    }
  }
}

extension Matrix {
  /// The rows that have NaN or infinity, in order.
  public func nonFiniteRows(threads: Threads) throws -> [Int] {
    try finitePrefixes(threads: threads).enumerated().filter { $0.element < columns }.map(\.offset)
  }

  /// A copy of the given rows, in the given order.
  ///
  /// - Precondition: every position is that of a row.
  public func gathering(rows positions: [Int]) -> Matrix {
    withUnsafeBufferPointer { x in
      Matrix(rows: positions.count, columns: columns) { out in
        for (place, row) in positions.enumerated() {
          precondition(row >= 0 && row < rows, "row \(row) of a matrix of \(rows) rows")
          (out.baseAddress! + place * columns).initialize(
            from: x.baseAddress! + row * columns, count: columns)
        }
      }
    }
  }

  /// For every row, how many elements precede the first that is NaN or infinite.
  private func finitePrefixes(threads: Threads) throws -> [Int] {
    try withUnsafeBufferPointer { x in
      let base = x.baseAddress!
      return try parallelMap(rows, threads: threads) { row in
        repscope_finite_prefix(base + row * columns, columns)
      }
    }
  }
}
