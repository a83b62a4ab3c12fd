import Curves
import Files

/// The table of all measurements, and whether the one on the disk is still it.
extension StudyRunner {
  /// The study's table: the one on the disk where it is made of the same measurements and nobody has touched it since, else
  /// put together anew and written.
  func keptTable() throws -> (MeasurementTable, warning: String?) {
    let folder = plan.folder
    let source = Fingerprint.of(
      ["table 2", "\(plan.study.statistics.falseDiscoveryRate ?? 0)"] + plan.pieces.map(\.path))
    if [folder.jsonLines, folder.bestLayers].allSatisfy(StudyFolder.exists), let bytes = try? WholeFile.read(folder.table),
      (try? WholeFile.read(folder.tableKey)) == Array(Self.tableKey(source, bytes).utf8)
    {
      return (try MeasurementTable(contentsOfCSV: folder.table), nil)
    }
    let (table, warning) = try table()
    try table.writeCSV(to: folder.table)
    try table.writeJSONLines(to: folder.jsonLines)
    try table.best().writeCSV(to: folder.bestLayers)
    // Last: without it everything is written again.
    try AtomicFile.write(Array(Self.tableKey(source, WholeFile.read(folder.table)).utf8), to: folder.tableKey)
    return (table, warning)
  }

  private static func tableKey(_ source: String, _ bytes: [UInt8]) -> String {
    var digest = ContentDigest()
    digest.update(source)
    bytes.withUnsafeBytes { digest.update($0) }
    return digest.text
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
