import CKernels
import LinearAlgebra
import Glibc

extension AutoencoderKL {
  /// What the encoder gives beside the mean.
  public enum Spread: Sendable {
    /// The logarithm of the variance, as the network computes it: diffusers' `moments`.
    case logVariance
    /// The standard deviation, exp(l / 2) of the logarithm l held between -30 and 20: what REPA's preprocessing saves.
    case deviation
  }

  /// Encodes one picture, on the calling thread.
  ///
  /// - Parameters:
  ///   - picture: [``Configuration/inputChannels``, height, width], red first, from -1 to 1: byte / 127.5 - 1.
  ///   - height: A multiple of ``Configuration/downsamplingFactor``, as is `width`.
  ///   - width: As `height`.
  ///   - spread: The second half of what comes out.
  ///   - workspace: In use by no other thread.
  ///   - moments: [2 ``Configuration/latentChannels``, height / factor, width / factor]: means first, not scaled.
  /// - Throws: ``ModelError`` for sizes that do not fit and where NaN or infinity comes out.
  /// - Complexity: ``Configuration/floatingPointOperations(of:height:width:)``.
  public func encode(
    _ picture: UnsafeBufferPointer<Float>, height: Int, width: Int, as spread: Spread, workspace: Workspace,
    into moments: UnsafeMutableBufferPointer<Float>
  ) throws {
    guard let encoder else { throw notOpened("encoder") }
    let factor = configuration.downsamplingFactor
    try check(height, width, multipleOf: factor)
    let pixels = height * width
    let channels = 2 * configuration.latentChannels
    try checkInput(
      picture, "picture", channels: configuration.inputChannels, height: height, width: width, of: path)
    guard moments.count == channels * pixels / (factor * factor) else {
      throw invalid(
        "room for \(moments.count) moments; expected \(channels) x \(height / factor) x \(width / factor)")
    }
    try checkMemory(.encoder, height, width)
    workspace.reserve(configuration, .encoder, height: height, width: width)
    let latent = encoder.apply(
      UnsafePointer(picture.baseAddress!), height: height, width: width, workspace)
    latent.copyPlanes(into: moments.baseAddress!)
    try checkFinite(UnsafeBufferPointer(moments), "the encoder")
    if spread == .deviation {
      let half = moments.count / 2
      for index in half..<moments.count { moments[index] = Self.deviation(logVariance: moments[index]) }
    }
  }

  /// Decodes one latent, on the calling thread.
  ///
  /// - Parameters:
  ///   - latent: [``Configuration/latentChannels``, height, width] as the encoder's means: divided by the scaling factor
  ///     and shifted already where it comes from a diffusion transformer.
  ///   - height: The latent's height, as `width` its width.
  ///   - width: The latent's width.
  ///   - workspace: In use by no other thread.
  ///   - picture: [``Configuration/outputChannels``, height times factor, width times factor], about -1 to 1.
  /// - Throws: ``ModelError`` for sizes that do not fit and where NaN or infinity comes out.
  /// - Complexity: ``Configuration/floatingPointOperations(of:height:width:)``.
  public func decode(
    _ latent: UnsafeBufferPointer<Float>, height: Int, width: Int, workspace: Workspace,
    into picture: UnsafeMutableBufferPointer<Float>
  ) throws {
    guard let decoder else { throw notOpened("decoder") }
    let factor = configuration.downsamplingFactor
    try check(height, width, multipleOf: 1)
    let pixels = height * width
    try checkInput(
      latent, "latent", channels: configuration.latentChannels, height: height, width: width, of: path)
    guard picture.count == configuration.outputChannels * pixels * factor * factor else {
      throw invalid(
        "room for \(picture.count) elements; expected \(configuration.outputChannels) x \(height * factor) x \(width * factor)"
      )
    }
    try checkMemory(.decoder, height * factor, width * factor)
    workspace.reserve(configuration, .decoder, height: height * factor, width: width * factor)
    let output = decoder.apply(latent.baseAddress!, height: height, width: width, workspace)
    output.copyPlanes(into: picture.baseAddress!)
    try checkFinite(UnsafeBufferPointer(picture), "the decoder")
  }

  /// The standard deviation that belongs to what the encoder calls the logarithm of the variance.
  public static func deviation(logVariance: Float) -> Float {
    Float(exp(0.5 * Double(min(max(logVariance, -30), 20))))
  }

  private func check(_ height: Int, _ width: Int, multipleOf factor: Int) throws {
    guard (1...65_536).contains(height), (1...65_536).contains(width) else {
      throw invalid("\(height) x \(width): expected sizes from 1 to 65536")
    }
    guard height % factor == 0, width % factor == 0 else {
      throw invalid(
        "a picture of height \(height) and width \(width); expected multiples of \(factor), which makes one pixel of a latent"
      )
    }
  }

  /// A picture too large for any memory is an error, not a failed allocation.
  private func checkMemory(_ part: Part, _ height: Int, _ width: Int) throws {
    let bytes = configuration.workspaceBytes(of: part, height: height, width: width)
    guard bytes <= 1 << 36 else {
      throw invalid(
        "\(height) x \(width) pixels would take \(bytes >> 30) GiB of working memory; expected at most 64 GiB"
      )
    }
  }

  private func checkFinite(_ values: UnsafeBufferPointer<Float>, _ place: String) throws {
    let finite = repscope_finite_prefix(values.baseAddress, values.count)
    guard finite < values.count else { return }
    throw ModelError(
      .notFinite, path: path,
      "\(place) gave \(values[finite].isNaN ? "NaN" : "infinity") at element \(finite); look for NaN in the weights, or for "
        + "an input far beyond -1...1")
  }

  private func notOpened(_ part: String) -> ModelError {
    invalid("the \(part) is asked for, but was left out when the file was opened")
  }

  private func invalid(_ message: String) -> ModelError {
    ModelError(.invalidArgument, path: path, message)
  }
}
