import Alignment
import Curves
import Features
import Probing
import Reports

extension Study {
  /// How things were measured, in words: what is true of this study and of nothing else.
  ///
  /// - Parameter extractions: What the archives say of themselves, of validation and training samples.
  func protocolTopics(_ table: MeasurementTable, _ extractions: [ExtractionFact]) -> [Report.Topic] {
    let topics = [
      Report.Topic("Samples", sampleStatements(table, extractions)),
      Report.Topic("Models and references", extractionStatements(extractions)),
      Report.Topic("Alignment and other metrics", metricStatements(table)),
      Report.Topic("Probes", probeStatements(table)),
      Report.Topic("Chance and uncertainty", statisticStatements(table)),
    ]
    return topics.filter { !$0.statements.isEmpty }
  }

  // MARK: Samples

  private func sampleStatements(_ table: MeasurementTable, _ extractions: [ExtractionFact]) -> [String] {
    var statements: [String] = []
    if let data {
      statements.append("Measured on \(text(of: data.samples)).")
      if let training = data.training, !probes.isEmpty {
        statements.append("Probes learned from \(text(of: training)).")
      }
      if data.vae != nil, data.samples.images != nil {
        let side = data.resolution.map { " \($0) x \($0)" } ?? ""
        statements.append(
          "Pictures are cropped\(side.isEmpty ? "" : " to\(side)") as ADM and DiT do it, the shorter side resized and the middle cut "
            + "out, and a VAE makes latents of them.")
      }
    }
    let samples = Set(table.rows.map(\.samples)).filter { $0 > 0 }.sorted()
    if let first = samples.first, let last = samples.last {
      let count = first == last ? groupedText(first) : "\(groupedText(first)) to \(groupedText(last))"
      statements.append(
        "Values rest on \(count) samples. Compare only values on equally many samples, and of neighbor-based metrics at equal k: "
          + "they depend on both.")
    }
    return statements
  }

  private func text(of samples: Samples) -> String {
    let limit = samples.limit.map { "the first \(groupedText($0)) of " } ?? ""
    let source =
      samples.images.map { "the pictures of \($0)" } ?? samples.latents.map { "the latents of \($0)" } ?? ""
    let split = samples.split.map { " whose split is \($0)" } ?? ""
    let labels = samples.labels.map { ", with the labels of \($0)" } ?? ""
    return limit + source + split + labels
  }

  // MARK: Metrics

  private func metricStatements(_ table: MeasurementTable) -> [String] {
    let pairwise = metrics.filter { !$0.isPatchWise }
    var statements: [String] = []
    if !pairwise.isEmpty || properties.contains(where: { !$0.isPatchWise }) {
      statements.append(
        settings.normalization == .l2
          ? "Every sample’s features are divided by their length before they are compared."
          : "Features are compared as they are, not divided by their length.")
      switch settings.clamp {
      case .none: break
      case .mean(let quantile):
        statements.append(
          "Before that they are clamped at the mean over samples of the \(quantile) quantile of |x|.")
      case .exact(let quantile):
        statements.append("Before that they are clamped at the \(quantile) quantile of |x|.")
      }
    }
    let descriptions: [any MetricDescription] = metrics + properties
    for metric in descriptions {
      let parameters = metric.parameters(settings).split(separator: ";").map {
        $0.replacing("=", with: " = ")
      }
      statements.append(
        "\(metric.title) (\(metric.name)): \(Self.sentence(metric.definition)) \(Self.sentence(metric.source))"
          + (parameters.isEmpty ? "" : " Here: \(parameters.joined(separator: ", ")).")
          + (metrics.first { $0.name == metric.name }?.isLoss == true ? " Lower is closer." : ""))
    }
    let hasLayers = Set(table.rows.compactMap { $0.layer?.number }).count > 1
    if hasLayers {
      statements.append(
        "The best layer is the one with the highest value"
          + (metrics.contains(where: \.isLoss) ? ", of metrics where lower is closer with the lowest." : "."))
    }
    return statements
  }

  private static func sentence(_ text: String) -> String { text.hasSuffix(".") ? text : text + "." }

  // MARK: Probes

  private func probeStatements(_ table: MeasurementTable) -> [String] {
    guard !probes.isEmpty else { return [] }
    var statements = probes.map(\.statement)
    statements.append(
      "Accuracy is the share of the samples, from 0 to 1, whose class is told right; intervals are Wilson’s of 95 %."
    )
    return statements
  }

  // MARK: Statistics

  private func statisticStatements(_ table: MeasurementTable) -> [String] {
    guard !metrics.isEmpty else { return [] }
    let seed = statistics.seed
    var statements: [String] = []
    if let count = statistics.permutations {
      statements.append(
        "Null calibration: alignment is measured again with the reference’s samples in \(groupedText(count)) random orders (seed \(seed)). "
          + "The null threshold is exceeded by chance in \(percentText(statistics.alpha)) of cases; p = (1 + orders that reach the "
          + "value) / \(groupedText(count + 1)), so it is never smaller than \(fixedText(1 / Double(count + 1)))."
      )
      statements.append(
        "The calibrated value is what exceeds the threshold, as a share of what could; of a metric without a best value, such as "
          + "CKNNA, what exceeds it. It is 0 for a value that does not.")
      if !statistics.aggregates.isEmpty {
        statements.append(
          "Over all layers the \(statistics.aggregates.map(\.rawValue).joined(separator: " and ")) is calibrated against its own null, "
            + "which knows how many layers were looked at.")
      }
    }
    if let rate = statistics.falseDiscoveryRate {
      statements.append(
        "q-values control the share of false discoveries over all tests of the table (Benjamini and Hochberg); a value counts "
          + "as more than chance where q is \(shortText(rate)) at most.")
    }
    if let intervals = statistics.intervals {
      let resampling = Resampling(
        intervals, count: statistics.resamples, confidence: statistics.confidence, seed: seed)
      let share = percentText(resampling.confidence)
      let method =
        switch resampling.method {
        case .jackknife:
          "by the jackknife over \(groupedText(resampling.count)) random groups of samples. For neighbor-based metrics they are wider than "
            + "they need be"
        case .subsample: "from \(groupedText(resampling.count)) random halves of the samples"
        case .bootstrap: "from \(groupedText(resampling.count)) bootstrap draws of the samples"
        }
      statements.append(
        "Intervals of alignment metrics: \(share), \(method); seed \(resampling.seed). They are for the value at this number of samples."
      )
    }
    if statistics.permutations == nil {
      statements.append(
        "Alignment was not compared with chance: no permutations were asked for, and small values may mean nothing."
      )
    }
    if statistics.intervals == nil {
      statements.append("Alignment has no confidence intervals: none were asked for.")
    }
    if !statistics.sampleSizes.isEmpty {
      statements.append(
        "Alignment is measured on the first \(statistics.sampleSizes.map(groupedText).joined(separator: ", ")) samples of a random "
          + "order (seed \(seed)), too.")
    }
    return statements
  }
}

extension ProbeProtocol {
  /// What was trained, in words.
  var statement: String {
    func list(_ values: [Double]) -> String { values.map(shortText).joined(separator: ", ") }
    func scaled(_ standardize: Bool) -> String {
      standardize
        ? "Every dimension is divided by its standard deviation over the training samples."
        : "Dimensions are taken as they are."
    }
    switch self {
    case .logistic(let probe):
      let choice =
        probe.cs.count == 1
        ? "C = \(list(probe.cs))"
        : "C is the one of \(list(probe.cs)) that does best on \(percentText(probe.holdout)) of the training samples, held out "
          + "(seed \(probe.seed))"
      return
        "Linear probe (logistic): multinomial logistic regression with the penalty ½ |W|² + C Σ loss, to its minimum; \(choice). "
        + scaled(probe.standardize)
    case .ridge(let probe):
      let choice =
        probe.lambdas.count == 1
        ? "λ = \(list(probe.lambdas))"
        : "λ is the one of \(list(probe.lambdas)) with the best leave-one-out accuracy"
      return
        "Linear probe (ridge): ridge regression on one-hot labels; \(choice). \(scaled(probe.standardize))"
    case .gradient(let probe):
      let warmup = probe.warmupEpochs > 0 ? " after \(probe.warmupEpochs) epochs of warm-up" : ""
      let scale = probe.scalesWithBatch ? " x batch / 256" : ""
      let decay = probe.weightDecay > 0 ? ", weight decay \(shortText(probe.weightDecay))" : ""
      return
        "Linear probe (\(probe.name)): a linear layer behind a batch norm \(probe.hasAffineNorm ? "with" : "without") parameters; "
        + "\(probe.optimizer.rawValue), learning rate \(shortText(probe.learningRate))\(scale), half a cosine down\(warmup)\(decay); batches of "
        + "\(groupedText(probe.batchSize)), all training samples where there are fewer; \(probe.epochs) epochs, the accuracy after the "
        + "last; seed \(probe.seed)."
    case .neighbors(let probe):
      return
        "k-NN probe: each of the \(probe.k) nearest training samples by cosine votes for its class with exp(similarity / "
        + "\(shortText(probe.temperature)))."
    }
  }
}
