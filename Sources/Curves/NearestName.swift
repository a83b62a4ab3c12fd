/// The name that was probably meant: the nearest by edits, if it is near.
///
/// - Returns: Nil where every name differs from `text` in more than a third of its letters, or in more than one of few.
/// - Complexity: one edit distance a name.
package func nearestName(to text: String, among names: [String]) -> String? {
  let asked = Array(text.lowercased().unicodeScalars)
  let ranked = names.map { (name: $0, edits: edits(asked, Array($0.lowercased().unicodeScalars))) }
  guard let best = ranked.min(by: { $0.edits < $1.edits }) else { return nil }
  return best.edits <= max(1, max(asked.count, best.name.unicodeScalars.count) / 3) ? best.name : nil
}

/// How many letters have to be put in, taken out, changed, or swapped with the next (optimal string alignment).
private func edits(_ a: [Unicode.Scalar], _ b: [Unicode.Scalar]) -> Int {
  var rows = [Array(0...b.count)]
  for row in a.indices {
    var current = [row + 1]
    for column in b.indices {
      var least = min(
        rows[row][column] + (a[row] == b[column] ? 0 : 1), rows[row][column + 1] + 1, current[column] + 1)
      if row > 0, column > 0, a[row] == b[column - 1], a[row - 1] == b[column] {
        least = min(least, rows[row - 1][column - 1] + 1)
      }
      current.append(least)
    }
    rows.append(current)
  }
  return rows[a.count][b.count]
}
