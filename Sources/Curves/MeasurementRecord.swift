import Features
import Files

/// One line of a table's CSV on its way to a measurement.
struct MeasurementRecord {
  let fields: [MeasurementTable.Column: CSVField]
  let reader: CSVReader

  func measurement() throws(TableError) -> Measurement {
    Measurement(
      model: self[.model].text, step: try optional(integer, .step), layer: LayerLabel(self[.layer].text),
      timestep: try optional(real, .timestep), reference: self[.reference].text,
      referenceLayer: LayerLabel(self[.referenceLayer].text),
      referenceTimestep: try optional(real, .referenceTimestep), metric: self[.metric].text,
      parameters: self[.parameters].text, samples: try integer(.samples), value: try real(.value),
      ciLow: try optional(real, .ciLow), ciHigh: try optional(real, .ciHigh),
      nullThreshold: try optional(real, .nullThreshold), pValue: try optional(real, .pValue),
      calibrated: try optional(real, .calibrated))
  }

  private subscript(column: MeasurementTable.Column) -> CSVField {
    fields[column] ?? CSVField(text: "", offset: 0)
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
