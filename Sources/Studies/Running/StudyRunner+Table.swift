import Curves
import Files
import Foundation

/// The table of all measurements, and whether the one on the disk is still it.
extension StudyRunner {
  /// The study's table: the one on the disk where it is made of the same measurements and nobody has touched it since, else
  /// put together anew and written.
  ///
  /// - Returns: With warnings where it was put together anew.
  func keptTable() throws -> (StudyTable, warnings: [String]?) {
    let folder = plan.folder
    let source = Fingerprint.of(
      ["table 3", "\(plan.study.statistics.falseDiscoveryRate ?? 0)"] + plan.pieces.map(\.name))
    let isMeasured = plan.steps.allSatisfy { $0.isDone || ![.measure, .probe].contains($0.kind) }
    if isMeasured, [folder.jsonLines, folder.bestLayers].allSatisfy(StudyFolder.exists),
      let bytes = try? WholeFile.read(folder.table),
      let key = (try? WholeFile.read(folder.tableKey)).map({ String(decoding: $0, as: UTF8.self) }),
      let rows = key.split(separator: " ").last.flatMap({ Int($0) }),
      let best = try? WholeFile.read(folder.bestLayers), key == Self.tableKey(source, bytes, best, rows)
    {
      return (StudyTable(written: bytes, rowCount: rows), nil)
    }
    let (table, warning) = try table()
    let bytes = Array(try table.csv().utf8)
    // First: what is written in part must not pass for whole.
    try? FileManager.default.removeItem(atPath: folder.tableKey)
    try AtomicFile.write(bytes, to: folder.table)
    try table.writeJSONLines(to: folder.jsonLines)
    try table.best().writeCSV(to: folder.bestLayers)
    let best = try WholeFile.read(folder.bestLayers)
    try AtomicFile.write(
      Array(Self.tableKey(source, bytes, best, table.rows.count).utf8), to: folder.tableKey)
    return (StudyTable(table), [warning].compactMap(\.self))
  }

  private static func tableKey(_ source: String, _ bytes: [UInt8], _ best: [UInt8], _ rows: Int) -> String {
    var digest = ContentDigest()
    digest.update(source)
    for bytes in [bytes, best] { bytes.withUnsafeBytes { digest.update($0) } }
    return "\(digest.text) \(rows)"
  }

  /// All measurements, from their pieces, with false discoveries controlled over all of them.
  private func table() throws -> (MeasurementTable, warning: String?) {
    var table = MeasurementTable()
    for piece in plan.pieces { table.rows += try MeasurementTable(contentsOfCSV: piece.path).rows }
    try plan.study.checkRows(table, of: plan.folder.path)
    let warning = try plan.study.statistics.falseDiscoveryRate.flatMap {
      try table.controlFalseDiscoveries(rate: $0)
    }
    table.sort()
    return (table, warning)
  }
}

/// A study's table, read when it is asked for: where everything is there, reading it is most of a run.
struct StudyTable: Sendable {
  let rowCount: Int
  private let contents: Contents

  private enum Contents: Sendable {
    case table(MeasurementTable)
    /// The bytes of a table that was written.
    case written([UInt8])
  }

  init(_ table: MeasurementTable) {
    rowCount = table.rows.count
    contents = .table(table)
  }

  /// - Parameter written: What `MeasurementTable.csv()` gave, unchanged.
  init(written bytes: [UInt8], rowCount: Int) {
    self.rowCount = rowCount
    contents = .written(bytes)
  }

  var table: MeasurementTable {
    get throws {
      switch contents {
      case .table(let table): table
      case .written(let bytes): try MeasurementTable(csv: String(decoding: bytes, as: UTF8.self))
      }
    }
  }
}
