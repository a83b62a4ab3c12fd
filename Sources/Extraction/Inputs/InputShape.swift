/// Channels, height and width of what a network takes: a latent, or a picture as numbers.
public struct InputShape: Sendable, Hashable, CustomStringConvertible {
  public var channels: Int
  public var height: Int
  public var width: Int

  public init(channels: Int, height: Int, width: Int) {
    self.channels = channels
    self.height = height
    self.width = width
  }

  /// The three lengths of [C, H, W]; nil for another shape, or one without elements.
  init?(_ shape: [Int]) {
    guard shape.count == 3, shape.allSatisfy({ $0 > 0 }) else { return nil }
    self.init(channels: shape[0], height: shape[1], width: shape[2])
  }

  public var elements: Int { channels * height * width }

  /// "4x16x16"
  public var description: String { "\(channels)x\(height)x\(width)" }
}
