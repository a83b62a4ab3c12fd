/// What presets share, as lines of their experiment files.
extension Preset {
  /// The comment on top of every preset.
  ///
  /// - Parameter subject: What of the paper it repeats.
  static func protocolComment(_ subject: String) -> String {
    """
    # REPA (arXiv 2410.06940), \(subject).
    #
    # The paper's protocol (appendix C.1): 10,000 images of the ImageNet validation set; hidden states of every block,
    # averaged over the patches, with the null label; DINOv2-g's patch tokens after its last norm, averaged; CKNNA with
    # k = 10. It runs on small shipped models. For the paper's, change the lines with arrows.
    """
  }

  /// What is measured on.
  static let pictures = """
    data:
      images: fixtures/mnist/split.csv     # <- imagenet/val
      split: val                           # <- remove this line
      limit: 500                           # <- 10000
      vae: fixtures/mnist/vae              # <- sd-vae-ft-ema
      resolution: 32                       # <- 256
    """

  /// The same, and what probes learn from.
  static let labelledPictures = """
    \(pictures)
      training:                            # what probes learn from
        images: fixtures/mnist/split.csv   # <- imagenet/train
        split: train                       # <- remove this line
        limit: 1000                        # <- remove this line: 1.28 million pictures take days on two cores
    """

  /// Three training steps of one model.
  static func checkpoints(_ name: String, _ file: String) -> String {
    """
      - {name: \(name), checkpoint: fixtures/mnist/sit/\(file)-000500.safetensors}   # <- your checkpoints
      - {name: \(name), checkpoint: fixtures/mnist/sit/\(file)-002000.safetensors}
      - {name: \(name), checkpoint: fixtures/mnist/sit/\(file)-last.pt}
    """
  }

  /// The last training step of a model with and without REPA.
  static let lastCheckpoints = """
      - {name: SiT, checkpoint: fixtures/mnist/sit/vanilla-last.pt}   # <- your checkpoints
      - {name: SiT + REPA, checkpoint: fixtures/mnist/sit/repa-last.pt}   # <- your checkpoints
    """

  /// Encoders as models.
  static let otherEncoders = """
      # Other encoders, as lines to hold the curves against.
      - {name: MAE, checkpoint: fixtures/mnist/encoders/mae_tiny.pth}             # <- mae_pretrain_vit_large.pth
      - {name: MoCo v3, checkpoint: fixtures/mnist/encoders/mocov3_tiny.pth.tar}  # <- vit-l-300ep.pth.tar
    """

  static let dinov2 = """
    references:
      - {name: DINOv2, checkpoint: fixtures/mnist/encoders/dinov2_tiny.pth}       # <- dinov2_vitg14_pretrain.pth
    """

  /// Linear probes.
  static let probes = """
    probes:
      - {protocol: logistic}               # <- {protocol: repa}, for training sets of ImageNet's size
    """
}
