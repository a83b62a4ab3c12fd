extension Preset {
  static let figure2 = Preset(
    name: "repa-figure-2",
    summary: "Figure 2: what a plain SiT knows, by layer: linear probe, CKNNA, and by training step",
    text: """
      \(protocolComment("Figure 2: (a) linear probe and (b) CKNNA by layer, (c) CKNNA of the best layer by training step"))
      name: "REPA, Figure 2: SiT without REPA"
      notes: |-
        How close are the hidden states of a plain SiT to DINOv2's features, layer by layer, and how does that change as it is trained?

        The paper finds a large gap in what a linear probe can tell, and alignment that is weak but there: closer to DINOv2 than MAE is,
        less close than MoCo v3.
      \(labelledPictures)
      timesteps: [0.5]
      models:
      \(checkpoints("SiT", "vanilla"))
      \(otherEncoders)
      \(dinov2)
      metrics: [cknna]
      settings: {k: 10}
      statistics: {permutations: 1000, intervals: jackknife}
      \(probes)
      figures:
        - {file: a-linear-probe, metric: linear-probe, title: "Linear probe by layer"}
        - {file: b-cknna, metric: cknna}
        - {file: c-cknna-by-step, metric: cknna, x: step, best: true, models: [SiT], title: "CKNNA with DINOv2, best layer"}
        # With checkpoints of several sizes, named SiT-B/2, SiT-L/2 and SiT-XL/2:
        # - {file: c-cknna-by-size, metric: cknna, x: size, best: true, title: "CKNNA with DINOv2, best layer"}

      """)
}
