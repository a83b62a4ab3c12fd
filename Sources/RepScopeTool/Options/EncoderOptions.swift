import ArgumentParser
import RepScope

/// What a vision encoder is fed, and whose way of using it is followed.
struct EncoderOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Ready network inputs [N, 3, H, W] in place of --images: PATH or PATH#NAME.", valueName: "path"),
    completion: .file())
  var inputs: String?

  @Option(
    name: .customLong("protocol"),
    help:
      "Input size, crop, resampling of the position embedding and norm as REPA has them (repa, the default) or as the encoder's authors (native)."
  )
  var featureProtocol: VisionTransformer.FeatureProtocol?

  /// What a diffusion transformer has no use for.
  var given: [String] {
    [inputs.map { _ in "--inputs" }, featureProtocol.map { _ in "--protocol" }].compactMap(\.self)
  }
}

extension VisionTransformer.Configuration {
  /// The input's side for pictures that are cropped to a resolution: REPA's crop of 256 becomes 224 for some encoders; in
  /// the native protocol, and for crops of other sizes, the resolution is the input's.
  func inputSide(resolution: Int) -> Int {
    guard featureProtocol == .repa, resolution.isMultiple(of: 256) else { return resolution }
    var resized = self
    resized.inputHeight = resolution / 256 * 224
    resized.inputWidth = resized.inputHeight
    return resized.preprocessing?.crop == .admCenterCrop(resolution) ? resized.inputHeight : resolution
  }
}

extension VisionTransformer.FeatureProtocol: ExpressibleByArgument {}
