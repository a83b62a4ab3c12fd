import Charts
import Files
import Foundation

/// Where a study keeps what: everything below one folder, every result under the key of what it was made from.
struct StudyFolder: Sendable {
  let path: String

  /// The table of all measurements.
  var table: String { "\(path)/table.csv" }
  var jsonLines: String { "\(path)/table.jsonl" }
  /// Of every curve over layers the best layer's measurement.
  var bestLayers: String { "\(path)/best.csv" }
  /// The commands that draw the figures from the table.
  var commands: String { "\(path)/figures/commands.sh" }
  /// The experiment file with every default written out.
  var resolvedStudy: String { "\(path)/study.yaml" }
  /// Versions, machine, seeds, times.
  var record: String { "\(path)/run.json" }

  /// Cropped pictures and their latents.
  func preprocessed(_ key: String) -> String { "\(path)/data/\(key)" }
  /// Hidden states.
  func archive(_ name: String, _ key: String) -> String { "\(path)/archives/\(plainFileName(name))-\(key)" }
  /// How an archive was made, which outlives it.
  func description(of archive: String) -> String {
    "\(path)/descriptions/\(FilePath.name(of: archive)).json"
  }
  /// Measurements of one model against one reference.
  func measurements(_ key: String) -> String { "\(path)/measurements/\(key).csv" }
  /// A figure; its ending is added.
  func figure(_ name: String) -> String { "\(path)/figures/\(name)" }
  /// A figure in all formats.
  func figureFiles(_ name: String) -> [String] {
    FigureFormat.allCases.map { "\(figure(name)).\($0.rawValue)" }
  }
  /// Says from what the figure beside it was drawn.
  func figureKey(_ name: String) -> String { "\(path)/figures/.\(name).key" }

  func make(_ folders: [String]) throws {
    for folder in [path] + folders.map({ "\(path)/\($0)" }) { try makeFolder(folder) }
  }

  static func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }
}
