import Curves

extension LineChart {
  /// The alignment curves of one metric against layer: one line a model, training step, time step and reference; or
  /// against time step, training step, number of samples or model size, one line a layer too.
  ///
  /// Confidence intervals become bands, null thresholds dotted lines, and a value that is no
  /// more than chance has a hollow marker. Aggregates over layers have no place against layer; against the others they are
  /// drawn in place of the layers. A curve of a single measurement without a layer number, such as an encoder compared with the
  /// reference, becomes a horizontal line with its name at the right, unless there is nothing else to show. Time steps
  /// and training steps are coloured as the ordered sets that they are.
  ///
  /// - Parameters:
  ///   - table: Where the measurements are.
  ///   - metric: The metric's name, such as `cknna`.
  ///   - abscissa: What the horizontal axis shows.
  ///   - sizes: The models' sizes, which a chart against size needs.
  ///   - published: Published values to draw beside the table's, hollow and dashed; of linear probes only.
  ///   - title: The chart's title; by default the metric and the reference.
  /// - Throws: ``ChartError`` if the table has no row of this metric, or none of them has a layer, or what else the chart is
  ///   against.
  public init(
    _ table: MeasurementTable, metric: String, against abscissa: Abscissa = .layer,
    sizes: ModelSizes = ModelSizes(), published: [PublishedValues] = [], title: String? = nil
  ) throws(ChartError) {
    let set = try CurveSet(
      [
        CurveSet.Part(
          name: "", curves: CurveSet.curves(of: table, metric: metric, against: abscissa, sizes: sizes))
      ],
      metric: metric, against: abscissa, sizes: sizes)
    let captions = ChartCaptions(set.all, metric: metric)
    let beside = try PublishedSeries(published, metric: metric, beside: set)
    self = set.charts(with: [beside])[0]
    self.title = title ?? captions.title
    subtitle = captions.subtitle
    note = [captions.note, beside.note].filter { !$0.isEmpty }.joined(separator: " ")
    vertical.title = captions.axis
  }
}
