import LinearAlgebra

/// The places of an image's patch tokens: token i is row i / columns, column i % columns.
public struct PatchGrid: Sendable, Hashable {
  public let rows: Int
  public let columns: Int

  /// - Precondition: both are positive.
  public init(rows: Int, columns: Int) {
    precondition(rows > 0 && columns > 0, "a grid of \(rows) x \(columns)")
    (self.rows, self.columns) = (rows, columns)
  }

  /// As on the command line: `16x16`.
  public init?(text: String) {
    let parts = text.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
    guard parts.count == 2, let rows = parts[0], let columns = parts[1], rows > 0, columns > 0,
      rows <= 1 << 20, columns <= 1 << 20
    else { return nil }
    self.init(rows: rows, columns: columns)
  }

  public var text: String { "\(rows)x\(columns)" }

  /// The grid of `tokens` patches: as given, or a square.
  ///
  /// - Throws: ``AlignmentError`` where it has another number of places, or the number is no square.
  static func of(tokens: Int, given: PatchGrid?) throws -> PatchGrid {
    if let given {
      guard given.rows * given.columns == tokens else {
        throw AlignmentError(
          .invalidSetting,
          "a grid of \(given.text) has \(given.rows * given.columns) places, and samples keep \(tokens) tokens"
        )
      }
      return given
    }
    let side = Int(Double(tokens).squareRoot().rounded())
    guard side * side == tokens else {
      throw AlignmentError(
        .invalidSetting,
        "\(tokens) tokens are no square grid; say what they are, as in 8x16, and leave class and register tokens out"
      )
    }
    return PatchGrid(rows: side, columns: side)
  }

  /// The Manhattan distance of two places.
  func distance(_ a: Int, _ b: Int) -> Int {
    abs(a / columns - b / columns) + abs(a % columns - b % columns)
  }
}

/// The Manhattan distances, in patches, at which patch-structure metrics look. As iREPA's code has them, for grids of
/// 16 x 16.
public struct PatchDistances: Sendable, Hashable {
  /// From which distance on `lds` takes a pair as far.
  public var far: Int
  /// Up to which distance `cds` follows the decay.
  public var decay: Int
  /// Up to which distance `srss` takes a token of the foreground as near.
  public var near: Int
  /// From which distance on `srss` takes a token of the background as far.
  public var background: Int
  /// Where tokens lie; nil for a square.
  public var grid: PatchGrid?

  public init(far: Int = 6, decay: Int = 8, near: Int = 1, background: Int = 6, grid: PatchGrid? = nil) {
    (self.far, self.decay, self.near, self.background, self.grid) = (far, decay, near, background, grid)
  }
}

/// Which patch tokens show the foreground.
public struct PatchMasks: Sendable, Hashable {
  /// What the table's parameters call them, such as the file's name.
  public let name: String
  public let samples: Int
  public let tokens: Int
  private let isForeground: [Bool]

  /// - Parameters:
  ///   - masks: N samples by T tokens, 1 for the foreground and 0 for the background.
  ///   - name: What the table's parameters call them.
  /// - Throws: ``AlignmentError`` naming the first sample with another number.
  public init(_ masks: Matrix, name: String) throws {
    (self.name, samples, tokens) = (name, masks.rows, masks.columns)
    isForeground = try masks.withUnsafeBufferPointer { values in
      try values.enumerated().map { place, value in
        guard value == 0 || value == 1 else {
          throw AlignmentError(
            .invalidSetting, row: place / masks.columns,
            "of the masks has \(value) at token \(place % masks.columns); masks are 1 for the foreground, 0 for the "
              + "background")
        }
        return value == 1
      }
    }
  }

  private init(name: String, tokens: Int, isForeground: [Bool]) {
    (self.name, self.tokens, self.isForeground) = (name, tokens, isForeground)
    samples = tokens > 0 ? isForeground.count / tokens : 0
  }

  /// The masks of the given samples, in the given order.
  ///
  /// - Precondition: every position is that of a sample.
  public func gathering(rows: [Int]) -> PatchMasks {
    PatchMasks(name: name, tokens: tokens, isForeground: rows.flatMap { self[$0] })
  }

  /// Of one sample, for every token whether it is foreground.
  subscript(sample: Int) -> ArraySlice<Bool> { isForeground[sample * tokens..<(sample + 1) * tokens] }
}
