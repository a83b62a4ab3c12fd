import Features
import Files

/// One line of a table's CSV on its way to a measurement.
struct MeasurementRecord {
  /// In the file's order.
  let fields: [CSVField]
  /// Where each column stands, by its ordinal; -1 where it is not there.
  let places: [Int]
  let reader: CSVReader

  func measurement() throws(TableError) -> Measurement {
    let (low, high) = (try optional(real, .ciLow), try optional(real, .ciHigh))
    if let low, let high, low > high { throw error(.badValue, .ciLow, expected: "at most ci_high, \(high)") }
    return Measurement(
      model: self[.model].text, step: try optional(integer, .step), layer: try layer(.layer),
      timestep: try optional(timestep, .timestep), reference: self[.reference].text,
      referenceLayer: try layer(.referenceLayer),
      referenceTimestep: try optional(timestep, .referenceTimestep), metric: self[.metric].text,
      parameters: self[.parameters].text, samples: try integer(.samples), value: try real(.value),
      ciLow: low, ciHigh: high,
      nullThreshold: try optional(real, .nullThreshold), pValue: try optional(real, .pValue),
      calibrated: try optional(real, .calibrated), qValue: try optional(real, .qValue))
  }

  private subscript(column: MeasurementTable.Column) -> CSVField {
    let place = places[column.ordinal]
    return place < 0 ? CSVField(text: "", offset: 0) : fields[place]
  }

  private func optional<Value>(
    _ read: (MeasurementTable.Column) throws(TableError) -> Value, _ column: MeasurementTable.Column
  ) throws(TableError) -> Value? {
    self[column].text.isEmpty ? nil : try read(column)
  }

  /// A whole number; `2000.0` is one too, because data frames write integers so where a column has gaps.
  private func integer(_ column: MeasurementTable.Column) throws(TableError) -> Int {
    let text = self[column].text
    let digits = text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    guard let number = Int(digits) else { throw error(.badValue, column, expected: "a whole number") }
    return number
  }

  private func real(_ column: MeasurementTable.Column) throws(TableError) -> Double {
    guard let number = Double(self[column].text) else { throw error(.badValue, column, expected: "a number") }
    guard number.isFinite else { throw error(.notFinite, column, expected: "a finite number") }
    return number
  }

  /// A layer's name, or a number that a figure can have on its axis.
  private func layer(_ column: MeasurementTable.Column) throws(TableError) -> LayerLabel? {
    let layer = LayerLabel(self[column].text)
    guard (layer?.number).map((-1_000_000...1_000_000).contains) ?? true else {
      throw error(.badValue, column, expected: "a layer's number below a million")
    }
    return layer
  }

  private func timestep(_ column: MeasurementTable.Column) throws(TableError) -> Double {
    let value = try real(column)
    guard (0...1).contains(value) else { throw error(.badValue, column, expected: "a time step in 0...1") }
    return value
  }

  private func error(
    _ code: TableError.Code, _ column: MeasurementTable.Column, expected: String
  ) -> TableError {
    let field = self[column]
    let found = field.text.isEmpty ? "nothing" : field.text.quotedForError
    return reader.error(code, at: field.offset, field: column.rawValue, found: found, expected: expected)
  }
}

extension String {
  /// The text in quotes, cut after 40 characters and without control characters, for a message on one line.
  var quotedForError: String {
    let start = prefix(40).map {
      $0.unicodeScalars.contains { $0.properties.generalCategory == .control } ? "?" : $0
    }
    return "\"\(String(start))\(count > 40 ? "…" : "")\""
  }
}
