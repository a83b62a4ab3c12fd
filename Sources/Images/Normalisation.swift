/// From bytes to a network's numbers: value / `divisor`, then less the mean, over the standard deviation, per channel.
///
/// In Float32 and in this order, as torchvision's ToTensor and Normalize compute it.
public struct Normalisation: Sendable, Hashable {
  /// What bytes are divided by first.
  public let divisor: Float
  /// Red, green, blue.
  public let mean: [Float]
  public let standardDeviation: [Float]

  /// - Precondition: Three means, three deviations; all finite, divisor and deviations not 0.
  public init(divisor: Float = 255, mean: [Float], standardDeviation: [Float]) {
    precondition(mean.count == 3 && standardDeviation.count == 3, "one value for each of three channels")
    precondition(
      divisor.isNormal && mean.allSatisfy(\.isFinite) && standardDeviation.allSatisfy(\.isNormal),
      "numbers to divide by")
    self.divisor = divisor
    self.mean = mean
    self.standardDeviation = standardDeviation
  }

  /// The training set's moments on ImageNet: DINO, DINOv2, MAE, MoCo v3, I-JEPA.
  public static let imageNet = Normalisation(
    mean: [0.485, 0.456, 0.406], standardDeviation: [0.229, 0.224, 0.225])
  /// CLIP's own training set's.
  public static let clip = Normalisation(
    mean: [0.48145466, 0.4578275, 0.40821073], standardDeviation: [0.26862954, 0.26130258, 0.27577711])
  /// [0, 1] to [-1, 1] by mean and deviation 0.5: SigLIP.
  public static let half = Normalisation(mean: [0.5, 0.5, 0.5], standardDeviation: [0.5, 0.5, 0.5])
  /// value / 127.5 - 1: the VAE, as REPA feeds it.
  public static let symmetric = Normalisation(divisor: 127.5, mean: [1, 1, 1], standardDeviation: [1, 1, 1])

  func callAsFunction(_ value: Float, channel: Int) -> Float {
    (value - mean[channel]) / standardDeviation[channel]
  }

  /// The result for each byte, [3, 256]; without mean and deviation where `scalingOnly`.
  func tables(scalingOnly: Bool) -> [Float] {
    (0..<3).flatMap { channel in
      (0..<256).map { byte in
        let value = Float(byte) / divisor
        return scalingOnly ? value : self(value, channel: channel)
      }
    }
  }
}
