import Features
import Files
import Probing

extension ProbeSweep.Result {
  /// How often samples of each class (line) were taken for each class (column), as CSV: a header `label` and the classes'
  /// names, then a line a class.
  public func confusionCSV(of found: ProbeSweep.Found) -> String {
    let names = classes.map(CSVText.field)
    let header = (["label"] + names).joined(separator: ",") + "\n"
    return zip(names, confusion(of: found)).reduce(into: header) { text, row in
      text += "\(row.0),\(row.1.map(String.init).joined(separator: ","))\n"
    }
  }

  /// Samples by class and by the class that they were taken for.
  public func confusion(of found: ProbeSweep.Found) -> [[Int]] {
    let report = found.result.report
    return (0..<report.classes).map {
      Array(report.confusion[$0 * report.classes..<($0 + 1) * report.classes])
    }
  }

  /// The accuracy of every class that has validation samples, as CSV, with its Wilson interval.
  ///
  ///     model,step,layer,timestep,label,samples,correct,accuracy,ci_low,ci_high
  public var classesCSV: String {
    csv(columns: "label,samples,correct,accuracy,ci_low,ci_high") { found in
      classes.indices.compactMap { label in
        let (samples, correct) = found.result.report.counts(of: label)
        guard samples > 0 else { return nil }
        let interval = WilsonInterval.of(correct, among: samples, level: level)
        return "\(CSVText.field(classes[label])),\(samples),\(correct),\(Double(correct) / Double(samples)),"
          + "\(interval.lowerBound),\(interval.upperBound)"
      }
    }
  }

  /// Training and validation by epoch, as CSV; empty but for the header where the protocol has no epochs.
  ///
  ///     model,step,layer,timestep,epoch,learning_rate,training_loss,training_accuracy,validation_loss,validation_accuracy
  public var epochsCSV: String {
    csv(
      columns: "epoch,learning_rate,training_loss,training_accuracy,validation_loss,validation_accuracy"
    ) { found in
      found.result.epochs.map {
        "\($0.number),\($0.learningRate),\($0.trainingLoss),\($0.trainingAccuracy),\($0.validationLoss),"
          + "\($0.validationAccuracy)"
      }
    }
  }

  /// Writes one of these texts to a file that is there whole or not at all.
  ///
  /// - Throws: `FileError`
  public static func write(_ text: String, to path: String) throws {
    try AtomicFile.write(Array(text.utf8), to: path)
  }

  private func csv(columns: String, _ rows: (ProbeSweep.Found) -> [String]) -> String {
    var text = "model,step,layer,timestep,\(columns)\n"
    for one in found {
      let key = [
        CSVText.field(one.model), one.step.map(String.init) ?? "",
        one.key.layer.map { CSVText.field($0.description) } ?? "",
        one.key.timestep.map(\.description) ?? "",
      ].joined(separator: ",")
      for row in rows(one) { text += "\(key),\(row)\n" }
    }
    return text
  }
}
