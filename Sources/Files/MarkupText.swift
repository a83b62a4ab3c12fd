/// Text as XML and HTML hold it, in an element or in a quoted attribute.
///
/// Control characters become spaces. Those that turn the direction of what follows become U+FFFD: a model's name must not be
/// able to make the text beside it read otherwise.
package func escapedMarkup(_ text: String) -> String {
  var result = ""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "&": result += "&amp;"
    case "<": result += "&lt;"
    case ">": result += "&gt;"
    case "\"": result += "&quot;"
    case "'": result += "&#39;"
    default: result.unicodeScalars.append(shownScalar(scalar))
    }
  }
  return result
}

/// A character, or what stands for it where a page should not hold it.
///
/// - SeeAlso: Unicode Standard Annex 9, section 2: explicit directional embeddings, overrides and isolates.
package func shownScalar(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
  switch scalar.value {
  case 0x0A: scalar
  case 0..<0x20, 0x7F..<0xA0: " "
  case 0x202A...0x202E, 0x2066...0x2069, 0xFFFE, 0xFFFF: "\u{FFFD}"
  default: scalar
  }
}
