/// Compares two texts as a person reads them: runs of digits by their number, everything else byte by byte.
///
/// `layer2` comes before `layer10`. Texts that differ only in leading zeros are ordered byte by byte, so that the
/// result is 0 for identical texts alone. Digit runs may be of any length; no number is formed from them.
///
/// - Returns: a negative number if `left` comes first, a positive one if `right` does, 0 for identical texts.
/// - Complexity: O(length of the shorter text)
package func naturalComparison(_ left: String, _ right: String) -> Int {
  var a = Substring(left).utf8
  var b = Substring(right).utf8
  while let x = a.first, let y = b.first {
    if isDigit(x), isDigit(y) {
      let order = comparison(ofNumber: takeDigits(&a), takeDigits(&b))
      if order != 0 { return order }
    } else if x != y {
      return x < y ? -1 : 1
    } else {
      a.removeFirst()
      b.removeFirst()
    }
  }
  if a.isEmpty != b.isEmpty { return a.isEmpty ? -1 : 1 }
  if left.utf8.elementsEqual(right.utf8) { return 0 }
  return left.utf8.lexicographicallyPrecedes(right.utf8) ? -1 : 1
}

/// Compares two optional values; an absent one comes first.
package func comparison<Value: Comparable>(_ left: Value?, _ right: Value?) -> Int {
  switch (left, right) {
  case (nil, nil): 0
  case (nil, _): -1
  case (_, nil): 1
  case (let left?, let right?): left == right ? 0 : (left < right ? -1 : 1)
  }
}

private func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }

/// Removes the leading digits and returns them without leading zeros.
private func takeDigits(_ text: inout Substring.UTF8View) -> Substring.UTF8View {
  let digits = text.prefix(while: isDigit)
  text = text[digits.endIndex...]
  return digits.drop { $0 == 0x30 }
}

private func comparison(ofNumber a: Substring.UTF8View, _ b: Substring.UTF8View) -> Int {
  if a.count != b.count { return a.count < b.count ? -1 : 1 }
  if a.elementsEqual(b) { return 0 }
  return a.lexicographicallyPrecedes(b) ? -1 : 1
}
