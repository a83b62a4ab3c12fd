import Charts
import Curves
import Files
import Glibc

extension StudyPlan {
  /// Draws a figure in every format.
  ///
  /// - Returns: The files.
  func draw(_ figure: Study.Figure, key: String, of table: MeasurementTable) throws -> [String] {
    let files = folder.figureFiles(figure.file)
    let marker = folder.figureKey(figure.file)
    let drawn = try figure.drawing.figure(of: table)
    // First: files of which some are old must not pass for drawn.
    unlink(marker)
    for file in files {
      try drawn.write(to: file, width: figure.width, height: figure.height, theme: figure.theme)
    }
    try AtomicFile.write(Array(key.utf8), to: marker)
    return files
  }

  /// Writes the commands that draw the figures again from the table.
  func writeCommands() throws {
    let figures = work.compactMap { if case .draw(let figure, _)? = $0 { figure } else { nil } }
    let formats = FigureFormat.allCases.map(\.rawValue).joined(separator: " ")
    var lines = [
      "#!/bin/sh",
      "# Draws the study's figures again from its table, to the same bytes; change them as you like.",
      "# With a folder's name after it, it writes there.", "set -e",
      "output=$(realpath \"${1:-$(dirname \"$0\")}\")",
      "cd \"$(dirname \"$0\")/..\"", "for format in \(formats); do",
    ]
    for figure in figures {
      let options = figure.drawing.arguments.map(Self.quoted).joined(separator: " ")
      lines.append(
        "  repscope plot table.csv \(options) --output \"$output\"/\(Self.quoted(figure.file)).$format")
    }
    // A loop without a command is an error.
    let text = (lines + (figures.isEmpty ? ["  :"] : []) + ["done", ""]).joined(separator: "\n")
    try AtomicFile.writeIfChanged(Array(text.utf8), to: folder.commands)
  }

  /// A word for the shell.
  private static func quoted(_ word: String) -> String {
    let isPlain = word.utf8.allSatisfy {
      (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0)
        || Array("-_=.,/:+".utf8).contains($0)
    }
    return isPlain && !word.isEmpty ? word : "'\(word.replacing("'", with: "'\\''"))'"
  }
}
