extension LayerLabel {
  /// Reads a list of layers as people write it: `1-8,12,final`.
  ///
  /// - Returns: Nil for an empty part, a range that runs backwards, and numbers that no layer has: a mistyped range must not
  ///   fill the memory.
  public static func list(_ text: String) -> Set<LayerLabel>? {
    var labels: Set<LayerLabel> = []
    for spaced in text.split(separator: ",", omittingEmptySubsequences: false) {
      let part = String(spaced).trimming(" ")
      let ends = part.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
      if ends.count == 2, let first = ends[0], let last = ends[1] {
        guard first <= last, isKnown(first), isKnown(last) else { return nil }
        for layer in first...last { labels.insert(LayerLabel(layer)) }
        continue
      }
      guard let label = LayerLabel(part) else { return nil }
      if let number = label.number, !isKnown(number) { return nil }
      labels.insert(label)
    }
    return labels
  }

  private static func isKnown(_ number: Int) -> Bool { FeatureKey.layerNumbers.contains(number) }
}

extension String {
  fileprivate func trimming(_ character: Character) -> String {
    var rest = self[...]
    while rest.first == character { rest.removeFirst() }
    while rest.last == character { rest.removeLast() }
    return String(rest)
  }
}
