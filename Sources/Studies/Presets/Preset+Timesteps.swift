extension Preset {
  static let timesteps = Preset(
    name: "repa-timesteps",
    summary: "the time-step ablation: best layer by time step, with and without REPA",
    text: """
      \(protocolComment("section 4.4: the best layer at every time step"))
      name: "REPA, ablation of the time step"
      notes: |-
        At which noise level do hidden states know most? The best layer's linear probe and CKNNA at every time step, with and without REPA.

        The paper finds that alignment falls as noise is added, and that REPA is ahead at every time step.
      \(labelledPictures)
      timesteps: [0.1, 0.3, 0.5, 0.7, 0.9]
      models:
      \(lastCheckpoints)
      \(dinov2)
      metrics: [cknna]
      settings: {k: 10}
      \(probes)
      # The table of best layers by time step is best.csv.
      figures:
        - {file: probe-by-time-step, metric: linear-probe, x: timestep, best: true, models: [SiT, SiT + REPA], title: "Linear probe, best layer"}
        - {file: cknna-by-time-step, metric: cknna, x: timestep, best: true, title: "CKNNA with DINOv2, best layer"}
        - {file: cknna-by-layer, metric: cknna, panels: timestep}
        - {file: cknna-map, kind: heatmap, metric: cknna, panels: model}
        # The paper's own accuracy (Table 7) beside that of checkpoints trained on ImageNet:
        # - {file: published, metric: linear-probe, x: timestep, best: true, published: [sit-xl-2-repa]}

      """)
}
