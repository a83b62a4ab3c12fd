import Alignment

/// What a metric is called in a figure: the registry's title, or the name where there is none.
package func metricTitle(_ name: String) -> String {
  MetricDescriptions.named(name)?.title ?? name
}
