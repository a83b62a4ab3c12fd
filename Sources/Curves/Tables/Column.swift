import Features

extension MeasurementTable {
  /// The columns of the tidy table, in the order in which they are written.
  public enum Column: String, Sendable, CaseIterable {
    case model
    case step
    case layer
    case timestep
    case reference
    case referenceLayer = "reference_layer"
    case referenceTimestep = "reference_timestep"
    case metric
    case parameters
    case samples
    case value
    case ciLow = "ci_low"
    case ciHigh = "ci_high"
    case nullThreshold = "null_threshold"
    case pValue = "p_value"
    case calibrated
    /// Only where a measurement has one: tables without false-discovery control keep their sixteen columns.
    case qValue = "q_value"

    var isOptional: Bool { self == .qValue }

    /// The place among all columns. A dictionary would hash the names, row after row.
    var ordinal: Int {
      switch self {
      case .model: 0
      case .step: 1
      case .layer: 2
      case .timestep: 3
      case .reference: 4
      case .referenceLayer: 5
      case .referenceTimestep: 6
      case .metric: 7
      case .parameters: 8
      case .samples: 9
      case .value: 10
      case .ciLow: 11
      case .ciHigh: 12
      case .nullThreshold: 13
      case .pValue: 14
      case .calibrated: 15
      case .qValue: 16
      }
    }
  }
}

/// What stands in one place of the table; every writer starts from it.
enum Cell: Hashable {
  case empty
  case text(String)
  case integer(Int)
  case real(Double)

  init(_ layer: LayerLabel?) {
    self = layer.map { $0.number.map(Cell.integer) ?? .text($0.description) } ?? .empty
  }

  init(_ number: Int?) { self = number.map(Cell.integer) ?? .empty }
  init(_ number: Double?) { self = number.map(Cell.real) ?? .empty }

  /// The cell's exact text; a Double is the shortest that reads back as the same number.
  var text: String {
    switch self {
    case .empty: ""
    case .text(let text): text
    case .integer(let number): String(number)
    case .real(let number): number.description
    }
  }
}

extension Measurement {
  subscript(column: MeasurementTable.Column) -> Cell {
    switch column {
    case .model: .text(model)
    case .step: Cell(step)
    case .layer: Cell(layer)
    case .timestep: Cell(timestep)
    case .reference: .text(reference)
    case .referenceLayer: Cell(referenceLayer)
    case .referenceTimestep: Cell(referenceTimestep)
    case .metric: .text(metric)
    case .parameters: .text(parameters)
    case .samples: .integer(samples)
    case .value: .real(value)
    case .ciLow: Cell(ciLow)
    case .ciHigh: Cell(ciHigh)
    case .nullThreshold: Cell(nullThreshold)
    case .pValue: Cell(pValue)
    case .calibrated: Cell(calibrated)
    case .qValue: Cell(qValue)
    }
  }
}
