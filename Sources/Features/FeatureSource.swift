import LinearAlgebra

/// The representations of one model, read one at a time.
public protocol FeatureSource: Sendable {
  /// What tables and legends call the model.
  var name: String { get }
  /// Where the features come from, for messages.
  var path: String { get }
  /// The checkpoint's training step, where it is known.
  var step: Int? { get }
  /// The representations there are, in the order of the source; no two alike.
  var keys: [FeatureKey] { get }
  /// The number of rows that every representation has.
  var sampleCount: Int { get }
  /// The samples' names in row order, where they are known.
  var samples: SampleList? { get }
  /// The samples' classes in row order, where the source itself numbers all of them; by default it does not.
  var labels: [Int]? { get }

  /// The representation under a key, a view of the file where that is possible.
  ///
  /// - Throws: ``FeatureError`` where there is no such key, or the file's own error.
  func features(_ key: FeatureKey) throws -> Matrix

  /// The representation under a key, to be read in parts; by default all of it is read first.
  ///
  /// - Throws: ``FeatureError`` where there is no such key, or the file's own error.
  func reader(_ key: FeatureKey) throws -> FeatureReader

  /// T, where a representation keeps T tokens a sample, which then lie one after another in the sample's row; nil where
  /// a row is one vector.
  ///
  /// - Throws: ``FeatureError`` where there is no such key.
  func tokenCount(_ key: FeatureKey) throws -> Int?
}

extension FeatureSource {
  public var labels: [Int]? { nil }

  public func tokenCount(_ key: FeatureKey) throws -> Int? { nil }
}
