import LinearAlgebra

/// How wide the Gaussian kernel is.
public enum KernelWidth: Sendable, Hashable {
  /// The same sigma for both sides.
  case fixed(Double)
  /// Of either side, this fraction of its own median distance: sigma² = fraction² * the median of the squared Euclidean
  /// distances of all N x N pairs of (normalised) rows, the N zeros of rows with themselves included, and the mean of the
  /// two in the middle where N is even. Kornblith et al., arXiv 1905.00414, section 3; `gram_rbf` of its code.
  case median(fraction: Double)

  /// As it appears in the table's parameters and on the command line: `0.5`, `median`, `median:0.5`.
  public var text: String {
    switch self {
    case .fixed(let sigma): "\(sigma)"
    case .median(1): "median"
    case .median(let fraction): "median:\(fraction)"
    }
  }

  /// The reverse of `text`, nil for what is none; whether the number makes sense is not looked at.
  public init?(text: String) {
    if text == "median" {
      self = .median(fraction: 1)
    } else if text.hasPrefix("median:") {
      guard let fraction = Double(text.dropFirst(7)) else { return nil }
      self = .median(fraction: fraction)
    } else {
      guard let sigma = Double(text) else { return nil }
      self = .fixed(sigma)
    }
  }

  /// Whether the width or fraction is a positive number.
  public var isValid: Bool {
    switch self {
    case .fixed(let number), .median(let number): number > 0 && number.isFinite
    }
  }

  /// Sigma for one representation.
  ///
  /// - Throws: ``AlignmentError`` unless the width is positive, and where the median distance is zero.
  /// - Complexity: nothing for a fixed width; otherwise see ``MedianDistance``.
  func sigma(of representation: Representation, threads: Threads) throws -> Double {
    guard isValid else {
      throw AlignmentError(.invalidSetting, "sigma is \(text); it must be a positive number")
    }
    let fraction: Double
    switch self {
    case .fixed(let sigma): return sigma
    case .median(let share): fraction = share
    }
    let square = try MedianDistance.squared(of: representation, threads: threads)
    guard square > 0 else {
      throw AlignmentError(
        .undefined,
        "the median distance of two samples is 0: half of them are alike; give the kernel a width as a number"
      )
    }
    return fraction * square.squareRoot()
  }
}

extension KernelWidth: ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral {
  public init(floatLiteral value: Double) { self = .fixed(value) }
  public init(integerLiteral value: Int) { self = .fixed(Double(value)) }
}
