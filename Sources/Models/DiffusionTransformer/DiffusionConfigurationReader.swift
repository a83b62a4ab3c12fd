import TensorFiles

/// Finds out what the tensors' shapes alone do not tell.
struct DiffusionConfigurationReader {
  typealias Family = DiffusionTransformer.Configuration.Family

  let checkpoint: Checkpoint
  let options: DiffusionTransformer.Options

  private var settings: ModelSettings { checkpoint.settings }

  /// The heads of the published sizes, by width.
  private static let publishedHeads = [384: 6, 768: 12, 1024: 16, 1152: 16]

  func unsupported(_ message: String) -> ModelError {
    ModelError(.unsupported, path: checkpoint.path, message)
  }

  func shape(_ name: String, _ dimensions: [String]) throws -> [Int] {
    try checkpoint.shape(name, dimensions, of: "a diffusion transformer")
  }

  /// The label table has a row more than there are classes, unless the settings say otherwise: nobody trains these
  /// models without dropping labels.
  func classes(rows: Int) throws -> Int {
    let told =
      try settings.integer("num_classes", "num_embeds_ada_norm") ?? checkpoint.arguments?["num_classes"]?.int
    return told == rows ? rows : rows - 1
  }

  func heads(width: Int, depth: Int) throws -> Int {
    if let heads = options.heads { return try check(heads, width, "the option says") }
    // A norm of queries is as long as a head is wide.
    if let norm = checkpoint["blocks.0.attn.q_norm.weight"], let length = norm.shape.first,
      norm.shape.count == 1,
      length > 0
    {
      return try check(width / length, width, "blocks.0.attn.q_norm.weight has \(length) elements, so")
    }
    // A config.json may belong to another checkpoint of the folder: where it tells sizes, they must be these.
    let (otherWidth, otherDepth) = (
      try settings.integer("hidden_size"), try settings.integer("depth", "num_layers")
    )
    let fits = (otherWidth ?? width) == width && (otherDepth ?? depth) == depth
    if fits, let heads = try settings.integer("num_heads", "num_attention_heads") {
      return try check(heads, width, "\(settings.path) says")
    }
    if let heads = Self.publishedHeads[width] { return heads }
    throw ModelError(
      .undetermined, path: checkpoint.path,
      "the number of attention heads is not known for width \(width): the tensors do not tell it, and no published model "
        + "has that width. Give the number as an option, or num_heads in \(settings.path)")
  }

  private func check(_ heads: Int, _ width: Int, _ source: String) throws -> Int {
    guard heads > 0, width % heads == 0 else {
      throw ModelError(
        .badConfiguration, path: checkpoint.path,
        "\(source) \(heads) heads, which do not divide the width \(width)")
    }
    return heads
  }

  func encoderDepth(depth: Int) throws -> Int? {
    let told =
      try options.encoderDepth ?? checkpoint.arguments?["encoder_depth"]?.int
      ?? settings.integer("encoder_depth")
    guard let told, !(1...max(depth, 1)).contains(told) else { return told }
    throw ModelError(
      .badConfiguration, path: checkpoint.path,
      "the projectors are said to follow block \(told), but there are \(depth) blocks")
  }

  /// SiT and DiT have the same tensors. What tells them apart is written nowhere in a published file but its name.
  func family(isDiffusers: Bool, hasProjectors: Bool, channels: Int, outputChannels: Int) throws -> Family {
    if isDiffusers { return try chosen(.ditDiffusers, from: [.ditDiffusers]) }
    let official: [Family] = [.sit, .repa, .dit]
    if hasProjectors || outputChannels == channels { return try chosen(.repa, from: official) }
    guard outputChannels == 2 * channels else {
      throw unsupported(
        "\(outputChannels) output channels for \(channels) input channels; expected as many or twice as many")
    }
    if options.family != nil { return try chosen(.sit, from: official) }
    let folders = checkpoint.path.split(separator: "/").suffix(2).reversed().map(String.init)
    let hints = [settings.text("arch"), checkpoint.arguments?["model"]?.text].compactMap(\.self) + folders
    for hint in hints {
      let words = hint.lowercased().split { !$0.isLetter }
      switch (words.contains("sit"), words.contains("dit")) {
      case (true, false): return .sit
      case (false, true): return .dit
      default: continue
      }
    }
    throw ModelError(
      .undetermined, path: checkpoint.path,
      "SiT and DiT have the same tensors, and neither the file's name nor config.json tells which one this is. "
        + "Give the family as an option")
  }

  private func chosen(_ found: Family, from possible: [Family]) throws -> Family {
    guard let family = options.family else { return found }
    guard possible.contains(family) else {
      throw ModelError(
        .invalidArgument, path: checkpoint.path,
        "the tensors' names are those of \(possible.map(\.rawValue).joined(separator: ", ")), not of \(family.rawValue)"
      )
    }
    return family
  }

  /// Height and width of the input.
  func inputSize(isDiffusers: Bool, patchSize: Int) throws -> (Int, Int) {
    if let size = options.inputSize, size <= 0 || size % patchSize != 0 {
      throw ModelError(
        .invalidArgument, path: checkpoint.path,
        "inputs of \(size) x \(size) cannot be cut into patches of \(patchSize) x \(patchSize)")
    }
    if isDiffusers {
      guard let size = try options.inputSize ?? settings.integer("sample_size") else {
        throw ModelError(
          .undetermined, path: checkpoint.path,
          "the input size is not known: diffusers keeps it in config.json, which is not there. Give it as an option"
        )
      }
      guard (1...65_536).contains(size), size % patchSize == 0 else {
        throw ModelError(
          .badConfiguration, path: settings.path,
          "\"sample_size\" is \(size); expected a multiple of the patch size \(patchSize), at most 65536")
      }
      return (size, size)
    }
    let tokens = try shape("pos_embed", ["1", "tokens", "width"])[1]
    let side = Int(Double(tokens).squareRoot())
    if let height = options.inputSize.map({ $0 / patchSize }) {
      guard tokens % height == 0, side * side != tokens || height == side else {
        throw ModelError(
          .invalidArgument, path: checkpoint.path,
          "pos_embed has \(tokens) tokens, which is not an input of height \(height * patchSize) with patches of \(patchSize)"
        )
      }
      return (height * patchSize, tokens / height * patchSize)
    }
    guard side * side == tokens else {
      throw ModelError(
        .undetermined, path: checkpoint.path,
        "pos_embed has \(tokens) tokens, which make no square. Give the input's height as an option")
    }
    return (side * patchSize, side * patchSize)
  }
}
