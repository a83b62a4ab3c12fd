extension Preset {
  static let encoders = Preset(
    name: "repa-encoders",
    summary: "alignment with different encoders",
    text: """
      # REPA (arXiv 2410.06940), Table 2 and appendix: alignment with different encoders.
      #
      # The paper's protocol (appendix C.1): 10,000 images of the ImageNet validation set; hidden states of every block,
      # averaged over the patches, with the null label; DINOv2-g's patch tokens after its last norm, averaged; CKNNA with
      # k = 10. It runs on small shipped models. For the paper's, change the lines with arrows.
      name: "REPA, alignment with different encoders"
      notes: |-
        To which encoder are the hidden states closest? CKNNA and unbiased CKA by layer, against each of them.
      data:
        images: fixtures/mnist/split.csv     # <- imagenet/val
        split: val                           # <- remove this line
        limit: 500                           # <- 10000
        vae: fixtures/mnist/vae              # <- sd-vae-ft-ema
        resolution: 32                       # <- 256
      timesteps: [0.5]
      models:
        - {name: SiT, checkpoint: fixtures/mnist/sit/vanilla-last.pt}   # <- your checkpoints
        - {name: SiT + REPA, checkpoint: fixtures/mnist/sit/repa-last.pt}   # <- your checkpoints
      references:
        - {name: DINOv2, checkpoint: fixtures/mnist/encoders/dinov2_tiny.pth}       # <- dinov2_vitg14_pretrain.pth
        - {name: MAE, checkpoint: fixtures/mnist/encoders/mae_tiny.pth}             # <- mae_pretrain_vit_large.pth
        - {name: MoCo v3, checkpoint: fixtures/mnist/encoders/mocov3_tiny.pth.tar}  # <- vit-l-300ep.pth.tar
      metrics: [cknna, cka-unbiased]
      settings: {k: 10}
      statistics: {permutations: 1000, fdr: 0.05}
      figures:
        - {file: cknna, metric: cknna}
        - {file: cka-unbiased, metric: cka-unbiased}

      """)
}
