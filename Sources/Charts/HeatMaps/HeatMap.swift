/// Numbers as colours in rows and columns: a metric by layer and time step, layers against layers, a confusion matrix.
///
/// The colour map is perceptually uniform, light for low and dark for high; on a dark page it is the other way round. Cells have their number written in them where
/// all of them fit; a cell without a number is hatched. The page is as large as the cells and texts need.
public struct HeatMap: Figure, Hashable {
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
  var colorRange: ClosedRange<Double> { range ?? Self.colorRange(of: [self]) }

  /// The numbers that the colours of several maps span together.
  static func colorRange(of maps: [HeatMap]) -> ClosedRange<Double> {
    let finite = maps.flatMap { $0.values.joined() }.filter(\.isFinite)
    guard let low = finite.min(), let high = finite.max() else { return 0...1 }
    guard low == high else { return low...high }
    return low == 0 ? 0...1 : min(low, 0)...max(low, 0)
  }

  /// The note, with what hatching means where there is any.
  var notes: String {
    let isMissing = values.joined().contains { !$0.isFinite }
    return [note, isMissing ? "Hatched: no value." : ""].filter { !$0.isEmpty }.joined(separator: " ")
  }

  /// The share of the colour map, from 0 to 1, for a finite number of a range.
  static func share(of value: Double, in range: ClosedRange<Double>) -> Double {
    // Halves keep the difference of two huge numbers finite.
    let length = range.upperBound / 2 - range.lowerBound / 2
    return length > 0 ? min(max((value / 2 - range.lowerBound / 2) / length, 0), 1) : 0.5
  }

  public func page(width: Double?, height: Double?, theme: Theme) throws(ChartError) -> FigurePage {
    FigurePage(try canvas(width: width, height: height, theme: theme))
  }

  /// The figure as a page: cells fill 720 by 450 points, or 600 by 600 where they are square.
  func canvas(
    width: Double? = nil, height: Double? = nil, theme: Theme = .light,
    metrics: any FontMetrics = CairoFontMetrics()
  ) throws(ChartError) -> Canvas {
    let usual = isSquare ? Size(width: 600, height: 600) : Size(width: 720, height: 450)
    return try Canvas.page(width: width, height: height, usual: usual) {
      HeatMapLayout(self, size: $0, theme: theme, metrics: metrics).canvas()
    }
  }
}
