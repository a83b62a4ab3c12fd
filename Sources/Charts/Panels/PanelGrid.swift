/// Plots of one size in rows and columns.
struct PanelGrid {
  let count: Int
  let columns: Int
  let plot: Size
  let origin: Point
  /// The room between two plots side by side, and one below another.
  let gap: Size

  var rows: Int { (count + columns - 1) / columns }

  /// The area of all plots and the gaps between them.
  var area: Rectangle {
    Rectangle(
      x: origin.x, y: origin.y, width: plot.width * Double(columns) + gap.width * Double(columns - 1),
      height: plot.height * Double(rows) + gap.height * Double(rows - 1))
  }

  subscript(index: Int) -> Rectangle {
    Rectangle(
      x: origin.x + Double(index % columns) * (plot.width + gap.width),
      y: origin.y + Double(index / columns) * (plot.height + gap.height), width: plot.width,
      height: plot.height)
  }

  /// Whether nothing is left of a plot, or below it.
  func isLeftmost(_ index: Int) -> Bool { index % columns == 0 }
  func isLowest(_ index: Int) -> Bool { index + columns >= count }

  /// As many columns as have room, evened out over the rows.
  static func columns(for count: Int, width: Double, least: Double, gap: Double) -> Int {
    let most = max(1, min(count, Int((width + gap) / (least + gap))))
    let rows = (count + most - 1) / most
    return (count + rows - 1) / rows
  }
}
