/// How picture files become pixels.
public struct DecodingOptions: Sendable, Hashable {
  /// Whether the EXIF orientation turns the picture. Off, as in torchvision's default loader, which official
  /// preprocessing uses: it shows such pictures lying on their side.
  public var appliesOrientation: Bool
  /// The most pixels a picture may announce, checked before memory is taken. As many as Pillow opens by default.
  public var maximumPixels: Int

  public init(appliesOrientation: Bool = false, maximumPixels: Int = 178_956_970) {
    self.appliesOrientation = appliesOrientation
    self.maximumPixels = maximumPixels
  }
}
