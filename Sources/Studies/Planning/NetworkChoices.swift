import Extraction
import Models

/// What an experiment file says of a checkpoint, as the networks take it: the names are those of `repscope extract`.
struct NetworkChoices {
  private(set) var diffusion = DiffusionTransformer.Options()
  private(set) var encoder = VisionTransformer.Options()
  private(set) var timeConvention: TimeConvention?
  private(set) var interpolant: Interpolant?
  private(set) var pooling = Pooling.mean

  /// Whether an encoder is fed pictures as they are: its own preprocessing crops them, not the study's.
  var seesOriginals: Bool { encoder.featureProtocol == .native }

  static let names = [
    "weights", "family", "heads", "encoder-depth", "time-convention", "interpolant", "protocol", "network",
    "pooling",
  ]

  /// - Parameter report: Receives every value that makes no sense: its name, and what was expected.
  init(_ options: [String: String], report: (_ name: String, _ expected: String) -> Void = { _, _ in }) {
    func choice<Value: RawRepresentable & CaseIterable>(_ name: String, _ type: Value.Type = Value.self)
      -> Value?
    where Value.RawValue == String {
      guard let text = options[name] else { return nil }
      if let value = Value(rawValue: text) { return value }
      report(name, "one of \(Value.allCases.map(\.rawValue).joined(separator: ", "))")
      return nil
    }
    func number(_ name: String) -> Int? {
      guard let text = options[name] else { return nil }
      if let value = Int(text), value >= 1 { return value }
      report(name, "a whole number from 1")
      return nil
    }
    diffusion.weights = choice("weights") ?? .ema
    diffusion.heads = number("heads")
    diffusion.encoderDepth = number("encoder-depth")
    encoder.heads = diffusion.heads
    encoder.featureProtocol = choice("protocol") ?? .repa
    encoder.network = options["network"]
    timeConvention = choice("time-convention")
    interpolant = choice("interpolant")
    if let family = options["family"] {
      diffusion.family = DiffusionTransformer.Configuration.Family(rawValue: family)
      encoder.family = VisionTransformer.Configuration.Family(rawValue: family)
      if diffusion.family == nil, encoder.family == nil {
        let names =
          DiffusionTransformer.Configuration.Family.allCases.map(\.rawValue)
          + VisionTransformer.Configuration.Family.allCases.map(\.rawValue)
        report("family", "one of \(names.joined(separator: ", "))")
      }
    }
    if let text = options["pooling"] {
      if let value = Pooling(named: text) {
        pooling = value
      } else {
        report("pooling", "mean, class, both, none or tokens:0,5")
      }
    }
  }
}
