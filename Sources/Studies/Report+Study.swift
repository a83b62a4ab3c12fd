import Alignment
import Curves
import Features
import Files
import Foundation
import Reports

extension Report {
  /// The report of a study's results.
  ///
  /// - Parameter folder: What ``StudyRunner`` wrote to.
  /// - Throws: ``StudyError`` where it holds no finished study; `FileError` or `TableError` for what cannot be read.
  public init(ofStudyAt folder: String) throws {
    let place = StudyFolder(path: folder)
    guard StudyFolder.exists(place.resolvedStudy), StudyFolder.exists(place.table) else {
      throw StudyError(
        .folder, path: folder,
        "there is no finished study here: study.yaml or table.csv is missing; give a folder that "
          + "repscope run wrote")
    }
    let study = try Study(contentsOf: place.resolvedStudy)
    let table = try MeasurementTable(contentsOfCSV: place.table)
    let (facts, warnings) = StudyRecord.facts(place)
    self.init(
      title: study.name, notes: study.notes, protocolStatements: study.statements(table),
      figures: try study.figures.map { figure in
        let path = "\(place.figure(figure.file)).svg"
        return Figure(
          title: figure.title ?? "\(metricTitle(figure.metric)), \(figure.file)",
          svg: String(decoding: try WholeFile.read(path), as: UTF8.self), file: "figures/\(figure.file).svg")
      },
      table: table, settings: study.yaml, facts: facts, warnings: warnings)
  }

  /// Writes the page; the file is there whole or not at all.
  ///
  /// - Throws: `FileError`
  public func write(to path: String) throws { try AtomicFile.write(Array(html().utf8), to: path) }
}

extension Study {
  /// How things were measured, in words.
  func statements(_ table: MeasurementTable) -> [String] {
    var statements: [String] = []
    let samples = Set(table.rows.map(\.samples)).sorted()
    if let first = samples.first, let last = samples.last {
      let count = first == last ? groupedText(first) : "\(groupedText(first)) to \(groupedText(last))"
      statements.append(
        "Every value rests on \(count) samples. Compare values only at equal numbers of samples and equal k.")
    }
    let isExtracted = (models + references).contains {
      if case .checkpoint = $0.source { true } else { false }
    }
    if isExtracted {
      statements.append(
        "Time runs from t = 0, clean data, to t = 1, pure noise, for every model; noise depends on the seed (\(seed)) and the "
          + "sample alone. The networks are told the null label.")
      statements.append(
        "A hidden state is a block's output before any norm, averaged over its tokens; of a vision encoder, over its patch tokens."
      )
    }
    statements.append(
      settings.normalization == .l2
        ? "Rows are divided by their length first." : "Rows are taken as they are.")
    for metric in metrics {
      statements.append(
        "\(metric.title) (\(metric.name)): \(metric.definition). \(metric.source). Settings: \(metric.parameters(settings))."
      )
    }
    return statements
  }
}
