import LinearAlgebra

/// Working memory for the tokens of one image on their way through a transformer's blocks.
struct TokenBuffers {
  let tokens: MatrixSlice
  let branch: MatrixSlice
  /// The widest of what a token becomes on its way: queries, keys and values, hidden values, patches.
  let wide: UnsafeMutablePointer<Float>
  let attention: Attention.Scratch
  private let owners: [Workspace<Float>]

  /// - Parameter widest: The most numbers that a token has on its way, queries, keys and values aside.
  init(count: Int, width: Int, widest: Int) {
    let sizes = [
      count * width, count * width, count * max(3 * width, widest), count * width,
      count * Attention.scoreRows(count), count,
    ]
    owners = sizes.map { Workspace($0) }
    let memory = owners.map(\.base)
    tokens = MatrixSlice(memory[0], rows: count, columns: width)
    branch = MatrixSlice(memory[1], rows: count, columns: width)
    wide = memory[2]
    attention = Attention.Scratch(
      projected: memory[2], mixed: memory[3], scores: memory[4], inverseSums: memory[5])
  }
}
