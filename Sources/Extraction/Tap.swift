import Features

/// A place in a diffusion transformer at which hidden states are taken.
public enum Tap: Sendable, Hashable {
  /// The output of a block, counted from 1; 0 is the input to the first block.
  case layer(Int)
  /// The output of one of the projectors that REPA attaches to a layer.
  case projector(layer: Int, index: Int)
  /// What the model returns, [C, H, W].
  case output

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
