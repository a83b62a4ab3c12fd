extension Preset {
  static let encoders = Preset(
    name: "repa-encoders",
    summary: "alignment with different encoders",
    text: """
      \(protocolComment("Table 2 and appendix: alignment with different encoders"))
      name: "REPA, alignment with different encoders"
      notes: |-
        To which encoder are the hidden states closest? CKNNA and unbiased CKA by layer, against each of them.
      \(pictures)
      timesteps: [0.5]
      models:
      \(lastCheckpoints)
      \(dinov2)
        - {name: MAE, checkpoint: fixtures/mnist/encoders/mae_tiny.pth}             # <- mae_pretrain_vit_large.pth
        - {name: MoCo v3, checkpoint: fixtures/mnist/encoders/mocov3_tiny.pth.tar}  # <- vit-l-300ep.pth.tar
      metrics: [cknna, cka-unbiased]
      settings: {k: 10}
      statistics: {permutations: 2000, fdr: 0.05}
      figures:
        - {file: cknna, metric: cknna, panels: reference}
        - {file: cka-unbiased, metric: cka-unbiased, panels: reference}

      """)
}
