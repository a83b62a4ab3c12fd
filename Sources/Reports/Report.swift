import Curves

/// A study's results as one HTML page that needs nothing else: figures, tables, settings, the protocol in words.
///
/// The page works offline and without scripts (they sort, filter, and show values under the pointer), prints, follows the
/// reader's choice of a light or a dark theme, and can be used with keyboard and screen reader.
public struct Report: Sendable {
  public var title: String
  /// What the study is about, in words; paragraphs are parted by empty lines.
  public var notes: String
  /// How things were measured.
  public var protocolTopics: [Topic]
  public var figures: [Figure]
  public var table: MeasurementTable
  /// The resolved experiment file.
  public var settings: String
  /// Versions, machine, seeds, times: name and value.
  public var facts: [(name: String, value: String)]
  public var steps: [Step]
  /// What may mislead.
  public var warnings: [String]
  /// What to type to have the same results again, a line each.
  public var commands: [String]
  /// What lies beside the page, and what it is.
  public var files: [(name: String, description: String)]
  /// What stands before the names of files in links: empty, or the way from the page to them, with a slash at its end.
  public var folder: String

  /// Statements about one side of the protocol.
  public struct Topic: Sendable, Hashable {
    public var title: String
    public var statements: [String]

    public init(_ title: String, _ statements: [String]) {
      self.title = title
      self.statements = statements
    }
  }

  /// A piece of the work that was done.
  public struct Step: Sendable, Hashable {
    public var kind: String
    public var title: String
    public var seconds: Double
    /// When, in ISO 8601.
    public var finished: String

    public init(kind: String, title: String, seconds: Double, finished: String) {
      self.kind = kind
      self.title = title
      self.seconds = seconds
      self.finished = finished
    }
  }

  /// A figure as SVG.
  public struct Figure: Sendable {
    /// What it shows; read aloud in its place.
    public var title: String
    public var svg: InlineSVG
    /// The same for dark pages; nil where the light one is shown on white paper there, too.
    public var darkSVG: InlineSVG?
    /// The measurements that are drawn.
    public var rows: [Measurement]
    /// The files that hold it, beside the page.
    public var files: [String]

    public init(
      title: String, svg: InlineSVG, darkSVG: InlineSVG? = nil, rows: [Measurement] = [], files: [String] = []
    ) {
      self.title = title
      self.svg = svg
      self.darkSVG = darkSVG
      self.rows = rows
      self.files = files
    }
  }

  public init(
    title: String, notes: String = "", protocolTopics: [Topic] = [], figures: [Figure] = [],
    table: MeasurementTable, settings: String = "", facts: [(name: String, value: String)] = [],
    steps: [Step] = [], warnings: [String] = [], commands: [String] = [],
    files: [(name: String, description: String)] = [], folder: String = ""
  ) {
    self.title = title
    self.notes = notes
    self.protocolTopics = protocolTopics
    self.figures = figures
    self.table = table
    self.settings = settings
    self.facts = facts
    self.steps = steps
    self.warnings = warnings
    self.commands = commands
    self.files = files
    self.folder = folder
  }
}
