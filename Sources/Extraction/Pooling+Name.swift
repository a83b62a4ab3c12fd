extension Pooling {
  /// What options and experiment files call it: `mean`, `none`, `class`, `both`, `tokens:0,5-9`; nil for anything else.
  public init?(named name: String) {
    switch name {
    case "mean": self = .mean
    case "none": self = .none
    case "class": self = .classToken
    case "both": self = .classAndMean
    default:
      guard name.hasPrefix("tokens:"), let tokens = IndexRanges(String(name.dropFirst(7))) else { return nil }
      self = .tokens(tokens.indices)
    }
  }
}
