import Curves
import Features
import Testing

@Suite struct PublishedValuesTests {
  @Test func theNumbersAreThoseOfThePaper() throws {
    let xl = try #require(PublishedValues.named("sit-xl-2-repa"))
    #expect(xl.rows.map(\.step) == [50_000, 100_000, 200_000, 400_000, 4_000_000])
    #expect(xl.rows.map(\.value) == [0.561, 0.629, 0.673, 0.703, 0.746])
    #expect(xl.rows.allSatisfy { $0.layer == LayerLabel(8) && $0.metric == "linear-probe" })
    let b = try #require(PublishedValues.named("sit-b-2-repa"))
    #expect(b.rows.map(\.value) == [0.432, 0.509, 0.509, 0.612])
    #expect(b.rows.allSatisfy { $0.layer == LayerLabel(4) })
    #expect(b.remark.contains("printed as its 100K value"))
    #expect(PublishedValues.named("sit-l-2-repa")?.rows.map(\.value) == [0.553, 0.618, 0.663, 0.694])
    let depths = try #require(PublishedValues.named("sit-l-2-repa-depths"))
    #expect(depths.rows.map(\.layer) == [6, 8, 10, 12, 14, 16].map { LayerLabel($0) })
    #expect(depths.rows.map(\.value) == [0.662, 0.681, 0.686, 0.694, 0.7, 0.711])
    let targets = try #require(PublishedValues.named("sit-l-2-repa-targets"))
    #expect(targets.rows.map(\.value) == [0.573, 0.593, 0.621, 0.63, 0.672, 0.657, 0.681, 0.657])
  }

  @Test func theyAreRowsOfTheTidyTable() throws {
    for values in PublishedValues.all {
      let table = MeasurementTable(values.rows)
      #expect(try MeasurementTable(csv: table.csv()) == table)
      #expect(
        values.rows.allSatisfy { $0.model.hasSuffix("(published)") && $0.parameters.contains(values.table) })
      #expect(PublishedValues.list.contains(values.name))
    }
  }

  @Test(arguments: [
    ("SiT-XL/2 + REPA", "SiT + REPA"), ("SiT-B/2", "SiT"), ("DiT-L", "DiT"), ("sit-repa", "sit-repa"),
    ("", ""), ("MoCo v3-L", "MoCo v3"), ("my-SiT-L/2, seed 1", "my-SiT, seed 1"),
    ("SiT-Base/2", "SiT-Base/2"), ("a-", "a-"),
  ])
  func aFamilyIsTheNameWithoutItsSize(model: String, family: String) {
    #expect(ModelSizes.family(model) == family)
  }

  @Test func sizesAreReadFromText() {
    let sizes = ModelSizes(text: "SiT-B/2=130,a, b=4.5,x=y=2e2")
    #expect(sizes?["SiT-B/2"] == 130)
    #expect(sizes?["a, b"] == 4.5)
    #expect(sizes?["x=y"] == 200)
    #expect(sizes?["c"] == nil)
    for text in ["", "a", "a=", "=3", "a=0", "a=-1", "a=nan", "a=1,a=2", "a=1,b", "a=inf"] {
      #expect(ModelSizes(text: text) == nil, "\(text)")
    }
  }

  @Test func theBestLayerOfEachCurveIsKept() {
    let rows = [0.1, 0.5].flatMap { time in
      [(1, 0.2), (2, 0.4 + time), (3, 0.4 + time)].map {
        MeasurementTable.Row(
          model: "m", layer: LayerLabel($0), timestep: time, reference: "r", metric: "cknna", samples: 9,
          value: $1)
      }
    }
    let best = MeasurementTable(rows).best()
    #expect(best.rows.map(\.layer) == [LayerLabel(2), LayerLabel(2)])
    #expect(best.rows.map(\.value) == [0.5, 0.9])
    #expect(MeasurementTable(rows).bestLayers().rows.map(\.layer) == [nil, nil])
  }
}
