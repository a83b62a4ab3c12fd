extension AutoencoderKL.Configuration {
  /// One convolution of the network, at one resolution.
  struct Step {
    let inputs: Int
    let outputs: Int
    /// The side of its kernel.
    let size: Int
    /// The resolution it writes: 0 is the picture's, each level halves it.
    let level: Int
    /// What its input is smaller or larger by.
    var stride = 1
  }

  /// All convolutions, in the network's order.
  func steps(of part: AutoencoderKL.Part) -> [Step] {
    let last = blockChannels.count - 1
    let (widest, picture) = (blockChannels[last], blockChannels[0])
    func block(_ inputs: Int, _ outputs: Int, _ level: Int) -> [Step] {
      [
        Step(inputs: inputs, outputs: outputs, size: 3, level: level),
        Step(inputs: outputs, outputs: outputs, size: 3, level: level),
      ] + (inputs == outputs ? [] : [Step(inputs: inputs, outputs: outputs, size: 1, level: level)])
    }
    // Queries, keys, values and the output are 1 x 1 convolutions.
    let attention = Step(inputs: widest, outputs: widest, size: 1, level: last)
    let middle =
      block(widest, widest, last) + (hasMidAttention ? Array(repeating: attention, count: 4) : [])
      + block(widest, widest, last)
    var steps: [Step] = []
    switch part {
    case .encoder:
      steps.append(Step(inputs: inputChannels, outputs: picture, size: 3, level: 0))
      for level in 0...last {
        let channels = blockChannels[level]
        for layer in 0..<layersPerBlock {
          steps += block(layer == 0 ? blockChannels[max(level - 1, 0)] : channels, channels, level)
        }
        if level < last {
          steps.append(Step(inputs: channels, outputs: channels, size: 3, level: level + 1, stride: 2))
        }
      }
      steps += middle
      let moments = 2 * latentChannels
      steps.append(Step(inputs: widest, outputs: moments, size: 3, level: last))
      if hasQuantConvolution { steps.append(Step(inputs: moments, outputs: moments, size: 1, level: last)) }
    case .decoder:
      if hasPostQuantConvolution {
        steps.append(Step(inputs: latentChannels, outputs: latentChannels, size: 1, level: last))
      }
      steps.append(Step(inputs: latentChannels, outputs: widest, size: 3, level: last))
      steps += middle
      for level in (0...last).reversed() {
        let channels = blockChannels[level]
        for layer in 0...layersPerBlock {
          steps += block(layer == 0 ? blockChannels[min(level + 1, last)] : channels, channels, level)
        }
        if level > 0 { steps.append(Step(inputs: channels, outputs: channels, size: 3, level: level - 1)) }
      }
      steps.append(Step(inputs: picture, outputs: outputChannels, size: 3, level: 0))
    }
    return steps
  }

  /// The floating-point operations that one picture costs: those of convolutions and attention, which are nearly all.
  ///
  /// - Parameters:
  ///   - part: The encoder or the decoder.
  ///   - height: The picture's, for the decoder too; as is `width`.
  ///   - width: The picture's width in pixels.
  public func floatingPointOperations(of part: AutoencoderKL.Part, height: Int, width: Int) -> Int {
    let convolutions = steps(of: part).reduce(0) { sum, step in
      let pixels = (height >> step.level) * (width >> step.level)
      return sum + 2 * pixels * step.size * step.size * step.inputs * step.outputs
    }
    guard hasMidAttention, let channels = blockChannels.last else { return convolutions }
    let tokens = height / downsamplingFactor * (width / downsamplingFactor)
    return convolutions + 4 * tokens * tokens * channels
  }

  /// The working memory that one picture takes, in bytes.
  ///
  /// - Parameters:
  ///   - part: The encoder or the decoder.
  ///   - height: The picture's, for the decoder too; as is `width`.
  ///   - width: The picture's width in pixels.
  public func workspaceBytes(of part: AutoencoderKL.Part, height: Int, width: Int) -> Int {
    let memory = memory(of: part, height: height, width: width)
    let floats = 2 * memory.plane + memory.rows + 3 * memory.channels
    return floats * MemoryLayout<Float>.stride + 4 * memory.channels * MemoryLayout<Double>.stride
  }

  /// The largest of each kind of working memory, in elements.
  func memory(of part: AutoencoderKL.Part, height: Int, width: Int) -> (plane: Int, rows: Int, channels: Int)
  {
    let steps = steps(of: part)
    let plane =
      steps.map { (height >> $0.level) * (width >> $0.level) * max($0.inputs, $0.outputs) }.max() ?? 0
    let rows = steps.map {
      Convolution.rowElements(width: (width >> $0.level) * $0.stride, inputs: $0.inputs, stride: $0.stride)
    }.max()
    let channels = steps.map { max($0.inputs, $0.outputs) }.max()
    let tokens = height / downsamplingFactor * (width / downsamplingFactor)
    let attention =
      hasMidAttention ? MiddleAttention.scratch(tokens: tokens, channels: blockChannels.last ?? 0) : 0
    return (max(plane, attention), rows ?? 0, channels ?? 0)
  }
}
