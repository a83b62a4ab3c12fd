import Features
import LinearAlgebra

/// One thread's way from what a network gives to the rows of an archive: every tap that was asked for, once.
final class TapCollector<Tap: Hashable> {
  let taps: Set<Tap>
  private let places: [Tap: Int]
  private let rows: [TapRows]
  private let label: (Tap) -> LayerLabel
  /// What messages call the network.
  private let network: String
  private let sum: Workspace<Double>

  /// - Parameter rows: What is kept of each of the taps, in their order.
  init(_ taps: [Tap], _ rows: [TapRows], label: @escaping (Tap) -> LayerLabel, network: String) {
    self.taps = Set(taps)
    self.rows = rows
    self.label = label
    self.network = network
    places = Dictionary(uniqueKeysWithValues: taps.enumerated().map { ($1, $0) })
    sum = Workspace(rows.map { $0.shape.lengths.last ?? 0 }.max() ?? 0)
  }

  /// Runs the network and writes what is kept of every tap.
  ///
  /// - Parameters:
  ///   - row: The place for what is kept of the tap with this number.
  ///   - sample: What messages call the sample that is run.
  ///   - run: Runs the network; receives what takes each tap's values.
  /// - Throws: ``ExtractionError`` naming sample and layer.
  func collect(
    into row: (Int) -> UnsafeMutableBufferPointer<Float>, sample: () -> String,
    run: @escaping ((Tap, UnsafeBufferPointer<Float>) throws -> Void) throws -> Void
  ) throws {
    var missing = taps
    do {
      try run { tap, values in
        guard missing.remove(tap) != nil, let place = places[tap] else {
          throw ExtractionError(
            .network, "the \(network) gave \(label(tap)), which is not what it was asked for")
        }
        try rows[place].take(values, into: row(place), sum: sum, place: sample)
      }
    } catch let error as ExtractionError {
      throw error
    } catch {
      // The network knows its file and its layers, but not what it was given.
      throw ExtractionError(.network, "\(sample()): \(error)")
    }
    if let tap = missing.first {
      throw ExtractionError(.network, "the \(network) gave nothing for \(label(tap))")
    }
  }
}
