import Alignment
import Fidelity

/// What a metric is called in a figure: the registries' title, or the name where there is none.
package func metricTitle(_ name: String) -> String {
  Metric.named(name)?.title ?? FidelityMetric.named(name)?.title ?? name
}
