extension MeasurementTable {
  /// Of every curve over layers its best layer's row alone: REPA's table by time step.
  ///
  /// The interval, threshold and p-value are that layer's own: they do not make up for having chosen it; a calibrated
  /// aggregate does. Aggregates and rows without a numbered layer stay as they are. Of equal values the first layer's counts.
  public func best() -> MeasurementTable {
    var kept: [Measurement] = []
    for curve in filter({ !$0.isAggregate }).curves() {
      let layers = curve.rows.filter { $0.layer?.number != nil }
      kept += curve.rows.filter { $0.layer?.number == nil }
      let isLoss = Curves.isLoss(metric: curve.key.metric)
      if let best = layers.max(by: { isLoss ? $0.value > $1.value : $0.value < $1.value }) {
        kept.append(best)
      }
    }
    return MeasurementTable(kept + rows.filter(\.isAggregate)).sorted()
  }

  /// The best layers' rows as rows without a layer: what REPA's Figures 2(c) and 3(c) plot.
  public func bestLayers() -> MeasurementTable {
    MeasurementTable(
      best().rows.map { row in
        var row = row
        if row.layer?.number != nil { row.layer = nil }
        return row
      }
    ).sorted()
  }
}
