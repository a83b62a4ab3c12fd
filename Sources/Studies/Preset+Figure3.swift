extension Preset {
  static let figure3 = Preset(
    name: "repa-figure-3",
    summary: "Figure 3: what REPA changes, by layer and by training step",
    text: """
      # REPA (arXiv 2410.06940), Figure 3: (a) linear probe and (b) CKNNA by layer, (c) CKNNA of the best layer by training step.
      #
      # The paper's protocol (appendix C.1): 10,000 images of the ImageNet validation set; hidden states of every block,
      # averaged over the patches, with the null label; DINOv2-g's patch tokens after its last norm, averaged; CKNNA with
      # k = 10. It runs on small shipped models. For the paper's, change the lines with arrows.
      name: "REPA, Figure 3: SiT with REPA"
      notes: |-
        What does training with REPA's loss change? The same as Figure 2, with and without it.

        The paper finds that REPA closes most of the gap, that alignment peaks near the aligned layer, and that it grows with training.
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
        - {name: SiT + REPA, checkpoint: fixtures/mnist/sit/repa-000500.safetensors}   # <- your checkpoints
        - {name: SiT + REPA, checkpoint: fixtures/mnist/sit/repa-002000.safetensors}
        - {name: SiT + REPA, checkpoint: fixtures/mnist/sit/repa-last.pt}
      references:
        - {name: DINOv2, checkpoint: fixtures/mnist/encoders/dinov2_tiny.pth}       # <- dinov2_vitg14_pretrain.pth
      metrics: [cknna]
      settings: {k: 10}
      statistics: {intervals: jackknife}
      probes:
        - {protocol: logistic}               # <- {protocol: repa}
      figures:
        - {file: a-linear-probe, metric: linear-probe, title: "Linear probe by layer"}
        - {file: b-cknna, metric: cknna}
        - {file: c-cknna-by-step, metric: cknna, x: step, best: true, title: "CKNNA with DINOv2, best layer"}
        - {file: d-probe-against-cknna, kind: scatter, metric: linear-probe, against: cknna}

      """)
}
