import TensorFiles

extension VisionTransformer.Configuration {
  /// Reads a configuration off the shapes and names of a checkpoint's tensors, and what they do not tell off
  /// `config.json`, the published sizes, or the options, which win over all.
  init(_ source: EncoderCheckpoint, _ options: VisionTransformer.Options) throws {
    let reader = EncoderConfigurationReader(source: source, options: options)
    let names = source.names
    let patch = try reader.shape(names.patchEmbedding + ".weight", ["width", "channels", "patch", "patch"])
    let (width, patchSize) = (patch[0], patch[2])
    guard patch[3] == patchSize else {
      throw reader.error(.unsupported, "patches of \(patchSize) x \(patch[3]); expected square ones")
    }
    let depth = source.checkpoint.count(names.blocks, names.attentionNorm + ".weight")
    let inputs = try reader.shape(
      names.block(0) + names.mlpInputs[0] + ".weight", ["hidden", "width"])[0]
    let outputs = try reader.shape(
      names.block(0) + names.mlpOutput + ".weight", ["width", "hidden"])[1]
    let family = try reader.family()

    self.family = family
    featureProtocol = options.featureProtocol
    inputChannels = patch[1]
    self.patchSize = patchSize
    self.width = width
    self.depth = depth
    mlpWidth = outputs
    // Gate and values side by side, or each in a layer of its own.
    usesSwiGLU = names.mlpInputs.count == 2 || inputs == 2 * outputs
    hasClassToken = names.classToken != nil
    registers = try names.registers.map { try reader.shape($0, ["1", "registers", "width"])[1] } ?? 0
    heads = try reader.heads(family: family, width: width, depth: depth)
    (tableRows, tableColumns) = try reader.table(family: family)
    // Tensors that repeat their elements may claim any number: what cannot be is refused when the weights are read.
    parameterCount = source.checkpoint.tensors.values.reduce(0) { sum, tensor in
      let (total, overflow) = sum.addingReportingOverflow(tensor.count)
      return overflow ? .max : total
    }
    imageFeatureDimension = try reader.imageFeatureDimension(family: family, width: width)
    let size = try reader.inputSize(
      family: family, patchSize: patchSize, table: (tableRows, tableColumns))
    (inputHeight, inputWidth) = (size.height, size.width)
    try check(reader)
  }

  /// Beyond these sizes nothing published comes near, and products of sizes could overflow.
  private func check(_ reader: EncoderConfigurationReader) throws {
    let bounds: [(String, Int, ClosedRange<Int>)] = [
      ("channels", inputChannels, 1...64), ("patch size", patchSize, 1...256), ("width", width, 1...32_768),
      ("depth", depth, 1...1024), ("MLP width", mlpWidth, 1...(1 << 18)), ("registers", registers, 0...1024),
      ("tokens", tokens, 1...65_536), ("image features", imageFeatureDimension ?? 1, 1...(1 << 18)),
    ]
    for (name, value, range) in bounds where !range.contains(value) {
      throw reader.error(
        .unsupported, "\(name): \(value); expected \(range.lowerBound) to \(range.upperBound)")
    }
  }
}

/// Finds out what the tensors' shapes alone do not tell.
struct EncoderConfigurationReader {
  typealias Family = VisionTransformer.Configuration.Family

  let source: EncoderCheckpoint
  let options: VisionTransformer.Options

  private var checkpoint: Checkpoint { source.checkpoint }
  private var names: EncoderNames { source.names }
  private var settings: ModelSettings { checkpoint.settings }

  func error(_ code: ModelError.Code, _ message: String) -> ModelError {
    ModelError(code, path: checkpoint.path, message)
  }

  func shape(_ name: String, _ dimensions: [String]) throws -> [Int] {
    try checkpoint.shape(name, dimensions, of: "a vision transformer")
  }

  /// The heads of published models that do not have 64 columns each.
  private static func publishedHeads(_ family: Family, _ width: Int) -> Int? {
    switch (family, width) {
    // Its authors chose 12 heads for the small network too.
    case (.mocov3, 384): 12
    case (.dinov3, 1280): 20
    case (.dinov3, 4096): 32
    case (.mae, 1280), (.ijepa, 1280), (.ijepa, 1408), (.siglip, 1152): 16
    case (_, 192), (_, 384), (_, 768), (_, 1024), (.dinov2, 1536): width / 64
    // OpenAI's rule; larger networks under the same names are others', and do not follow it.
    case (.clip, 64...1024) where width % 64 == 0: width / 64
    default: nil
    }
  }

  func heads(family: Family, width: Int, depth: Int) throws -> Int {
    if let heads = options.heads { return try check(heads, width, "the option says") }
    // A config.json may belong to another checkpoint of the folder: where it tells sizes, they must be these.
    let otherWidth = try settings.integer("vision_width", "hidden_size", "embed_dim") ?? width
    let otherDepth = try settings.integer("vision_layers", "num_hidden_layers", "depth") ?? depth
    if otherWidth == width, otherDepth == depth,
      let heads = try settings.integer("vision_heads", "num_attention_heads", "num_heads")
    {
      return try check(heads, width, "\(settings.path) says")
    }
    if let heads = Self.publishedHeads(family, width) {
      return try check(heads, width, "the published \(family.title) models of this width have")
    }
    throw error(
      .undetermined,
      "the number of attention heads is not known for \(family.title) of width \(width): the tensors do not tell it, and "
        + "no published model has that width. Give the number as an option, or num_heads in \(settings.path)")
  }

  private func check(_ heads: Int, _ width: Int, _ source: String) throws -> Int {
    guard heads > 0, width % heads == 0 else {
      throw error(.badConfiguration, "\(source) \(heads) heads, which do not divide the width \(width)")
    }
    return heads
  }

  /// The grid of the position embedding, 0 by 0 where there is none.
  func table(family: Family) throws -> (Int, Int) {
    guard let name = names.positions else {
      guard family == .dinov3 else {
        throw error(.wrongTensors, "there is no position embedding, such as pos_embed")
      }
      return (0, 0)
    }
    let count = try positionRows(name)
    // timm adds the class token's position to the token itself where there are registers.
    for patches in names.classToken == nil ? [count] : [count - 1, count] {
      let side = Int(Double(patches).squareRoot())
      if side > 0, side * side == patches { return (side, side) }
    }
    throw error(
      .unsupported,
      "\(name) has \(count) positions; expected those of a square grid, and one for a class token")
  }

  private func positionRows(_ name: String) throws -> Int {
    if checkpoint[name]?.shape.count == 2 { return try shape(name, ["tokens", "width"])[0] }
    let shape = try shape(name, ["1", "tokens", "width"])
    guard shape[0] == 1 else {
      throw error(.wrongTensors, "\(name) is \(shape); expected [1, tokens, width]")
    }
    return shape[1]
  }

  /// The length of the vector that stands for the whole picture.
  func imageFeatureDimension(family: Family, width: Int) throws -> Int? {
    switch family {
    case .ijepa: nil
    case .siglip: names.pooling == nil ? nil : width
    default:
      if let name = names.projection {
        try shape(name, ["width", "dimension"])[1]
      } else if let name = names.transposedProjection {
        try shape(name, ["dimension", "width"])[0]
      } else {
        names.classToken == nil ? nil : width
      }
    }
  }
}
