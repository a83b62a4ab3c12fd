import Testing

@testable import Features

@Suite struct FeatureKeyTests {
  @Test(
    "Names give layer and time step",
    arguments: [
      ("layer08", LayerLabel(8), nil), ("layer1", 1, nil), ("layers.12", 12, nil), ("layer_3", 3, nil),
      ("t0.5/layer08", 8, 0.5), ("t0.500/layer00", 0, 0.5), ("t0.25_layer3", 3, 0.25), ("t1/layer2", 2, 1),
      ("t=0.1/layer2", 2, 0.1), ("sit.layer04", 4, nil), ("blocks.7", 8, nil), ("module.blocks.0", 1, nil),
      ("t0.9/blocks.27", 28, 0.9), ("layer08.projector0", LayerLabel("layer08.projector0"), nil),
      ("t0.5/final", LayerLabel("final"), 0.5), ("patch_mean", LayerLabel("patch_mean"), nil),
      ("cls", LayerLabel("cls"), nil), ("t5", LayerLabel("t5"), nil),
      ("clip-vit-l14", LayerLabel("clip-vit-l14"), nil),
      ("at0.5", LayerLabel("at0.5"), nil), ("t0.5.1", LayerLabel("t0.5.1"), nil), ("t0.5", nil, 0.5),
      ("blocks.7.attn", LayerLabel("blocks.7.attn"), nil), ("block7", LayerLabel("block7"), nil),
    ] as [(String, LayerLabel?, Double?)])
  func names(name: String, layer: LayerLabel?, timestep: Double?) {
    let key = FeatureKey(tensorName: name)
    #expect(key.layer == layer)
    #expect(key.timestep == timestep)
  }
}
