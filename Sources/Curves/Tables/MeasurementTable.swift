import Features

/// The tidy table: one row a measurement, always the same columns.
public struct MeasurementTable: Sendable, Hashable {
  /// A row's type under a name that stays clear where Foundation, which has a `Measurement` too, is imported.
  public typealias Row = Measurement

  /// The measurements, in the order in which they are written.
  public var rows: [Measurement]

  /// A table of these rows, in this order.
  public init(_ rows: [Measurement] = []) {
    self.rows = rows
  }

  /// Sorts by model, step, time step, reference (with its layer and time step), metric, parameters, then layer.
  ///
  /// Models, references, metrics and parameters keep the order of their first row; numbers go from low to high, and
  /// what is absent comes first. Rows that agree in all of these keep their order.
  ///
  /// - Complexity: O(n log n)
  public mutating func sort() {
    rows = curves().flatMap(\.rows)
  }

  /// The table sorted as by ``sort()``.
  public func sorted() -> MeasurementTable {
    var table = self
    table.sort()
    return table
  }

  /// The rows that satisfy a condition, in their order.
  public func filter(_ isIncluded: (Measurement) throws -> Bool) rethrows -> MeasurementTable {
    MeasurementTable(try rows.filter(isIncluded))
  }

  /// The rows that have every given value; what is left out is not looked at.
  public func filter(
    model: String? = nil, step: Int? = nil, layer: LayerLabel? = nil, timestep: Double? = nil,
    reference: String? = nil, metric: String? = nil
  ) -> MeasurementTable {
    filter {
      (model == nil || $0.model == model) && (step == nil || $0.step == step)
        && (layer == nil || $0.layer == layer) && (timestep == nil || $0.timestep == timestep)
        && (reference == nil || $0.reference == reference) && (metric == nil || $0.metric == metric)
    }
  }

  /// The metrics of the table, each once, in the order of their first row.
  public var metrics: [String] { distinct(rows.map(\.metric)) }

  /// The models of the table, each once, in the order of their first row.
  public var models: [String] { distinct(rows.map(\.model)) }

  /// The references of the table, each once, in the order of their first row.
  public var references: [String] { distinct(rows.map(\.reference)) }
}

/// Every value once, in the order of first appearance.
package func distinct<Value: Hashable>(_ values: [Value]) -> [Value] {
  var seen: Set<Value> = []
  return values.filter { seen.insert($0).inserted }
}
