import CKernels
import LinearAlgebra

extension DiffusionTransformer {
  /// A place in the network whose values can be taken out.
  public enum Tap: Sendable, Hashable {
    /// A block's output, from 1; 0 is the input to the first block.
    case layer(Int)
    /// A REPA projector of that layer, by its index in ``Configuration/projectors``.
    case projector(layer: Int, index: Int)
    /// What the network predicts, without the variance that official SiT learns beside the velocity.
    case output
  }

  /// Runs one image through the network, on the calling thread.
  ///
  /// - Parameters:
  ///   - latent: The input [C, H, W].
  ///   - conditioning: Of this model.
  ///   - taps: What `body` is to see. Work stops after the last of them.
  ///   - workspace: Made for this model's configuration, in use by no other thread.
  ///   - body: Receives each tap's values as they appear, in the network's order: a layer's or projector's tokens,
  ///     row-major [T, D]; the output as [C, H, W]. They are valid until `body` returns.
  /// - Throws: ``ModelError`` for arguments that do not fit the model and where a layer computes NaN or infinity; what
  ///   `body` throws.
  /// - Complexity: See ``Configuration/floatingPointOperations(upTo:)``.
  public func run(
    _ latent: UnsafeBufferPointer<Float>, _ conditioning: Conditioning, taps: Set<Tap>, workspace: Workspace,
    _ body: (Tap, UnsafeBufferPointer<Float>) throws -> Void
  ) throws {
    let lastLayer = try lastLayer(of: taps)
    try check(latent, conditioning, workspace)
    guard let lastLayer, let picture = latent.baseAddress else { return }
    let tokens = workspace.tokens
    patchEmbedding.apply(
      picture, height: configuration.inputHeight, width: configuration.inputWidth, into: tokens,
      patches: workspace.wide)
    positions.withUnsafeBufferPointer { positions in
      repscope_add_gated(
        tokens.base, tokens.stride, positions.baseAddress!, tokens.columns, nil, tokens.rows, tokens.columns)
    }
    try emit(layer: 0, taps, workspace, body)
    for index in 0..<lastLayer {
      conditioning.blocks[rows: index..<index + 1].withUnsafeBufferPointer { condition in
        blocks[index].apply(
          tokens, condition: condition.baseAddress!, branch: workspace.branch, attention: workspace.attention,
          hidden: workspace.wide)
      }
      try emit(layer: index + 1, taps, workspace, body)
    }
    if taps.contains(.output) { try emitOutput(conditioning, workspace, body) }
  }

  /// The layer after which no tap is left; nil where there are no taps.
  private func lastLayer(of taps: Set<Tap>) throws -> Int? {
    try taps.map { tap in
      switch tap {
      case .layer(let layer):
        guard (0...configuration.depth).contains(layer) else {
          throw ModelError(
            .invalidArgument, path: path,
            "layer \(layer): the model has the layers 0 to \(configuration.depth)")
        }
        return layer
      case .projector(let layer, let index):
        guard configuration.projectors.indices.contains(index), configuration.projectors[index].layer == layer
        else {
          throw noProjector(layer, index)
        }
        return layer
      case .output: return configuration.depth
      }
    }.max()
  }

  private func noProjector(_ layer: Int, _ index: Int) -> ModelError {
    let there = configuration.projectors
    let count = configuration.projectorDimensions.count
    let reason =
      if count == 0 {
        "the model has no projectors"
      } else if there.isEmpty {
        "the model has \(count) projectors, but nothing tells which layer they take; give the encoder depth as an option"
      } else {
        "the model has projectors 0 to \(count - 1) at layer \(there[0].layer)"
      }
    return ModelError(.invalidArgument, path: path, "projector \(index) of layer \(layer): \(reason)")
  }

  private func check(
    _ latent: UnsafeBufferPointer<Float>, _ conditioning: Conditioning, _ workspace: Workspace
  ) throws {
    try checkInput(
      latent, channels: configuration.inputChannels, height: configuration.inputHeight,
      width: configuration.inputWidth, of: path)
    guard workspace.configuration == configuration, conditioning.blocks.rows == configuration.depth,
      conditioning.finalLayer.columns == 2 * configuration.width
    else {
      throw ModelError(
        .invalidArgument, path: path, "the workspace or the conditioning was made for another model")
    }
  }

  private func emit(
    layer: Int, _ taps: Set<Tap>, _ workspace: Workspace,
    _ body: (Tap, UnsafeBufferPointer<Float>) throws -> Void
  ) throws {
    let tokens = workspace.tokens
    // Every layer is looked at, wanted or not, so that the error names the first one.
    try checkFinite(tokens, "layer \(layer)")
    if taps.contains(.layer(layer)) { try body(.layer(layer), UnsafeBufferPointer(tokens.elements)) }
    for (index, projector) in configuration.projectors.enumerated() where projector.layer == layer {
      let tap = Tap.projector(layer: layer, index: index)
      guard taps.contains(tap) else { continue }
      let features = projectors[index].apply(tokens, buffers: workspace.projection)
      try checkFinite(features, "projector \(index)")
      try body(tap, UnsafeBufferPointer(features.elements))
    }
  }

  private func emitOutput(
    _ conditioning: Conditioning, _ workspace: Workspace,
    _ body: (Tap, UnsafeBufferPointer<Float>) throws -> Void
  ) throws {
    let (height, width) = (configuration.inputHeight, configuration.inputWidth)
    let patches = MatrixSlice(
      workspace.wide, rows: configuration.tokens, columns: configuration.outputPatchElements)
    conditioning.finalLayer.withUnsafeBufferPointer { condition in
      finalLayer.apply(
        workspace.tokens, condition: condition.baseAddress!, normalized: workspace.branch, into: patches)
    }
    try checkFinite(patches, "the final layer")
    let channels = configuration.predictedChannels
    PatchEmbedding.assemble(
      patches, patchSize: configuration.patchSize, height: height, width: width, channels: channels,
      into: workspace.picture)
    try body(.output, UnsafeBufferPointer(start: workspace.picture, count: channels * height * width))
  }

  private func checkFinite(_ values: MatrixSlice, _ place: String) throws {
    try values.checkFinite(place, of: path)
  }
}
