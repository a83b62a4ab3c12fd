import Charts
import Curves
import Files
import Foundation
import Reports

extension Report {
  /// The report of a study's results.
  ///
  /// - Parameters:
  ///   - folder: What ``StudyRunner`` wrote to.
  ///   - page: Where the page is going to be, so that its links lead to the folder; in the folder by default.
  /// - Throws: ``StudyError`` where it holds no finished study, or a figure that is no drawing; `FileError`, `TableError`,
  ///   ``StudyFileError`` for what cannot be read.
  public init(ofStudyAt folder: String, page: String? = nil) throws {
    let place = StudyFolder(path: folder)
    guard StudyFolder.exists(place.resolvedStudy), StudyFolder.exists(place.table) else {
      throw StudyError(
        .folder, path: folder,
        "there is no finished study here: study.yaml or table.csv is missing; give a folder that "
          + "repscope run wrote")
    }
    let study = try Study(contentsOf: place.resolvedStudy)
    let table = try MeasurementTable(contentsOfCSV: place.table)
    let (facts, steps, warnings) = StudyRecord.facts(place)
    let results = folder.hasSuffix("/") ? String(folder.dropLast()) : folder
    self.init(
      title: study.name, notes: study.notes,
      protocolTopics: study.protocolTopics(table, ExtractionFact.all(of: study, in: place)),
      figures: try study.figures.map { try Figure($0, of: study, table, in: place) },
      table: table, settings: study.yaml, facts: facts, steps: steps, warnings: warnings,
      commands: [
        "repscope run \(Self.quoted("\(results)/study.yaml")) --output again", "repscope report again",
      ],
      files: Self.files.filter { StudyFolder.exists("\(folder)/\($0.name)") },
      folder: page.map { Self.way(from: $0, to: folder) } ?? "")
  }

  private static let files = [
    (name: "table.csv", description: "All measurements, one a row"),
    (name: "table.jsonl", description: "The same as JSON, one a line"),
    (name: "study.yaml", description: "The experiment file with every default written out"),
    (name: "run.json", description: "Versions, machine, seeds, times"),
  ]

  /// Writes the page; the file is there whole or not at all.
  ///
  /// - Throws: `FileError`
  public func write(to path: String) throws { try AtomicFile.write(Array(html().utf8), to: path) }

  /// From a page's folder to another folder, with a slash at the end; empty where they are the same.
  static func way(from page: String, to folder: String) -> String {
    func parts(_ path: String) -> [String] {
      URL(filePath: path).resolvingSymlinksInPath().standardizedFileURL.pathComponents
    }
    let (from, to) = (parts(URL(filePath: page).deletingLastPathComponent().path), parts(folder))
    let shared = zip(from, to).prefix { $0 == $1 }.count
    let steps = from[shared...].map { _ in ".." } + to[shared...]
    return steps.map { "\($0)/" }.joined()
  }

  /// An argument as the shell reads it.
  private static func quoted(_ path: String) -> String {
    let isPlain = path.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "/._-+=:,".contains($0)) }
    return isPlain ? path : "'\(path.replacing("'", with: "'\\''"))'"
  }
}

extension Report.Figure {
  fileprivate init(
    _ figure: Study.Figure, of study: Study, _ table: MeasurementTable, in place: StudyFolder
  ) throws {
    let path = "\(place.figure(figure.file)).svg"
    guard StudyFolder.exists(path) else {
      throw StudyError(
        .folder, path: path, "the figure is missing; run the study again with the same folder, which draws it"
      )
    }
    let svg: InlineSVG
    do {
      svg = try InlineSVG(String(decoding: try WholeFile.read(path), as: UTF8.self))
    } catch let error as ReportError {
      throw StudyError(
        .folder, path: path,
        "it is no figure that repscope draws: \(error.message); delete it and run the study again with the same folder"
      )
    }
    // Model sizes may stand in checkpoints that are not here any more; the page then has the figure as it was drawn.
    let drawn = try? study.completed(figure).drawing.figure(of: table)
    let dark =
      figure.theme == .light
      ? try? drawn?.encoded(as: .svg, width: figure.width, height: figure.height, theme: .dark) : nil
    self.init(
      title: drawn?.title ?? figure.title ?? metricTitle(figure.metric), svg: svg,
      darkSVG: try dark.map { try InlineSVG(String(decoding: $0, as: UTF8.self)) },
      rows: figure.drawing.rows(of: table).rows,
      files: FigureFormat.allCases.map { "figures/\(figure.file).\($0.rawValue)" }.filter {
        StudyFolder.exists("\(place.path)/\($0)")
      })
  }
}
