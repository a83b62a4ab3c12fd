extension Preset {
  /// REPA's Figure 2 (arXiv 2410.06940): what a diffusion transformer trained without REPA knows.
  static let figure2 = Preset(
    name: "repa-figure-2",
    summary:
      "REPA's Figure 2: how far a plain SiT's hidden states are from DINOv2's features, by layer and by training step",
    text: """
      # REPA's Figure 2 (arXiv 2410.06940): CKNNA with DINOv2 by layer, and of the best layer by training step.
      #
      # The paper's protocol (appendix C.1): 10,000 images of the ImageNet validation set; hidden states of every block,
      # averaged over the patches, at t = 0.5 with the null label; DINOv2-g's patch tokens after its last norm, averaged; CKNNA
      # with k = 10. It runs on small shipped models. For the paper's, change the lines with arrows.
      name: "REPA, Figure 2: SiT without REPA"
      notes: |-
        How close are the hidden states of a plain SiT to DINOv2's features, layer by layer, and how does that change as it is trained?

        The paper finds that alignment is weak, but there: closer than MAE is, less close than MoCo v3.
      data:
        images: fixtures/mnist/split.csv     # <- imagenet/val
        split: val                           # <- remove this line
        limit: 500                           # <- 10000
        vae: fixtures/mnist/vae              # <- sd-vae-ft-ema
        resolution: 32                       # <- 256
      timesteps: [0.5]
      models:
        - {name: SiT, checkpoint: fixtures/mnist/sit/vanilla-000500.safetensors}   # <- your checkpoints
        - {name: SiT, checkpoint: fixtures/mnist/sit/vanilla-002000.safetensors}
        - {name: SiT, checkpoint: fixtures/mnist/sit/vanilla-last.pt}
        # Other encoders, as lines to hold the curve against.
        - {name: MAE, checkpoint: fixtures/mnist/encoders/mae_tiny.pth}             # <- mae_pretrain_vit_large.pth
        - {name: MoCo v3, checkpoint: fixtures/mnist/encoders/mocov3_tiny.pth.tar}  # <- vit-l-300ep.pth.tar
      references:
        - {name: DINOv2, checkpoint: fixtures/mnist/encoders/dinov2_tiny.pth}       # <- dinov2_vitg14_pretrain.pth
      metrics: [cknna, cka-unbiased]
      settings: {k: 10}
      figures:
        - {file: cknna-by-layer, metric: cknna}

      """)
  static let figure3 = figure2
  static let timesteps = figure2
  static let encoders = figure2
}
