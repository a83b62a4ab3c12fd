import LinearAlgebra

extension Preprocessing {
  /// The encoders whose preprocessing is known.
  public enum Encoder: String, Sendable, Hashable, CaseIterable {
    case dinov2, dinov1, mocov3, mae, clip, jepa
  }

  /// The diffusion transformers' preprocessing and REPA's on top of it: what its loader feeds an encoder during training.
  ///
  /// The ADM crop leaves a picture of the right size as it is, so REPA's preprocessed `images/` give the same input as
  /// the pictures they were made from.
  ///
  /// - Parameters:
  ///   - encoder: Whose features are to be taken.
  ///   - resolution: The diffusion model's, a multiple of 256. DINOv2, CLIP and I-JEPA see 224 pixels for
  ///     each 256, the others all.
  /// - Throws: ``ImageError`` (`badSize`) for another resolution.
  /// - SeeAlso: REPA, `preprocess_raw_image` in train.py, and `center-crop-dhariwal` in preprocessing/dataset_tools.py.
  public static func repa(_ encoder: Encoder, resolution: Int = 256) throws(ImageError) -> Preprocessing {
    guard (256...8192).contains(resolution), resolution.isMultiple(of: 256) else {
      throw ImageError(
        .badSize, path: nil, found: "a resolution of \(resolution)",
        expected: "a multiple of 256, as REPA's encoders have it")
    }
    let side = 224 * (resolution / 256)
    return switch encoder {
    case .clip:
      Preprocessing(
        crop: .adm(resolution), normalisation: .clip,
        floatResize: FloatResize(side: side, isBeforeNormalising: true))
    case .dinov2, .jepa:
      Preprocessing(
        crop: .adm(resolution), normalisation: .imageNet,
        floatResize: FloatResize(side: side, isBeforeNormalising: false))
    case .mocov3, .mae, .dinov1:
      Preprocessing(crop: .adm(resolution), normalisation: .imageNet)
    }
  }

  /// The encoder's own evaluation: the shorter side resized to 256/224 of the input (CLIP: to the input), a square from
  /// the middle, mean and deviation.
  ///
  /// MoCo v3 resizes bilinearly (`main_lincls.py`), all others bicubically. I-JEPA has published no evaluation; it is
  /// treated as DINOv2.
  ///
  /// - Parameters:
  ///   - encoder: Whose features are to be taken.
  ///   - side: The input's, in pixels.
  /// - Throws: ``ImageError`` (`badSize`) for sides that are not from 1 to 8192.
  public static func native(_ encoder: Encoder, side: Int = 224) throws(ImageError) -> Preprocessing {
    guard (1...8192).contains(side) else {
      throw ImageError(
        .badSize, path: nil, found: "an input of \(side) pixels", expected: "1 to 8192")
    }
    let isClip = encoder == .clip
    let shorter = isClip ? side : (side * 256 + 112) / 224
    return Preprocessing(
      crop: .resizeAndCenterCrop(
        shorter: shorter, side: side, filter: encoder == .mocov3 ? .bilinear : .bicubic),
      normalisation: isClip ? .clip : .imageNet)
  }

  /// The VAE's input: the ADM crop, and value / 127.5 - 1.
  ///
  /// - Parameter resolution: In pixels; nil for pictures that have their size already.
  public static func vae(resolution: Int?) -> Preprocessing {
    Preprocessing(crop: resolution.map { .adm($0) } ?? .none, normalisation: .symmetric)
  }
}
