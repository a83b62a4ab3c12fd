import Features
import Models

/// A place in a diffusion transformer at which hidden states are taken.
public typealias Tap = DiffusionTransformer.Tap

extension Tap {
  /// How keys and tables call it: 8, `layer08.projector0`, `output`.
  public var label: LayerLabel {
    switch self {
    case .layer(let number): LayerLabel(number)
    case .projector(let layer, let index): Self.named("\(FeatureKey.layerName(layer)).projector\(index)")
    case .output: Self.named("output")
    }
  }

  // A label is nil for an empty text only.
  private static func named(_ text: String) -> LayerLabel { LayerLabel(text) ?? 0 }
}
