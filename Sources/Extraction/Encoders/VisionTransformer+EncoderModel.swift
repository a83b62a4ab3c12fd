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
    let (height, width) = (steps.inputSize.height, steps.inputSize.width)
    var floatResize: FloatResize?
    switch steps.crop {
    case .admCenterCrop(let side):
      crop = .adm(side)
      if side != height {
        floatResize = FloatResize(side: height, isBeforeNormalising: steps.resizesBeforeNormalizing)
      }
    case .resizeAndCenterCrop(let shorter, let side, let filter):
      crop = .resizeAndCenterCrop(shorter: shorter, side: side, filter: ResamplingFilter(filter))
    case .resize(let filter):
      crop = .resize(width: width, height: height, filter: ResamplingFilter(filter))
    }
    self.init(crop: crop, normalisation: normalisation, floatResize: floatResize)
  }
}

extension ResamplingFilter {
  fileprivate init(_ filter: VisionTransformer.Preprocessing.Filter) {
    switch filter {
    case .bicubic: self = .bicubic
    case .bilinear: self = .bilinear
    }
  }
}
