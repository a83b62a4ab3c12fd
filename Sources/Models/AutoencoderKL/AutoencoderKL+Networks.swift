/// From a picture to the moments of its latent.
struct EncoderNetwork: Sendable {
  var input: Convolution
  /// The blocks at every resolution, the picture's own first.
  var levels: [[ResidualBlock]]
  /// Between the resolutions.
  var downsamplers: [Convolution]
  var middle: MiddleBlock
  var outputNorm: GroupNorm
  var output: Convolution
  var quant: Convolution?

  mutating func pack() {
    input.pack()
    for level in levels.indices {
      for block in levels[level].indices { levels[level][block].pack() }
    }
    for index in downsamplers.indices { downsamplers[index].pack() }
    middle.pack()
    outputNorm.own()
    output.pack()
    quant?.pack()
  }

  func apply(
    _ picture: UnsafePointer<Float>, height: Int, width: Int, _ workspace: AutoencoderKL.Workspace
  ) -> FeatureMap {
    var canvas = Canvas(workspace, height: height, width: width, channels: input.inputs)
    canvas.current.fill(fromPlanes: picture)
    canvas.apply(input)
    for (level, blocks) in levels.enumerated() {
      for block in blocks { block.apply(&canvas) }
      if level < downsamplers.count { canvas.apply(downsamplers[level]) }
    }
    middle.apply(&canvas)
    canvas.apply(output, canvas.normalized(canvas.current, outputNorm))
    if let quant { canvas.apply(quant) }
    return canvas.current
  }
}

/// From a latent to a picture.
struct DecoderNetwork: Sendable {
  var postQuant: Convolution?
  var input: Convolution
  var middle: MiddleBlock
  /// The blocks at every resolution, the lowest first.
  var levels: [[ResidualBlock]]
  /// Between the resolutions; they take every pixel for 2 x 2.
  var upsamplers: [Convolution]
  var outputNorm: GroupNorm
  var output: Convolution

  mutating func pack() {
    postQuant?.pack()
    input.pack()
    middle.pack()
    for level in levels.indices {
      for block in levels[level].indices { levels[level][block].pack() }
    }
    for index in upsamplers.indices { upsamplers[index].pack() }
    outputNorm.own()
    output.pack()
  }

  func apply(
    _ latent: UnsafePointer<Float>, height: Int, width: Int, _ workspace: AutoencoderKL.Workspace
  ) -> FeatureMap {
    var canvas = Canvas(workspace, height: height, width: width, channels: input.inputs)
    canvas.current.fill(fromPlanes: latent)
    if let postQuant { canvas.apply(postQuant) }
    canvas.apply(input)
    middle.apply(&canvas)
    for (level, blocks) in levels.enumerated() {
      for block in blocks { block.apply(&canvas) }
      if level < upsamplers.count { canvas.apply(upsamplers[level], .doubled) }
    }
    canvas.apply(output, canvas.normalized(canvas.current, outputNorm))
    return canvas.current
  }
}
