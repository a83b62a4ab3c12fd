extension Preset {
  static let figure3 = Preset(
    name: "repa-figure-3",
    summary: "Figure 3: what REPA changes, by layer and by training step",
    text: """
      \(protocolComment("Figure 3: (a) linear probe and (b) CKNNA by layer, (c) CKNNA of the best layer by training step"))
      name: "REPA, Figure 3: SiT with REPA"
      notes: |-
        What does training with REPA's loss change? The same as Figure 2, with and without it.

        The paper finds that REPA closes most of the gap, that alignment peaks near the aligned layer, and that it grows with training.
      \(labelledPictures)
      timesteps: [0.5]
      models:
      \(checkpoints("SiT", "vanilla"))
      \(checkpoints("SiT + REPA", "repa"))
      \(otherEncoders)
      \(dinov2)
      metrics: [cknna]
      settings: {k: 10}
      statistics: {intervals: jackknife}
      \(probes)
      figures:
        - {file: a-linear-probe, metric: linear-probe, title: "Linear probe by layer"}
        - {file: b-cknna, metric: cknna}
        - {file: c-cknna-by-step, metric: cknna, x: step, best: true, models: [SiT, SiT + REPA], title: "CKNNA with DINOv2, best layer"}
        - {file: d-probe-against-cknna, kind: scatter, metric: linear-probe, against: cknna, models: [SiT, SiT + REPA]}
        # With checkpoints of several sizes, named SiT-B/2 + REPA and the like:
        # - {file: c-cknna-by-size, metric: cknna, x: size, best: true, title: "CKNNA with DINOv2, best layer"}
        # The paper's own accuracies (Table 7) beside those of checkpoints trained on ImageNet:
        # - {file: e-published, metric: linear-probe, x: step, best: true, published: [sit-b-2-repa, sit-l-2-repa, sit-xl-2-repa]}

      """)
}
