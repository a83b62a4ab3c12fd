/// Which representation of a model: the layer, and the time step where there is one.
public struct FeatureKey: Sendable, Hashable {
  /// The layer; nil where the features say nothing about it, such as the only array of a .npy file.
  public var layer: LayerLabel?
  /// In [0, 1], 0 being clean data; nil where the model has none, as an encoder.
  public var timestep: Double?

  public init(layer: LayerLabel?, timestep: Double? = nil) {
    self.layer = layer
    self.timestep = timestep
  }

  /// The numbers that layers may have; no network is so deep.
  public static let layerNumbers = 0...99_999
}

extension FeatureKey: CustomStringConvertible {
  /// "layer 8 at t = 0.5"
  public var description: String {
    let layer = layer.map { $0.number == nil ? "\($0)" : "layer \($0)" }
    return [layer ?? "the features", timestep.map { "at t = \($0)" }].compactMap(\.self).joined(
      separator: " ")
  }
}

extension FeatureKey {
  /// Reads layer and time step from a tensor's name.
  ///
  /// `layer08` and `t0.5/layer08` count layers from 1, as papers do; `blocks.7` counts from 0, as modules do, and is
  /// layer 8. A time step is a `t` with a number of [0, 1] that stands by itself. What is neither is kept as the layer's
  /// name: `t0.5/final` is the layer "final" at t = 0.5.
  public init(tensorName name: String) {
    var rest = name
    var timestep: Double?
    if let found = Self.timestep(in: name) {
      timestep = found.value
      rest.removeSubrange(found.range)
    }
    rest = rest.trimmingSeparators()
    self.init(layer: Self.layer(in: rest), timestep: timestep)
  }

  /// The first `t` with a number of [0, 1] that no letter or digit touches, and where it stands.
  static func timestep(in name: String) -> (value: Double, range: Range<String.Index>)? {
    let pattern = /(?:^|[^A-Za-z0-9])(t=?([01](?:\.[0-9]+)?))(?![A-Za-z0-9.])/
    for match in name.matches(of: pattern) {
      if let value = Double(match.output.2), value <= 1 {
        return (value, match.output.1.startIndex..<match.output.1.endIndex)
      }
    }
    return nil
  }

  private static func layer(in name: String) -> LayerLabel? {
    if let match = name.wholeMatch(of: /(?:.*[^A-Za-z0-9])?layers?[_.]?([0-9]{1,6})/),
      let number = Int(match.output.1)
    {
      return LayerLabel(number)
    }
    if let match = name.wholeMatch(of: /(?:.*[^A-Za-z0-9])?blocks\.([0-9]{1,6})/),
      let number = Int(match.output.1)
    {
      return LayerLabel(number + 1)
    }
    return LayerLabel(name)
  }
}

extension String {
  func trimmingSeparators() -> String {
    let isSeparator = { (character: Character) in "/._- ".contains(character) }
    var rest = self[...].drop(while: isSeparator)
    while let last = rest.last, isSeparator(last) { rest.removeLast() }
    return String(rest)
  }
}
