import CKernels
import LinearAlgebra

extension VisionTransformer {
  /// A place in the network whose values can be taken out.
  public enum Tap: Sendable, Hashable {
    /// A block's output, all tokens [T, D], from 1; 0 is the input to the first block.
    case layer(Int)
    /// What the protocol calls the encoder's features, all tokens [T, D]: the last block's output after the final norm,
    /// which REPA leaves out for MAE, and which CLIP does not have for patches.
    case final
    /// The network's own vector for the whole picture, ``Configuration/imageFeatureDimension`` numbers: CLIP's class
    /// token after its norm, projected where the checkpoint holds the projection; SigLIP's attention pooling; the class
    /// token after the final norm of the others.
    case imageFeatures
  }

  /// Runs one image through the network, on the calling thread.
  ///
  /// - Parameters:
  ///   - picture: The input [C, H, W], preprocessed.
  ///   - taps: What `body` is to see. Work stops after the last of them.
  ///   - workspace: Made for this model's configuration, in use by no other thread.
  ///   - body: Receives each tap's values as they appear, in the network's order. Which row of tokens is what,
  ///     ``Configuration/tokenLayout`` tells. The values are valid until `body` returns.
  /// - Throws: ``ModelError`` for arguments that do not fit the model and where a layer computes NaN or infinity; what
  ///   `body` throws.
  /// - Complexity: See ``Configuration/floatingPointOperations(upTo:)``.
  public func run(
    _ picture: UnsafeBufferPointer<Float>, taps: Set<Tap>, workspace: Workspace,
    _ body: (Tap, UnsafeBufferPointer<Float>) throws -> Void
  ) throws {
    let lastLayer = try lastLayer(of: taps)
    try check(picture, workspace)
    guard let lastLayer, let pixels = picture.baseAddress else { return }
    let tokens = workspace.tokens
    embed(pixels, workspace)
    try emit(layer: 0, taps, workspace, body)
    for index in 0..<lastLayer {
      blocks[index].apply(
        tokens, branch: workspace.branch, attention: workspace.attention, hidden: workspace.wide,
        rotation: rotation)
      try emit(layer: index + 1, taps, workspace, body)
    }
    guard taps.contains(.final) || taps.contains(.imageFeatures) else { return }
    finalNorm.apply(tokens, into: workspace.branch)
    try checkFinite(workspace.branch, "the final norm")
    if taps.contains(.final) {
      let features = configuration.normalizesFeatures ? workspace.branch : tokens
      try body(.final, UnsafeBufferPointer(features.elements))
    }
    if taps.contains(.imageFeatures) {
      let features = imageFeatures(workspace)
      try checkFinite(features, "the image features")
      try body(.imageFeatures, UnsafeBufferPointer(features.elements))
    }
  }

  /// Patches become tokens, positions are added, class token and registers are put in front.
  private func embed(_ picture: UnsafePointer<Float>, _ workspace: Workspace) {
    let (tokens, layout) = (workspace.tokens, configuration.tokenLayout)
    let patches = tokens.rows(layout.patches)
    patchEmbedding.apply(
      picture, height: configuration.inputHeight, width: configuration.inputWidth, into: patches,
      patches: workspace.wide)
    positions?.withUnsafeBufferPointer { positions in
      repscope_add_gated(
        patches.base, patches.stride, positions.baseAddress!, patches.columns, nil, patches.rows,
        patches.columns)
    }
    prefix.withUnsafeBufferPointer { prefix in
      if let start = prefix.baseAddress { tokens.base.update(from: start, count: prefix.count) }
    }
    inputNorm?.apply(tokens, into: tokens)
  }

  private func imageFeatures(_ workspace: Workspace) -> MatrixSlice {
    let normed = workspace.branch
    guard let imageHead else { return normed.rows(0..<1) }
    return imageHead.apply(normed, workspace)
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
      case .final: return configuration.depth
      case .imageFeatures:
        guard configuration.imageFeatureDimension != nil else {
          throw ModelError(
            .invalidArgument, path: path,
            "\(configuration.family.title) has no vector for the whole picture; take the mean over patches")
        }
        return configuration.depth
      }
    }.max()
  }

  private func check(_ picture: UnsafeBufferPointer<Float>, _ workspace: Workspace) throws {
    try checkInput(
      picture, channels: configuration.inputChannels, height: configuration.inputHeight,
      width: configuration.inputWidth, of: path)
    guard workspace.configuration == configuration else {
      throw ModelError(.invalidArgument, path: path, "the workspace was made for another model")
    }
  }

  private func emit(
    layer: Int, _ taps: Set<Tap>, _ workspace: Workspace,
    _ body: (Tap, UnsafeBufferPointer<Float>) throws -> Void
  ) throws {
    // Every layer is looked at, wanted or not, so that the error names the first one.
    try checkFinite(workspace.tokens, "layer \(layer)")
    if taps.contains(.layer(layer)) {
      try body(.layer(layer), UnsafeBufferPointer(workspace.tokens.elements))
    }
  }

  private func checkFinite(_ values: MatrixSlice, _ place: String) throws {
    try values.checkFinite(place, of: path)
  }
}

extension VisionTransformer.Configuration {
  /// Whether the final norm belongs to what counts as features.
  ///
  /// - SeeAlso: REPA's train.py and utils.py (`load_encoders`), for which its mae and clip classes leave the norm out.
  package var normalizesFeatures: Bool {
    switch family {
    case .mae: featureProtocol == .native
    case .clip: false
    default: true
    }
  }
}
