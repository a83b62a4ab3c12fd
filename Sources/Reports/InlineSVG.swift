import Files

/// An SVG drawing that can stand in a page: elements that draw, and nothing that runs, loads or links.
///
/// A folder of results may come from anybody. What repscope draws passes; a script, a style, a picture from elsewhere does not.
public struct InlineSVG: Sendable, Hashable {
  private enum Piece: Hashable {
    case text(String)
    case start(name: String, attributes: [Attribute], isEmpty: Bool)
    case end(name: String)
  }

  private struct Attribute: Hashable {
    let name: String
    var value: String
  }

  private let pieces: [Piece]

  private static let elements: Set = [
    "svg", "g", "path", "circle", "ellipse", "rect", "line", "polyline", "polygon", "text", "tspan", "title",
    "desc", "defs", "clipPath", "mask", "linearGradient", "radialGradient", "stop", "pattern", "symbol",
    "use", "image",
  ]
  /// Attributes that name elements by their ids.
  private static let references: Set = ["aria-labelledby", "aria-describedby"]

  /// - Throws: ``ReportError`` for what is no SVG, or holds more than a drawing.
  public init(_ text: String) throws(ReportError) {
    var parser = Parser(text)
    var pieces: [Piece] = []
    var open: [String] = []
    var isClosed = false
    while let piece = try parser.next() {
      switch piece {
      case .text(let text):
        guard !open.isEmpty || text.allSatisfy(\.isWhitespace) else {
          throw ReportError("found text outside of the SVG element")
        }
        guard !open.isEmpty else { continue }
      case .start(let name, let attributes, let isEmpty):
        guard !isClosed, !open.isEmpty || name == "svg" else {
          throw ReportError("found <\(name)>, expected one <svg> that holds everything")
        }
        guard Self.elements.contains(name) else {
          throw ReportError("found <\(name)>, expected elements that draw")
        }
        // HTML reads what stands in them as HTML.
        guard open.last != "title", open.last != "desc" else {
          throw ReportError("found <\(name)> in <\(open[open.count - 1])>, expected text")
        }
        for attribute in attributes { try Self.check(attribute, of: name) }
        if !isEmpty { open.append(name) }
      case .end(let name):
        guard open.popLast() == name else { throw ReportError("found </\(name)> without its beginning") }
        isClosed = open.isEmpty
      }
      pieces.append(piece)
    }
    guard isClosed else { throw ReportError("found no end of <\(open.last ?? "svg")>") }
    self.pieces = pieces
  }

  private static func check(_ attribute: Attribute, of element: String) throws(ReportError) {
    let (name, value) = (attribute.name.lowercased(), attribute.value)
    let isLink = name == "href" || name.hasSuffix(":href")
    let isAllowed =
      if name.hasPrefix("on") || name == "style" || name == "src" {
        false
      } else if isLink {
        value.hasPrefix("#") || (element == "image" && value.hasPrefix("data:image/png;base64,"))
      } else {
        !value.lowercased().ranges(of: "url(").contains { !value[$0.upperBound...].hasPrefix("#") }
      }
    guard isAllowed else {
      throw ReportError(
        "found \(attribute.name)=\"\(value)\" in <\(element)>, which may load or run something")
    }
  }

  /// The drawing as part of a page.
  ///
  /// - Parameters:
  ///   - prefix: Goes before its ids, so that drawings in one page do not share any.
  ///   - label: Read aloud in its place.
  func html(prefix: String, label: String) -> String {
    var result = ""
    for (place, piece) in pieces.enumerated() {
      switch piece {
      case .text(let text): result += Self.shown(text)
      case .end(let name): result += "</\(name)>"
      case .start(let name, let attributes, let isEmpty):
        result += "<\(name)"
        if place == 0 { result += " role=\"img\" aria-label=\"\(escapedMarkup(label))\"" }
        for attribute in attributes {
          if place == 0, attribute.name == "role" || attribute.name.hasPrefix("aria-") { continue }
          result += " \(attribute.name)=\"\(Self.shown(Self.value(of: attribute, prefix: prefix)))\""
        }
        result += isEmpty ? "/>" : ">"
      }
    }
    return result
  }

  private static func value(of attribute: Attribute, prefix: String) -> String {
    let value = attribute.value
    if attribute.name == "id" { return prefix + value }
    if attribute.name == "href" || attribute.name.hasSuffix(":href") {
      return value.hasPrefix("#") ? "#" + prefix + value.dropFirst() : value
    }
    if references.contains(attribute.name) {
      return value.split(separator: " ").map { prefix + $0 }.joined(separator: " ")
    }
    return value.replacing("url(#", with: "url(#\(prefix)")
  }

  /// Escaped already, as it stood in the file.
  private static func shown(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      result += scalar == "\"" ? "&quot;" : String(Character(shownScalar(scalar)))
    }
    return result
  }
}

extension InlineSVG {
  /// Tags and the text between them.
  private struct Parser {
    private var rest: Substring.UnicodeScalarView

    init(_ text: String) {
      rest = Substring(text).unicodeScalars
      // The declaration that a file may begin with says nothing here.
      if text.hasPrefix("<?xml "), let end = rest.firstIndex(of: ">") {
        rest = rest[rest.index(after: end)...]
      }
    }

    mutating func next() throws(ReportError) -> Piece? {
      guard let first = rest.first else { return nil }
      guard first == "<" else {
        let end = rest.firstIndex(of: "<") ?? rest.endIndex
        defer { rest = rest[end...] }
        return .text(String(rest[..<end]))
      }
      rest.removeFirst()
      if rest.first == "/" {
        rest.removeFirst()
        let name = name()
        skipSpace()
        try expect(">", after: name)
        return .end(name: name)
      }
      let name = name()
      guard !name.isEmpty else { throw ReportError("found < without an element's name") }
      var attributes: [Attribute] = []
      while true {
        skipSpace()
        switch rest.first {
        case ">":
          rest.removeFirst()
          return .start(name: name, attributes: attributes, isEmpty: false)
        case "/":
          rest.removeFirst()
          try expect(">", after: name)
          return .start(name: name, attributes: attributes, isEmpty: true)
        default: attributes.append(try attribute(of: name))
        }
      }
    }

    private mutating func attribute(of element: String) throws(ReportError) -> Attribute {
      let name = name()
      guard !name.isEmpty else { throw ReportError("found no end of <\(element)>") }
      try expect("=", after: name)
      guard let quote = rest.first, quote == "\"" || quote == "'" else {
        throw ReportError("found \(name) in <\(element)> without quotes")
      }
      rest.removeFirst()
      guard let end = rest.firstIndex(of: quote), !rest[..<end].contains("<") else {
        throw ReportError("found no end of \(name) in <\(element)>")
      }
      defer { rest = rest[rest.index(after: end)...] }
      return Attribute(name: name, value: String(rest[..<end]))
    }

    private mutating func name() -> String {
      let end =
        rest.firstIndex { scalar in
          !(scalar.isASCII
            && (scalar.properties.isAlphabetic || "0123456789-_:.".unicodeScalars.contains(scalar)))
        } ?? rest.endIndex
      defer { rest = rest[end...] }
      return String(rest[..<end])
    }

    private mutating func skipSpace() { rest = rest.drop { " \t\r\n".unicodeScalars.contains($0) } }

    private mutating func expect(_ scalar: Unicode.Scalar, after name: String) throws(ReportError) {
      guard rest.first == scalar else {
        throw ReportError(
          "found \(rest.first.map { "\($0)" } ?? "the end") after \(name), expected \(scalar)")
      }
      rest.removeFirst()
    }
  }
}
