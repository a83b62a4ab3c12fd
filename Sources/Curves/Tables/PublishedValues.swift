import Features

/// Linear-probe accuracies that REPA published (arXiv 2410.06940), as rows of the tidy table, to be drawn beside one's own.
///
/// Accuracy is a share from 0 to 1, as the probe's rows have it. The paper does not say the time step. How many samples
/// the numbers rest on is left open too: the rows have 0.
public struct PublishedValues: Sendable, Hashable {
  /// What options and experiment files call it, such as `sit-xl-2-repa`.
  public let name: String
  /// One line.
  public let summary: String
  /// Where it stands, such as `Table 7`.
  public let table: String
  /// What a reader has to know about single values; empty for nothing.
  public let remark: String
  /// One row a value; the layer is the one that REPA aligned, which is the one probed.
  public let rows: [Measurement]
  /// The model's parameters in millions.
  public let millions: Double

  /// The metric of all published values.
  public static let metric = "linear-probe"

  /// All that there are.
  public static let all: [PublishedValues] = [
    byStep(
      "B", layer: 4, 130, [50: 43.2, 100: 50.9, 200: 50.9, 400: 61.2],
      "The 200K value of SiT-B/2 is printed as its 100K value, 50.9 %."),
    byStep("L", layer: 8, 458, [50: 55.3, 100: 61.8, 200: 66.3, 400: 69.4]),
    byStep("XL", layer: 8, 675, [50: 56.1, 100: 62.9, 200: 67.3, 400: 70.3, 4000: 74.6]),
    PublishedValues(
      name: "sit-l-2-repa-targets", summary: "SiT-L/2 + REPA at 400,000 steps, by the encoder aligned with",
      table: "Table 2",
      rows: [
        ("MAE-L", 57.3), ("DINO-B", 59.3), ("I-JEPA-H", 62.1), ("MoCo v3-L", 63.0), ("CLIP-L", 67.2),
        ("DINOv2-B", 65.7), ("DINOv2-L", 68.1), ("DINOv2-g", 65.7),
      ].map { row("SiT-L/2 + REPA to \($0)", step: 400_000, layer: 8, $1, "Table 2", target: $0) }, 458),
    PublishedValues(
      name: "sit-l-2-repa-depths",
      summary: "SiT-L/2 + REPA at 400,000 steps, by the layer aligned: a model a layer", table: "Table 2",
      remark: "Every layer of SiT-L/2 + REPA is of a model of its own, aligned at that layer.",
      rows: [6: 66.2, 8: 68.1, 10: 68.6, 12: 69.4, 14: 70.0, 16: 71.1].sorted { $0.key < $1.key }.map {
        row(
          "SiT-L/2 + REPA, layer aligned", step: 400_000, layer: $0, $1, "Table 2", target: "DINOv2-L")
      }, 458),
  ]

  /// The values of a name.
  public static func named(_ name: String) -> PublishedValues? { all.first { $0.name == name } }

  /// What to say of a name that is none: the nearest that is one, and all of them.
  package static func expectation(for name: String) -> String {
    let nearest = nearestName(to: name, among: all.map(\.name)).map { "did you mean \($0)? " } ?? ""
    return "\(nearest)Expected one of \(all.map(\.name).joined(separator: ", "))"
  }

  /// One line a name, for people.
  public static var list: String {
    let width = all.map(\.name.count).max() ?? 0
    let lines = all.map { values in
      let name = values.name + String(repeating: " ", count: width - values.name.count)
      let numbers = values.rows.map { shortText(($0.value * 1000).rounded() / 10) }.joined(separator: ", ")
      let line = "\(name)  \(values.table): \(values.summary); \(numbers) %"
      return values.remark.isEmpty ? line : "\(line). \(values.remark)"
    }
    return "Linear-probe accuracies of REPA (arXiv 2410.06940), at the layer aligned:\n"
      + lines.map { $0 + "\n" }.joined()
  }

  private init(
    name: String, summary: String, table: String, remark: String = "", rows: [Measurement], _ millions: Double
  ) {
    self.name = name
    self.summary = summary
    self.table = table
    self.remark = remark
    self.rows = rows
    self.millions = millions
  }

  /// Table 7: percent by thousands of training steps.
  private static func byStep(
    _ size: String, layer: Int, _ millions: Double, _ percents: [Int: Double], _ remark: String = ""
  ) -> PublishedValues {
    PublishedValues(
      name: "sit-\(size.lowercased())-2-repa", summary: "SiT-\(size)/2 + REPA by training step",
      table: "Table 7", remark: remark,
      rows: percents.sorted { $0.key < $1.key }.map {
        row("SiT-\(size)/2 + REPA", step: $0 * 1000, layer: layer, $1, "Table 7", target: "DINOv2-B")
      }, millions)
  }

  private static func row(
    _ model: String, step: Int, layer: Int, _ percent: Double, _ table: String, target: String
  ) -> Measurement {
    Measurement(
      model: "\(model) (published)", step: step, layer: LayerLabel(layer), metric: metric,
      parameters: "source=arXiv 2410.06940, \(table);target=\(target)", samples: 0,
      // In tenths of a percent first: 70.3 / 100 is not the number nearest to 0.703.
      value: (percent * 10).rounded() / 1000)
  }
}
