import Features
import Testing

@Suite struct FeatureKeyNameTests {
  @Test(arguments: [
    (FeatureKey(layer: 8, timestep: 0.5), "t0.500/layer08"),
    (FeatureKey(layer: 0, timestep: 0), "t0.000/layer00"),
    (FeatureKey(layer: 128, timestep: 1), "t1.000/layer128"),
    (FeatureKey(layer: 12), "layer12"),
    (FeatureKey(layer: LayerLabel("final")), "final"),
    (FeatureKey(layer: LayerLabel("output"), timestep: 0.25), "t0.250/output"),
    (FeatureKey(layer: LayerLabel("layer08.projector0"), timestep: 0.1234), "t0.1234/layer08.projector0"),
    (FeatureKey(layer: 3, timestep: 1e-5), "t0.00001/layer03"),
    (FeatureKey(layer: 3, timestep: 1.25e-7), "t0.000000125/layer03"),
    (FeatureKey(layer: 3, timestep: 1.0 / 3), "t0.3333333333333333/layer03"),
    (FeatureKey(layer: 3, timestep: 1 - 0.9), "t0.09999999999999998/layer03"),
  ])
  func aKeyHasOneNameWhichReadsBack(key: FeatureKey, name: String) {
    #expect(key.tensorName == name)
    #expect(FeatureKey(tensorName: name) == key)
  }

  @Test func everyThousandthReadsBack() {
    for step in 0...1000 {
      let key = FeatureKey(layer: 1, timestep: Double(step) / 1000)
      #expect(key.tensorName.utf8.count == "t0.000/layer01".utf8.count)
      #expect(FeatureKey(tensorName: key.tensorName) == key)
    }
  }
}
