import Files

/// Which layer a measurement belongs to: usually a number, sometimes a name such as `final` or `layer08.projector0`.
///
/// Labels sort as people count: numbers first and as numbers (1, 2, 10, 11), then names in natural order.
/// The text form is lossless: `LayerLabel(label.description) == label`.
public struct LayerLabel: Sendable, Hashable {
  private enum Content: Hashable {
    case number(Int)
    case name(String)
  }

  private let content: Content

  /// The layer with this number; 0 is the input to the first block.
  public init(_ number: Int) {
    content = .number(number)
  }

  /// The layer written as `text`, or nil if the text is empty.
  ///
  /// A whole number in its shortest form is a number, and so is the same number written as `8.0`, the way data
  /// frames write a column of integers that has gaps. Every other text is a name, `08` included.
  public init?(_ text: String) {
    guard !text.isEmpty else { return nil }
    let digits = text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    if let number = Int(digits), String(number) == digits {
      content = .number(number)
    } else {
      content = .name(text)
    }
  }

  /// The layer's number, or nil where the layer has a name.
  public var number: Int? {
    if case .number(let number) = content { number } else { nil }
  }
}

extension LayerLabel: LosslessStringConvertible {
  /// The number in digits, or the name.
  public var description: String {
    switch content {
    case .number(let number): String(number)
    case .name(let name): name
    }
  }
}

extension LayerLabel: ExpressibleByIntegerLiteral {
  /// The layer with this number.
  public init(integerLiteral value: Int) {
    self.init(value)
  }
}

extension LayerLabel: Comparable {
  /// Numbers before names; numbers by value, names in natural order.
  public static func < (left: LayerLabel, right: LayerLabel) -> Bool {
    switch (left.content, right.content) {
    case (.number(let left), .number(let right)): left < right
    case (.number, .name): true
    case (.name, .number): false
    case (.name(let left), .name(let right)): naturalComparison(left, right) < 0
    }
  }
}

extension LayerLabel: Codable {
  /// Reads a number or a text that is not empty.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let number = try? container.decode(Int.self) {
      self.init(number)
      return
    }
    guard let label = LayerLabel(try container.decode(String.self)) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "A layer's name is empty.")
    }
    self = label
  }

  /// Writes a number as a number and a name as a text.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch content {
    case .number(let number): try container.encode(number)
    case .name(let name): try container.encode(name)
    }
  }
}
