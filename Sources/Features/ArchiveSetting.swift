import TensorFiles

/// One setting that an archive was made with.
public enum ArchiveSetting: Sendable, Hashable {
  case text(String)
  case integer(Int)
  case number(Double)
  case flag(Bool)

  package var json: JSONValue {
    switch self {
    case .text(let text): .text(text)
    case .integer(let integer): .integer(integer)
    case .number(let number): .double(number)
    case .flag(let flag): .flag(flag)
    }
  }

  /// Nil for what is no single value.
  init?(_ json: JSONValue) {
    switch json {
    case .text(let text): self = .text(text)
    case .flag(let flag): self = .flag(flag)
    case .number:
      if let integer = json.integer {
        self = .integer(integer)
      } else if let number = json.double, number.isFinite {
        self = .number(number)
      } else {
        return nil
      }
    case .null, .array, .object: return nil
    }
  }
}

extension ArchiveSetting: CustomStringConvertible {
  public var description: String { json.lineText }
}

extension ArchiveSetting: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral {
  public init(stringLiteral value: String) { self = .text(value) }
  public init(integerLiteral value: Int) { self = .integer(value) }
  public init(floatLiteral value: Double) { self = .number(value) }
}
