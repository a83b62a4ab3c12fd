import CKernels
import LinearAlgebra

/// Self-attention of all rows to all rows, in several heads.
///
/// The heads' queries, keys and values stay where the first product put them; the matrix products of a head read and
/// write its columns in place. Scores are made for a few hundred rows at a time, so that they stay in the processor's
/// cache between the product that makes them, the softmax, and the product that uses them up.
struct Attention: Sendable {
  let heads: Int
  /// Queries, keys and values: one layer that gives all three side by side, or three layers.
  let projections: [Linear]
  /// Norms of each head's queries and keys, where there are any.
  let queryNorm: LayerNorm?
  let keyNorm: LayerNorm?
  let output: Linear

  /// Working memory for one call.
  struct Scratch {
    /// Queries, keys and values: 3 times the width a row.
    let projected: UnsafeMutablePointer<Float>
    /// What the heads give: the width a row.
    let mixed: UnsafeMutablePointer<Float>
    /// `scoreRows(tokens)` by tokens.
    let scores: UnsafeMutablePointer<Float>
    /// `scoreRows(tokens)`
    let inverseSums: UnsafeMutablePointer<Float>
  }

  /// How many rows of scores are made at once: about half a megabyte of them.
  static func scoreRows(_ tokens: Int) -> Int {
    min(tokens, max(16, (1 << 17) / max(tokens, 1)))
  }

  /// `y` may be `x`.
  func apply(_ x: MatrixSlice, into y: MatrixSlice, _ scratch: Scratch, rotation: Rotation? = nil) {
    let width = output.inputs
    let projected = project(x, scratch)
    let mixed = MatrixSlice(scratch.mixed, rows: x.rows, columns: width)
    let headWidth = width / heads
    for head in 0..<heads {
      let columns = head * headWidth..<(head + 1) * headWidth
      let queries = projected.columns(columns)
      let keys = projected.columns(columns.lowerBound + width..<columns.upperBound + width)
      let values = projected.columns(columns.lowerBound + 2 * width..<columns.upperBound + 2 * width)
      queryNorm?.apply(queries, into: queries)
      keyNorm?.apply(keys, into: keys)
      rotation?.apply(queries)
      rotation?.apply(keys)
      attend(queries, keys, values, into: mixed.columns(columns), scratch)
    }
    output.apply(mixed, into: y)
  }

  /// What one query that is no row of `x` gathers from all rows of `x`.
  ///
  /// - Parameter query: Before its projection, a row's length.
  func gather(
    from x: MatrixSlice, by query: UnsafePointer<Float>, into y: MatrixSlice, _ scratch: Scratch
  ) {
    let width = output.inputs
    let projected = project(x, scratch)
    // The queries of x are not needed: the first row's place takes the one query that is.
    projections[0].apply(
      MatrixSlice(UnsafeMutablePointer(mutating: query), rows: 1, columns: width), firstOutputs: width,
      into: projected.rows(0..<1).columns(0..<width))
    let mixed = MatrixSlice(scratch.mixed, rows: 1, columns: width)
    let headWidth = width / heads
    for head in 0..<heads {
      let columns = head * headWidth..<(head + 1) * headWidth
      attend(
        projected.rows(0..<1).columns(columns),
        projected.columns(columns.lowerBound + width..<columns.upperBound + width),
        projected.columns(columns.lowerBound + 2 * width..<columns.upperBound + 2 * width),
        into: mixed.columns(columns), scratch)
    }
    output.apply(mixed, into: y)
  }

  /// Queries, keys and values of all rows, side by side.
  private func project(_ x: MatrixSlice, _ scratch: Scratch) -> MatrixSlice {
    let projected = MatrixSlice(scratch.projected, rows: x.rows, columns: 3 * output.inputs)
    var column = 0
    for projection in projections {
      projection.apply(x, into: projected.columns(column..<column + projection.outputs))
      column += projection.outputs
    }
    return projected
  }

  /// softmax(Q Kᵀ / sqrt(d)) V
  private func attend(
    _ queries: MatrixSlice, _ keys: MatrixSlice, _ values: MatrixSlice, into result: MatrixSlice,
    _ scratch: Scratch
  ) {
    let (tokens, headWidth) = (keys.rows, queries.columns)
    let scale = 1 / Float(headWidth).squareRoot()
    for rows in Tiling(queries.rows, by: Self.scoreRows(tokens)).ranges {
      let (part, target) = (queries.rows(rows), result.rows(rows))
      BLAS.multiplyTransposed(
        m: rows.count, n: tokens, k: headWidth, part.base, part.stride, keys.base, keys.stride,
        into: scratch.scores, tokens)
      repscope_softmax_numerators(scratch.scores, tokens, rows.count, tokens, scale, scratch.inverseSums)
      BLAS.multiply(
        m: rows.count, n: headWidth, k: tokens, scratch.scores, tokens, values.base, values.stride,
        into: target.base, target.stride)
      repscope_scale_rows(target.base, target.stride, scratch.inverseSums, rows.count, headWidth)
    }
  }
}
