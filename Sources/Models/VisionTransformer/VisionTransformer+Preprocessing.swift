extension VisionTransformer {
  /// How a picture becomes the network's input.
  public struct Preprocessing: Sendable, Hashable {
    /// What is cut out of a picture.
    public enum Crop: Sendable, Hashable {
      /// The ADM center crop to a square of that side; where the network's input has another size, the square is then
      /// resized to it by bicubic interpolation without antialiasing (a = -0.75).
      case admCenterCrop(Int)
      /// The shorter side to `shorterSide`, antialiased as Pillow does it; then the middle square of that side.
      case resizeAndCenterCrop(shorterSide: Int, crop: Int, filter: Filter)
      /// The whole picture to the input's size, antialiased as Pillow does it, whatever its proportions.
      case resize(filter: Filter)
    }

    public enum Filter: String, Sendable, Hashable {
      case bicubic, bilinear
    }

    /// Mean and standard deviation of the channels, for values in [0, 1].
    public enum Normalization: String, Sendable, Hashable {
      case imageNet, clip
      /// 0.5 and 0.5.
      case half

      public var mean: [Float] {
        switch self {
        case .imageNet: [0.485, 0.456, 0.406]
        case .clip: [0.48145466, 0.4578275, 0.40821073]
        case .half: [0.5, 0.5, 0.5]
        }
      }

      public var standardDeviation: [Float] {
        switch self {
        case .imageNet: [0.229, 0.224, 0.225]
        case .clip: [0.26862954, 0.26130258, 0.27577711]
        case .half: [0.5, 0.5, 0.5]
        }
      }
    }

    public let crop: Crop
    /// Whether the crop is resized to the input before it is normalised (CLIP in REPA), not after.
    public let resizesBeforeNormalizing: Bool
    public let normalization: Normalization
    /// What the network is fed.
    public let inputSize: InputSize
  }
}

extension VisionTransformer.Configuration {
  /// How the protocol makes the network's input of a picture; nil for inputs that are not square, which no protocol
  /// makes.
  ///
  /// REPA crops to 256 (for larger models, a multiple of it) and resizes to 224 for DINOv2, CLIP and I-JEPA only; MAE,
  /// MoCo v3 and DINO are fed the crop. DINOv3 and SigLIP, which REPA does not know, are fed the crop too, and so is an
  /// input size that is no multiple of 224. The encoders' own evaluation resizes the shorter side to 8/7 of the input and
  /// cuts out the middle; CLIP leaves no margin; DINOv3 and SigLIP take the whole picture.
  ///
  /// - SeeAlso: `preprocess_raw_image` in REPA's train.py; the evaluation transforms of each encoder's repository.
  public var preprocessing: VisionTransformer.Preprocessing? {
    guard inputHeight == inputWidth else { return nil }
    let side = inputHeight
    let normalization: VisionTransformer.Preprocessing.Normalization =
      switch family {
      case .clip: .clip
      case .siglip: .half
      default: .imageNet
      }
    let crop: VisionTransformer.Preprocessing.Crop
    switch featureProtocol {
    case .repa:
      crop = .admCenterCrop(family.repaResizes && side % 224 == 0 ? side / 224 * 256 : side)
    case .native:
      switch family {
      case .siglip: crop = .resize(filter: .bicubic)
      case .dinov3: crop = .resize(filter: .bilinear)
      case .clip: crop = .resizeAndCenterCrop(shorterSide: side, crop: side, filter: .bicubic)
      case .mocov3: crop = .resizeAndCenterCrop(shorterSide: side * 8 / 7, crop: side, filter: .bilinear)
      default: crop = .resizeAndCenterCrop(shorterSide: side * 8 / 7, crop: side, filter: .bicubic)
      }
    }
    return VisionTransformer.Preprocessing(
      crop: crop, resizesBeforeNormalizing: family == .clip, normalization: normalization,
      inputSize: .init(height: inputHeight, width: inputWidth))
  }
}

extension VisionTransformer.Configuration.Family {
  /// Whether REPA resizes its crop of 256 to 224; the others see the crop itself.
  var repaResizes: Bool {
    switch self {
    case .dinov2, .clip, .ijepa: true
    case .dino, .mae, .mocov3, .dinov3, .siglip: false
    }
  }
}
