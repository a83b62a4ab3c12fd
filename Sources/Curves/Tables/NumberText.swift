/// A number for people, with four decimals: `0.1352`.
///
/// What four decimals cannot show, because it is smaller than 0.001 or larger than a million, is written with an
/// exponent, `1.23e-05`, so that it does not read as zero.
package func fixedText(_ value: Double) -> String {
  guard value.isFinite else { return value.description }
  let size = value.magnitude
  if size == 0 || (size >= 0.001 && size < 1_000_000) { return fixed(value, scale: 10_000) }
  var exponent = 0
  var mantissa = size
  // Subnormal and huge numbers take a few hundred exact-enough steps; two decimals are all that is shown.
  while mantissa >= 9.995 {
    mantissa /= 10
    exponent += 1
  }
  while mantissa < 0.9995 {
    mantissa *= 10
    exponent -= 1
  }
  let digits = exponent.magnitude < 10 ? "0\(exponent.magnitude)" : "\(exponent.magnitude)"
  return "\(value < 0 ? "-" : "")\(fixed(mantissa, scale: 100))e\(exponent < 0 ? "-" : "+")\(digits)"
}

/// A number as short as it is exact: `0.5`, and `1` rather than `1.0`.
package func shortText(_ value: Double) -> String {
  let text = value.description
  return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
}

/// A whole number for people, with commas between thousands from 10,000 on.
package func groupedText(_ number: Int) -> String {
  let digits = String(number.magnitude)
  guard digits.count > 4 else { return String(number) }
  let grouped = digits.enumerated().map { index, digit in
    index > 0 && (digits.count - index) % 3 == 0 ? ",\(digit)" : String(digit)
  }
  return (number < 0 ? "-" : "") + grouped.joined()
}

/// As many decimals as `scale` has zeros, by whole-number arithmetic; for magnitudes below a million.
private func fixed(_ value: Double, scale: Int) -> String {
  let scaled = Int((value.magnitude * Double(scale)).rounded())
  // The leading 1 keeps the zeros after the point.
  let fraction = String(scale + scaled % scale).dropFirst()
  return "\(value < 0 && scaled != 0 ? "-" : "")\(scaled / scale).\(fraction)"
}

/// A share in per cent: hundredths of one are enough, and 0.95 x 100 is not quite 95.
package func percentText(_ share: Double) -> String { "\(shortText((share * 10_000).rounded() / 100)) %" }
