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
