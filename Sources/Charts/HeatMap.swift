import Files

/// Numbers as colours in rows and columns: a metric by layer and time step, layers against layers, a confusion matrix.
///
/// The colour map is perceptually uniform, light for low and dark for high. Cells have their number written in them where
/// all of them fit; a cell without a number is hatched. The page is as large as the cells and texts need.
public struct HeatMap: Sendable, Hashable {
  /// What stands along one side of the cells.
  public struct Side: Sendable, Hashable {
    /// What the side shows, such as `Layer`.
    public var title: String
    /// One label a row or column; rows from top to bottom, columns from left to right.
    public var labels: [String]
    /// Whether labels follow a known order, as numbers do, so that some can be left out where there is no room.
    /// Ordered rows grow upwards: the first of the order is the last row.
    public var isOrdered: Bool

    /// A side.
    public init(title: String, labels: [String], isOrdered: Bool) {
      self.title = title
      self.labels = labels
      self.isOrdered = isOrdered
    }
  }

  /// The headline.
  public var title: String
  /// What holds for the whole figure, in small type below the title.
  public var subtitle: String
  /// What the signs mean, in small type at the foot.
  public var note: String
  /// What stands below the cells.
  public var columns: Side
  /// What stands left of the cells.
  public var rows: Side
  /// The numbers, `values[row][column]`; NaN where there is none.
  public var values: [[Double]]
  /// What is written in the cells in place of their numbers, `texts[row][column]`.
  public var texts: [[String]]?
  /// What the colours show: the title of the colour bar.
  public var colorTitle: String
  /// The numbers that the colours span; by default those that there are. Numbers outside have the colour of the end.
  public var range: ClosedRange<Double>?
  /// Whether cells are as high as wide.
  public var isSquare: Bool

  /// A heat map.
  ///
  /// - Throws: ``ChartError`` if there is no cell, or values or texts do not have the shape of the labels.
  public init(
    title: String = "", subtitle: String = "", note: String = "", columns: Side, rows: Side,
    values: [[Double]], texts: [[String]]? = nil, colorTitle: String = "", range: ClosedRange<Double>? = nil,
    isSquare: Bool = false
  ) throws(ChartError) {
    guard !columns.labels.isEmpty, !rows.labels.isEmpty else {
      throw ChartError(
        .noData,
        "a heat map has no cells: found \(rows.labels.count) rows and "
          + "\(columns.labels.count) columns, expected at least 1 of each")
    }
    let isWhole = { (counts: [Int]) in
      counts.count == rows.labels.count && counts.allSatisfy { $0 == columns.labels.count }
    }
    guard isWhole(values.map(\.count)), texts.map({ isWhole($0.map(\.count)) }) ?? true else {
      throw ChartError(
        .badShape,
        "a heat map of \(rows.labels.count) by \(columns.labels.count) labels needs as "
          + "many values in each row, and as many texts if there are any")
    }
    self.title = title
    self.subtitle = subtitle
    self.note = note
    self.columns = columns
    self.rows = rows
    self.values = values
    self.texts = texts
    self.colorTitle = colorTitle
    self.range = range
    self.isSquare = isSquare
  }

  /// The numbers that the colours span.
  var colorRange: ClosedRange<Double> {
    if let range { return range }
    let finite = values.joined().filter(\.isFinite)
    guard let low = finite.min(), let high = finite.max() else { return 0...1 }
    guard low == high else { return low...high }
    return low == 0 ? 0...1 : min(low, 0)...max(low, 0)
  }

  /// Writes the figure to a `.png`, `.svg` or `.pdf` file, which is there whole or not at all.
  ///
  /// A rerun with the same Cairo and the same fonts gives the same bytes.
  ///
  /// - Parameters:
  ///   - path: Where the file goes.
  ///   - width: The width in points of 1/72 inch that cells may fill; by default 720, or 600 for square cells.
  ///   - height: The height that they may fill; by default 450, or 600 for square cells.
  ///   - scale: Pixels per point of a PNG.
  /// - Throws: ``ChartError``; `FileError` if the file cannot be written.
  public func write(to path: String, width: Double? = nil, height: Double? = nil, scale: Double = 2) throws {
    _ = try FigureFormat(path: path)
    try canvas(width: width, height: height).write(to: path, scale: scale)
  }

  /// The figure as the bytes of a file.
  ///
  /// - Throws: ``ChartError``
  public func encoded(
    as format: FigureFormat, width: Double? = nil, height: Double? = nil, scale: Double = 2
  ) throws(ChartError) -> [UInt8] {
    try canvas(width: width, height: height).encoded(as: format, scale: scale)
  }

  /// The figure as a page.
  func canvas(
    width: Double? = nil, height: Double? = nil, metrics: any FontMetrics = CairoFontMetrics()
  ) throws(ChartError) -> Canvas {
    let size = Size(width: width ?? (isSquare ? 600 : 720), height: height ?? (isSquare ? 600 : 450))
    return HeatMapLayout(self, size: try size.checkedPage(), metrics: metrics).canvas()
  }
}
