import Images
import LinearAlgebra
import Models

extension VisionTransformer: EncoderModel {
  public var encoder: EncoderDescription {
    let c = configuration
    let layout = c.tokenLayout
    return EncoderDescription(
      family: c.family.rawValue, featureProtocol: c.featureProtocol.rawValue, digest: digest,
      input: InputShape(channels: c.inputChannels, height: c.inputHeight, width: c.inputWidth),
      width: c.width,
      depth: c.depth,
      tokens: .init(
        hasClassToken: layout.classToken != nil, firstPatch: layout.prefixCount, count: layout.count),
      imageFeatures: c.imageFeatureDimension)
  }

  public func makeWorkspace() -> Workspace { Workspace(configuration) }
}

extension EncoderInputs {
  /// Pictures as the encoder's protocol prepares them.
  ///
  /// - Throws: ``ExtractionError`` for an encoder whose input no protocol makes.
  public init(_ pictures: Pictures, for encoder: VisionTransformer) throws {
    guard let preprocessing = encoder.configuration.preprocessing else {
      throw ExtractionError(
        .invalidSettings, path: encoder.path,
        "no protocol makes inputs of \(encoder.configuration.inputHeight) x \(encoder.configuration.inputWidth) pixels of "
          + "pictures; feed ready inputs, or take a square input")
    }
    try self.init(pictures, preprocessing: Preprocessing(preprocessing))
  }
}

extension Preprocessing {
  /// The same steps, in this module's terms.
  public init(_ steps: VisionTransformer.Preprocessing) {
    let normalisation: Normalisation =
      switch steps.normalization {
      case .imageNet: .imageNet
      case .clip: .clip
      case .half: .half
      }
    let crop: PictureCrop
    let side: Int
    switch steps.crop {
    case .admCenterCrop(let square): (crop, side) = (.adm(square), square)
    case .resizeAndCenterCrop(let shorter, let square, let filter):
      let filter: ResamplingFilter = filter == .bicubic ? .bicubic : .bilinear
      (crop, side) = (.resizeAndCenterCrop(shorter: shorter, side: square, filter: filter), square)
    }
    self.init(
      crop: crop, normalisation: normalisation,
      floatResize: steps.inputSize.height == side
        ? nil
        : FloatResize(side: steps.inputSize.height, isBeforeNormalising: steps.resizesBeforeNormalizing))
  }
}
