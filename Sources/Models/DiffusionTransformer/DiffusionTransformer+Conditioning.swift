import CKernels
import LinearAlgebra

extension DiffusionTransformer {
  /// Everything that depends on time step and label only: each block's six vectors and the last layer's two.
  ///
  /// For images that share both it is computed once: a third of a model's weights is used for nothing else.
  public struct Conditioning: Sendable {
    /// One row a block: shift, 1 + scale, gate of the attention, then of the MLP.
    let blocks: Matrix
    /// One row: shift, 1 + scale.
    let finalLayer: Matrix
  }

  /// Tells the network a time step and a label.
  ///
  /// - Parameters:
  ///   - timestep: What this network is to be told: 0 to 1 for SiT and REPA, in the checkpoint's own direction; 0 to 999
  ///     for DiT.
  ///   - label: A class, or the null label.
  ///   - threads: How many threads may be used.
  /// - Throws: ``ModelError`` where the model knows no such time step or label.
  /// - Complexity: Reads a third of the weights; blocks run on `threads`.
  public func conditioning(timestep: Double, label: Int, threads: Threads = .all) throws -> Conditioning {
    guard configuration.timesteps.contains(timestep) else {
      let range = configuration.timesteps
      throw ModelError(
        .invalidArgument, path: path,
        "time step \(timestep): this network is told \(range.lowerBound) to \(range.upperBound)")
    }
    guard configuration.labels.contains(label) else {
      let null = configuration.nullLabel.map { " and \($0), the null label" } ?? ""
      throw ModelError(
        .invalidArgument, path: path,
        "label \(label): the model has the classes 0 to \(configuration.classes - 1)\(null)")
    }
    let conditions = embeddings.map { $0.apply(timestep: timestep, label: label) }
    let (width, depth) = (configuration.width, configuration.depth)
    let last = Matrix(rows: 1, columns: 2 * width) { row in
      Modulation.fill(
        row.baseAddress!, from: conditions[0], by: finalLayer.modulation, scaleChunks: FinalLayer.scaleChunks)
    }
    let rows = try Matrix(rows: depth, columns: 6 * width) { values in
      let target = UncheckedPointer(values.baseAddress!)
      try parallelLoop(depth, threads: threads) { index, _ in
        Modulation.fill(
          target.pointer + index * 6 * width, from: conditions[min(index, conditions.count - 1)],
          by: blocks[index].modulation, scaleChunks: ModulatedBlock.scaleChunks)
      }
    }
    if let (row, _) = try rows.firstNonFinite(threads: threads) {
      throw ModelError(
        .notFinite, path: path,
        "the condition of layer \(row + 1) is NaN or infinite; look for NaN in the weights of its modulation or of the "
          + "time step and label embeddings")
    }
    if try last.firstNonFinite(threads: threads) != nil {
      throw ModelError(.notFinite, path: path, "the condition of the final layer is NaN or infinite")
    }
    return Conditioning(blocks: rows, finalLayer: last)
  }
}
