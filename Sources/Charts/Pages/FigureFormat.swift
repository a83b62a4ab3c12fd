import CCairo
/// A file format for figures.
public enum FigureFormat: String, Sendable, CaseIterable {
  /// Pixels.
  case png
  /// Vector graphics for the web; text is text, and points show their values under the pointer.
  case svg
  /// Vector graphics for print, with the font embedded.
  case pdf

  /// The format that a file's name asks for by its ending; capitals do not matter.
  ///
  /// - Throws: ``ChartError`` with the list of known endings.
  public init(path: String) throws(ChartError) {
    let name = path.split(separator: "/").last ?? ""
    let ending = name.contains(".") ? name.split(separator: ".").last.map { $0.lowercased() } : nil
    guard let ending, let format = FigureFormat(rawValue: ending) else {
      let known = FigureFormat.allCases.map { "." + $0.rawValue }.joined(separator: ", ")
      let found = ending.map { "the ending .\($0)" } ?? "no ending"
      throw ChartError(.unknownFormat, "\(path): found \(found), expected a figure's: \(known)")
    }
    self = format
  }

  /// The version of the library that draws.
  public static var libraryVersion: String { String(cString: cairo_version_string()) }
}
