extension Preset {
  static let figure2 = Preset(
    name: "repa-figure-2",
    summary: "Figure 2: what a plain SiT knows, by layer: linear probe, CKNNA, and by training step",
    text: """
      # REPA (arXiv 2410.06940), Figure 2: (a) linear probe and (b) CKNNA by layer, (c) CKNNA of the best layer by training step.
      #
      # The paper's protocol (appendix C.1): 10,000 images of the ImageNet validation set; hidden states of every block,
      # averaged over the patches, with the null label; DINOv2-g's patch tokens after its last norm, averaged; CKNNA with
      # k = 10. It runs on small shipped models. For the paper's, change the lines with arrows.
      name: "REPA, Figure 2: SiT without REPA"
      notes: |-
        How close are the hidden states of a plain SiT to DINOv2's features, layer by layer, and how does that change as it is trained?

        The paper finds a large gap in what a linear probe can tell, and alignment that is weak but there: closer to DINOv2 than MAE is,
        less close than MoCo v3.
      data:
        images: fixtures/mnist/split.csv     # <- imagenet/val
        split: val                           # <- remove this line
        limit: 500                           # <- 10000
        vae: fixtures/mnist/vae              # <- sd-vae-ft-ema
        resolution: 32                       # <- 256
        training:                            # what probes learn from
          images: fixtures/mnist/split.csv   # <- imagenet/train
          split: train                       # <- remove this line
          limit: 1000                        # <- remove this line: 1.28 million pictures take days on two cores
      timesteps: [0.5]
      models:
        - {name: SiT, checkpoint: fixtures/mnist/sit/vanilla-000500.safetensors}   # <- your checkpoints
        - {name: SiT, checkpoint: fixtures/mnist/sit/vanilla-002000.safetensors}
        - {name: SiT, checkpoint: fixtures/mnist/sit/vanilla-last.pt}
        # Other encoders, as lines to hold the curves against.
        - {name: MAE, checkpoint: fixtures/mnist/encoders/mae_tiny.pth}             # <- mae_pretrain_vit_large.pth
        - {name: MoCo v3, checkpoint: fixtures/mnist/encoders/mocov3_tiny.pth.tar}  # <- vit-l-300ep.pth.tar
      references:
        - {name: DINOv2, checkpoint: fixtures/mnist/encoders/dinov2_tiny.pth}       # <- dinov2_vitg14_pretrain.pth
      metrics: [cknna]
      settings: {k: 10}
      statistics: {permutations: 1000, intervals: jackknife}
      probes:
        - {protocol: logistic}               # <- {protocol: repa}, for training sets of ImageNet's size
      figures:
        - {file: a-linear-probe, metric: linear-probe, title: "Linear probe by layer"}
        - {file: b-cknna, metric: cknna}
        - {file: c-cknna-by-step, metric: cknna, x: step, best: true, models: [SiT], title: "CKNNA with DINOv2, best layer"}

      """)
}
