/// Many tests at once.
public enum FalseDiscovery {
  /// Benjamini and Hochberg's adjusted p-values: q_(i) = min over j >= i of m p_(j) / j, at most 1.
  ///
  /// To call everything with q <= f a discovery keeps the expected share of false ones among the discoveries below f, if the
  /// tests are independent or positively dependent, as those of neighboring layers are.
  ///
  /// - Parameter pValues: The p-values of one family of tests, in any order.
  /// - Returns: The q-values, in the same order.
  /// - Throws: ``AlignmentError`` for a p-value outside 0...1.
  /// - Complexity: O(m log m).
  /// - SeeAlso: Benjamini and Hochberg, J. R. Stat. Soc. B 57 (1995); Benjamini and Yekutieli, Ann. Stat. 29 (2001).
  public static func qValues(_ pValues: [Double]) throws -> [Double] {
    if let place = pValues.firstIndex(where: { !($0 >= 0 && $0 <= 1) }) {
      throw AlignmentError(.invalidSetting, row: place, "has the p-value \(pValues[place]); it lies in 0...1")
    }
    let descending = pValues.indices.sorted { pValues[$0] > pValues[$1] }
    var qValues = [Double](repeating: 1, count: pValues.count)
    var least = 1.0
    for (place, test) in descending.enumerated() {
      let rank = pValues.count - place
      least = min(least, pValues[test] * (Double(pValues.count) / Double(rank)))
      qValues[test] = least
    }
    return qValues
  }
}
