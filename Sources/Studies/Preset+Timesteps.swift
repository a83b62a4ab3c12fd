extension Preset {
  static let timesteps = Preset(
    name: "repa-timesteps",
    summary: "the time-step ablation: best layer by time step, with and without REPA",
    text: """
      # REPA (arXiv 2410.06940), section 4.4: the best layer at every time step.
      #
      # The paper's protocol (appendix C.1): 10,000 images of the ImageNet validation set; hidden states of every block,
      # averaged over the patches, with the null label; DINOv2-g's patch tokens after its last norm, averaged; CKNNA with
      # k = 10. It runs on small shipped models. For the paper's, change the lines with arrows.
      name: "REPA, ablation of the time step"
      notes: |-
        At which noise level do hidden states know most? The best layer's linear probe and CKNNA at every time step, with and without REPA.

        The paper finds that alignment falls as noise is added, and that REPA is ahead at every time step.
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
      timesteps: [0.1, 0.3, 0.5, 0.7, 0.9]
      models:
        - {name: SiT, checkpoint: fixtures/mnist/sit/vanilla-last.pt}   # <- your checkpoints
        - {name: SiT + REPA, checkpoint: fixtures/mnist/sit/repa-last.pt}   # <- your checkpoints
      references:
        - {name: DINOv2, checkpoint: fixtures/mnist/encoders/dinov2_tiny.pth}       # <- dinov2_vitg14_pretrain.pth
      metrics: [cknna]
      settings: {k: 10}
      probes:
        - {protocol: logistic}               # <- {protocol: repa}
      figures:
        - {file: probe-by-time-step, metric: linear-probe, x: timestep, best: true, models: [SiT, SiT + REPA], title: "Linear probe, best layer"}
        - {file: cknna-by-time-step, metric: cknna, x: timestep, best: true, title: "CKNNA with DINOv2, best layer"}
        - {file: cknna-map, kind: heatmap, metric: cknna, models: [SiT + REPA]}

      """)
}
