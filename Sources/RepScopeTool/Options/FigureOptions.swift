import ArgumentParser
import RepScope

/// How figures look.
struct FigureOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The figures' colours: \(Theme.all.map(\.name).joined(separator: " or ")).", valueName: "name"))
  var theme: Theme = .light

  @Option(
    help: ArgumentHelp(
      "The figures' width: points of 1/72 inch, or with a unit such as 3.3in or 84mm. Type keeps its size; below 5 inches it "
        + "shrinks with the page.", valueName: "length"))
  var width: FigureLength?

  @Option(
    help: ArgumentHelp(
      "The figures' height, likewise; by default it goes with the width.", valueName: "length"))
  var height: FigureLength?

  /// Options that say something about figures, which there may be none of.
  var given: [String] {
    [
      theme == .light ? nil : "--theme", width.map { _ in "--width" }, height.map { _ in "--height" },
    ].compactMap(\.self)
  }

  /// Refuses these options where nothing is drawn.
  func check(isDrawn: Bool, option: String = "--plot") throws {
    guard !isDrawn, let first = given.first else { return }
    throw ValidationError("\(first) is for figures; give \(option) FILE too")
  }
}

extension Figure {
  /// Writes the figure as the options say.
  func write(to path: String, _ options: FigureOptions) throws {
    try write(to: path, width: options.width?.points, height: options.height?.points, theme: options.theme)
  }
}

extension Theme: ExpressibleByArgument {
  public init?(argument: String) {
    guard let theme = Theme.named(argument) else { return nil }
    self = theme
  }

  public var defaultValueDescription: String { name }
  public static var allValueStrings: [String] { all.map(\.name) }
}

extension FigureLength: ExpressibleByArgument {
  public init?(argument: String) { self.init(text: argument) }
}

extension PanelFigure.Fact: ExpressibleByArgument {}
extension ScatterChart.Points: ExpressibleByArgument {}
