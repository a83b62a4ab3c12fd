import Features
import Foundation
import Testing

@testable import Curves

@Suite struct MeasurementTableTests {
  private func row(
    _ model: String, layer: LayerLabel? = nil, step: Int? = nil, t: Double? = nil, metric: String = "cknna",
    value: Double = 0.5
  ) -> MeasurementTable.Row {
    MeasurementTable.Row(
      model: model, step: step, layer: layer, timestep: t, reference: "dinov2", metric: metric,
      parameters: "k=10",
      samples: 500, value: value)
  }

  @Test func modelsKeepTheirOrderNumbersSortAndEqualRowsKeepTheirs() {
    let table = MeasurementTable([
      row("sit-10", layer: 1), row("sit-2", layer: 10, t: 0.5, value: 0.2), row("sit-2", layer: 2, t: 0.5),
      row("sit-2", layer: LayerLabel("final"), t: 0.1), row("sit-2", layer: 10, t: 0.5, value: 0.1),
      row("sit-2", layer: 3, step: 100, t: 0.1),
    ]).sorted()
    let keys = table.rows.map { "\($0.model) \($0.layer?.description ?? "") \($0.value)" }
    #expect(
      keys == [
        "sit-10 1 0.5", "sit-2 final 0.5", "sit-2 2 0.5", "sit-2 10 0.2", "sit-2 10 0.1", "sit-2 3 0.5",
      ])
  }

  @Test func theBestLayerOfADistanceIsTheNearest() {
    let values = [3.0, 1, 2]
    for (metric, best) in [("cknna", 3.0), ("fid", 1), ("kid", 1), ("nt-xent", 1), ("precision", 3)] {
      let table = MeasurementTable(
        values.enumerated().map { row("a", layer: LayerLabel($0 + 1), metric: metric, value: $1) })
      #expect(table.bestLayers().rows.map(\.value) == [best], "\(metric)")
    }
  }

  @Test func filtersKeepRowsWithEveryGivenValue() {
    let table = MeasurementTable([
      row("a", layer: 1, t: 0.5), row("a", layer: 2, t: 0.1), row("b", layer: 1, t: 0.5),
    ])
    #expect(table.filter(model: "a", timestep: 0.5).rows.map(\.layer) == [1])
    #expect(table.filter(layer: 1).rows.count == 2)
    #expect(table.filter { $0.model == "b" }.models == ["b"])
    #expect(table.metrics == ["cknna"])
    #expect(table.references == ["dinov2"])
  }

  @Test func labelsSayOnlyWhatDiffers() {
    let times = MeasurementTable([row("a", layer: 1, t: 0.1), row("a", layer: 1, t: 0.5)]).curves()
    #expect(Curve.labels(of: times) == ["t = 0.1", "t = 0.5"])
    let steps = MeasurementTable([row("a", step: 2000, t: 0.5), row("a", step: 400_000, t: 0.5)]).curves()
    #expect(Curve.labels(of: steps) == ["step 2000", "step 400,000"])
    let single = MeasurementTable([row("a", layer: 1)]).curves()
    #expect(Curve.labels(of: single) == ["a"])
  }

  @Test func anEncoderWithoutTimeStepDoesNotMakeOthersRepeatTheirs() {
    let curves = MeasurementTable([row("mae"), row("sit", layer: 1, step: 9, t: 0.5)]).curves()
    #expect(Curve.labels(of: curves) == ["mae", "sit"])
    #expect(Curve.sharedFacts(of: curves).contains("t = 0.5"))
    let same = MeasurementTable([row("sit", layer: 1), row("sit", layer: 1, t: 0.5)]).curves()
    #expect(Curve.labels(of: same) == ["sit", "t = 0.5"])
  }

  @Test func aTimeStepThatACurveLacksIsNotSaidOfAll() {
    let curves = (1...2).flatMap {
      [row("a", layer: LayerLabel($0), t: 0.5), row("b", layer: LayerLabel($0))]
    }
    let table = MeasurementTable(curves)
    #expect(Curve.labels(of: table.curves()) == ["a, t = 0.5", "b"])
    #expect(!Curve.sharedFacts(of: table.curves()).contains("t = 0.5"))
    let unnamed = MeasurementTable(
      curves.map { row in
        var row = row; row.model = "sit"; return row
      })
    #expect(
      unnamed.textTable() == """
        cknna · sit · with dinov2 · k = 10 · 500 samples
        t            –      0.5
        layer
        ───────────────────────
        1      0.5000*  0.5000*
        2      0.5000*  0.5000*
        * highest of its curve

        """)
  }

  @Test func theHighestValueOfASingleCurveIsMarked() {
    var rows = [row("a", layer: 1, value: 0.25), row("a", layer: 2, value: 0.5)]
    (rows[0].ciLow, rows[0].ciHigh) = (0.125, 0.375)
    #expect(
      MeasurementTable(rows).textTable() == """
        cknna · a · with dinov2 · k = 10 · 500 samples
        layer   value     from      to
        ──────────────────────────────
        1      0.2500   0.1250  0.3750
        2      0.5000*
        * highest of its curve

        """)
  }

  @Test func onlyTheSettingsThatDifferAreInALabel() {
    var other = row("a", layer: 1)
    other.parameters = "k=20;normalize=l2"
    var first = row("a", layer: 1)
    first.parameters = "k=10;normalize=l2"
    let curves = MeasurementTable([first, other]).curves()
    #expect(Curve.labels(of: curves) == ["k = 10", "k = 20"])
    #expect(Curve.sharedFacts(of: curves) == ["cknna", "a", "with dinov2", "normalize = l2"])
  }

  @Test func jsonHasTheSameKeysAndNullWhereNothingApplies() throws {
    var first = row("a\"\\\n\u{1}", layer: 8, t: 0.5, value: 1e-5)
    first.pValue = 0.01
    let table = MeasurementTable([first, row("b", layer: LayerLabel("final"))])
    let json = try table.json()
    let line =
      #"{"model": "a\"\\\n\u0001", "step": null, "layer": 8, "timestep": 0.5, "reference": "dinov2", "#
      + #""reference_layer": null, "reference_timestep": null, "metric": "cknna", "parameters": "k=10", "#
      + #""samples": 500, "value": 1e-05, "ci_low": null, "ci_high": null, "null_threshold": null, "#
      + #""p_value": 0.01, "calibrated": null}"#
    #expect(json.contains(line))
    let parsed = try #require(try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [[String: Any]])
    #expect(parsed.count == 2)
    #expect(parsed[0]["model"] as? String == first.model)
    #expect(parsed[1]["layer"] as? String == "final")
    #expect(try MeasurementTable().json() == "[]\n")
  }

  @Test func numbersForPeopleHaveFourDecimals() {
    #expect(fixedText(0.135156) == "0.1352")
    #expect(fixedText(-0.00995) == "-0.0100" || fixedText(-0.00995) == "-0.0099")
    #expect(fixedText(0) == "0.0000")
    #expect(fixedText(12) == "12.0000")
    #expect(fixedText(1e-5) == "1.00e-05")
    #expect(fixedText(-2.345e7) == "-2.35e+07" || fixedText(-2.345e7) == "-2.34e+07")
    #expect(fixedText(.leastNonzeroMagnitude).hasSuffix("e-324"))
    #expect(groupedText(9999) == "9999")
    #expect(groupedText(-1_234_567) == "-1,234,567")
  }

  @Test func severalCurvesStandSideBySideAndEncodersBelow() {
    var rows = [row("mae", layer: LayerLabel("final"), value: 0.0869)]
    for (layer, values) in [(1, (0.0886, 0.0396)), (2, (0.1105, 0.0335)), (10, (0.1992, 0.0427))] {
      rows.append(row("repa", layer: LayerLabel(layer), t: 0.5, value: values.0))
      rows.append(row("vanilla", layer: LayerLabel(layer), t: 0.5, value: values.1))
    }
    rows[1].nullThreshold = 0.09
    #expect(
      MeasurementTable(rows).textTable() == """
        cknna · t = 0.5 · with dinov2 · k = 10 · 500 samples
        model     repa  vanilla
        layer
        ───────────────────────
        1      0.0886°  0.0396
        2      0.1105   0.0335
        10     0.1992*  0.0427*
        * highest of its curve   ° no more than chance

        cknna · mae · with dinov2 · k = 10 · 500 samples
        layer   value
        ─────────────
        final  0.0869

        """)
  }

  @Test func aTableForPeopleKeepsToItsWidth() {
    let table = MeasurementTable(
      (0..<9).flatMap { model in (1...3).map { row("transformer-\(model)", layer: LayerLabel($0)) } })
    let lines = table.textTable(width: 60).split(separator: "\n")
    #expect(lines.allSatisfy { $0.count <= 60 })
    #expect(lines.filter { $0.hasPrefix("model") }.count > 1)
    #expect(MeasurementTable().textTable() == "no measurements\n")
  }

  @Test func numbersWithoutLayersAreListed() {
    let table = MeasurementTable([row("a", metric: "fid", value: 8.3), row("a", metric: "kid", value: 1e-4)])
    #expect(
      table.textTable() == """
        a · with dinov2 · k = 10 · 500 samples
        metric     value
        ────────────────
        fid       8.3000
        kid     1.00e-04

        """)
  }
}
