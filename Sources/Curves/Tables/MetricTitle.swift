import Alignment
import Fidelity

/// Whether less of a metric is better: distances of distributions, losses.
package func isLoss(metric name: String) -> Bool {
  Metric.named(name)?.isLoss ?? FidelityMetric.named(name)?.isDistance ?? false
}

/// What a metric is called in a figure: the registries' title, or the name where there is none.
package func metricTitle(_ name: String) -> String {
  switch name {
  case "linear-probe": "Linear probe accuracy"
  case "linear-probe-top5": "Linear probe top-5 accuracy"
  case "knn-probe": "k-NN accuracy"
  case "knn-probe-top5": "k-NN top-5 accuracy"
  default: MetricDescriptions.named(name)?.title ?? FidelityMetric.named(name)?.title ?? name
  }
}
