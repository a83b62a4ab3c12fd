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
