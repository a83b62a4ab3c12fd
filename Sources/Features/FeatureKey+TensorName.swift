extension FeatureKey {
  /// The name under which an archive holds the representation: `t0.500/layer08`, `layer12`, `final`.
  ///
  /// `FeatureKey(tensorName:)` reads it back, but for a key without a layer. A key without a layer is called `features`.
  public var tensorName: String {
    let layer = layer.map { label in label.number.map(Self.layerName) ?? label.description } ?? "features"
    return timestep.map { "\(Self.text(ofTimestep: $0))/\(layer)" } ?? layer
  }

  /// `layer08`
  package static func layerName(_ number: Int) -> String {
    let digits = String(number)
    return "layer" + String(repeating: "0", count: max(0, 2 - digits.count)) + digits
  }

  /// `t0.500`: three decimals, or as many as it takes to read the same number back.
  static func text(ofTimestep timestep: Double) -> String {
    let parts = decimal(timestep).split(separator: ".", maxSplits: 1)
    let fraction = parts.count > 1 ? parts[1] : ""
    return "t\(parts[0])." + fraction + String(repeating: "0", count: max(0, 3 - fraction.count))
  }

  /// The shortest digits that read back as the same number, without an exponent.
  private static func decimal(_ value: Double) -> String {
    let text = value.description
    let parts = text.split(separator: "e")
    guard parts.count == 2, let exponent = Int(parts[1]), exponent < 0 else { return text }
    return "0." + String(repeating: "0", count: -exponent - 1) + parts[0].filter { $0 != "." }
  }
}
