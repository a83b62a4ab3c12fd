import Features
import Studies
import TestSupport
import Testing

@Suite struct StudyFileTests {
  private static let whole = """
    name: SiT against DINOv2
    data:
      images: pictures/
      limit: 10_000
      vae: sd-vae
      training: {images: train/, split: train}
    timesteps: [0.1, 0.5]
    layers: 1-3,final
    seed: 7
    models:
      - {name: SiT, checkpoint: sit.pt, step: 400000, weights: ema}
      - name: other
        features: saved.npz
        layers: all
    references:
      - {name: DINOv2, checkpoint: dinov2.pth, protocol: repa}
    metrics: [cknna, cka-unbiased]
    settings: {k: 5, normalize: none, clamp: mean, clamp-quantile: 0.9}
    figures:
      - metric: cknna
      - {kind: scatter, metric: cknna, against: cka-unbiased, file: both}
    """

  @Test func everythingThatIsWrittenIsRead() throws {
    let study = try Study(Self.whole, file: "s.yaml", folder: "/f")
    #expect(study.name == "SiT against DINOv2")
    #expect(study.data?.samples.limit == 10_000)
    #expect(study.data?.training?.split == "train")
    #expect(study.timesteps == [0.1, 0.5])
    #expect(study.layers == LayerLabel.list("1-3,final"))
    #expect(study.seed == 7)
    #expect(study.models.map(\.name) == ["SiT", "other"])
    #expect(study.models[0].source == .checkpoint("sit.pt", options: ["weights": "ema"]))
    #expect(study.models[0].step == 400_000)
    #expect(study.models[1].source == .features("saved.npz"))
    #expect(study.models[1].layers == .all)
    #expect(study.metrics.map(\.name) == ["cknna", "cka-unbiased"])
    #expect(study.settings.k == 5)
    #expect(study.settings.clamp == .mean(quantile: 0.9))
    #expect(study.figures.map(\.file) == ["cknna", "both"])
  }

  @Test func everyChoiceOfAFigureIsReadAndWrittenOut() throws {
    let study = try Study(
      """
      theme: dark
      models: [{name: a, features: a.npy, size: 130}]
      references: [{name: r, features: r.npy}]
      metrics: [cknna, cka]
      figures:
        - {metric: cknna, panels: reference, width: 3.5in, height: 200, timesteps: [0.5], models: [a]}
        - {metric: [cknna, cka], panels: metric, theme: light, file: both}
        - {metric: cknna, x: size, best: true, file: size}
        - {kind: scatter, metric: cknna, against: cka, points: each, file: points}
      """, file: "s.yaml", folder: "/f")
    #expect(study.figures.map(\.theme.name) == ["dark", "light", "dark", "dark"])
    #expect(study.figures[0].panels == .reference)
    #expect(study.figures[0].width == 252)
    #expect(study.figures[1].drawing.metrics == ["cknna", "cka"])
    #expect(study.figures[3].points == .each)
    #expect(study.models[0].size == 130)
    let again = try Study(study.yaml, file: "s.yaml", folder: "")
    #expect(again.figures == study.figures)
    #expect(again.yaml == study.yaml)
  }

  /// What is wrong, and the messages expected, in the order of the file.
  private static let mistakes: [(text: String, problems: [String])] = [
    ("", ["1:1: there is no model; expected a list, each with name and checkpoint or features"]),
    ("models: 3", ["1:9: models: found \"3\", expected keys and values", "1:9: models: there is no model"]),
    (
      """
      modles:
        - {name: a, features: a.npy}
      metric: cknna
      """,
      [
        "1:1: there is no model",
        "1:1: modles: unknown key; did you mean models? Allowed here: name, notes, data",
        "3:1: metric: unknown key; did you mean metrics?",
      ]
    ),
    (
      """
      models:
        - name: a
          checkpoint: a.pt
          features: b.npy
        - features: c.npy
          heads: 3
        - {name: d}
      metrics: [cnkna, cka]
      timesteps: [0.5, 2]
      settings: {k: 0, normalize: l3}
      """,
      [
        "1:1: cka compares with references, and there are none",
        "4:15: models[1].features: checkpoint and features exclude each other",
        "5:5: models[2]: there is no name",
        "6:12: models[2].heads: this is for checkpoints, and there is none here",
        "7:5: models[3]: d has neither checkpoint nor features",
        "8:11: metrics[1]: found cnkna; did you mean cknna? Expected one of",
        "9:18: timesteps[2]: found 2.0, expected a number from 0.0 to 1.0",
        "10:15: settings.k: k is 0; a sample has at least 1 neighbor",
        "10:29: settings.normalize: found l3; did you mean l2? Expected one of none, l2",
      ]
    ),
    (
      "models: [{name: a, checkpoint: a.pt}]",
      ["1:9: models: a checkpoint needs data: add a section data with images or latents"]
    ),
    (
      """
      data: {vae: v, limit: -1}
      models: [{name: a, checkpoint: a.pt}]
      """,
      [
        "1:7: data: there are neither images nor latents", "1:23: data.limit: found -1, expected 1 or more",
      ]
    ),
    (
      """
      models: [{name: a, features: a.npy}]
      references: [{name: r, features: r.npy}]
      figures:
        - {metric: cka}
        - {metric: cknna, file: cka}
        - {metric: cknna, file: a/b}
        - {kind: scatter, metric: cknna, file: s}
        - {metric: cknna, file: m, models: [b, r], references: [r, s]}
      """,
      [
        "4:3: figures: cka draws cka, which is not measured; measured are cknna",
        "4:3: figures: m draws the model b, which is not measured; did you mean a? There are a",
        "4:3: figures: m draws the model r, which is not measured; did you mean a? There are a",
        "4:3: figures: m draws the reference s, which is not measured; did you mean r? There are r",
        "4:3: figures: two figures are called cka",
        "6:27: figures[3].file: found a/b, expected a name without folder",
        "7:5: figures[4]: a scatter chart needs a second metric",
      ]
    ),
    (
      """
      theme: sepia
      models: [{name: a, features: a.npy, size: 0}]
      references: [{name: r, features: r.npy}]
      metrics: [cknna, cka]
      figures:
        - {metric: cknna, file: 1, panels: timesteps}
        - {metric: cknna, file: 2, x: timestep, panels: timestep}
        - {metric: cknna, file: 3, kind: heatmap, best: true}
        - {metric: cknna, file: 4, published: [sit-xl-2-repa]}
        - {metric: cknna, file: 5, published: sit-xl-2-rep}
        - {metric: cknna, file: 6, width: 3 feet, points: each}
        - {metric: [cknna, cka], file: 7}
      """,
      [
        "1:8: theme: found sepia; Expected one of light, dark", "2:43: models[1].size: found 0.0, expected",
        "6:38: figures[1].panels: found timesteps; did you mean timestep? Expected one of timestep, reference",
        "7:51: figures[2].panels: the panels are what the lines are drawn against",
        "8:51: figures[3].best: a heat map shows all layers",
        "9:41: figures[4].published: published are values of linear-probe",
        "10:41: figures[5].published: found sit-xl-2-rep; did you mean sit-xl-2-repa?",
        "11:37: figures[6].width: found 3 feet, expected points, or a length such as 3.3in",
        "11:53: figures[6].points: this is for kind: scatter",
        "12:14: figures[7].metric: several metrics need panels of metrics",
      ]
    ),
    (
      """
      models: [{name: m, features: m.npy}]
      references: [{name: r, features: a.npy}, {name: r, features: b.npy}]
      statistics: {permutations: 5, confidence: 1, sample-sizes: [0]}
      settings: {tau: 0, masks: m.npy, clamp-quantile: 0.9}
      """,
      [
        "2:13: references: two references are called r; give each its own name",
        "3:28: statistics.permutations: permutations is 5; it takes 19 for",
        "3:43: statistics.confidence: confidence is 1.0; it lies between 0 and 1",
        "3:60: statistics.sample-sizes: sample-sizes has 0",
        "4:11: settings: masks are for srss, which is not measured",
        "4:17: settings.tau: tau is 0.0; it must be positive",
        "4:50: settings.clamp-quantile: it needs clamp",
      ]
    ),
    (
      """
      data: {latents: l, split: val, resolution: 256, limit: 60, training: {split: train}}
      models: [{name: [a], checkpoint: m.pt, timesteps: []}]
      references: [{name: r, features: r.npy}]
      timesteps: [0.5, 0.1, 0.5]
      statistics: {intervals: bootstrap, sample-sizes: [500]}
      """,
      [
        "1:27: data.split: it picks rows of a list of images",
        "1:44: data.resolution: pictures are cropped to it, and there are none",
        "1:70: data.training: there are neither images nor latents",
        "2:17: models[1].name: found a list, expected a text",
        "2:51: models[1].timesteps: the list is empty",
        "4:23: timesteps[3]: 0.5 is there twice",
        "5:13: statistics: cknna looks at neighbors",
        "5:13: statistics: values on 500 samples are asked for, and data is limited to 60",
      ]
    ),
    (
      """
      models: [{name: m, features: m.npy}]
      metrics: [effective-rank, srss]
      statistics: {permutations: 100}
      """,
      [
        "1:1: srss needs masks", "3:13: statistics: permutations and intervals are of alignment",
      ]
    ),
    (
      """
      models: [{name: m, features: m.npy}]
      metrics: [effective-rank]
      probes: [{protocol: knn, k: 0}, {protocol: repa, epochs: 3, warmup-epochs: 3}, {c: []}]
      data: {images: i, training: {images: t}}
      """,
      [
        "3:29: probes[1].k: k is 0; it must be at least 1",
        "3:76: probes[2].warmup-epochs: warmup-epochs is 3; it is at least 0, and fewer than the 3 epochs",
        "3:84: probes[3].c: c is an empty list",
      ]
    ),
    (
      "\(String(repeating: "x", count: 50)),rest\nof a table",
      ["found \"\(String(repeating: "x", count: 40))...\", expected keys and values"]
    ),
    ("models: [a", ["this is no YAML"]),
    ("models: []\nmodels: []", ["models: the key is there twice"]),
    ("layers: 5-1\nmodels: [{name: a, features: b}]", ["1:9: layers: found \"5-1\", expected all or layers"]),
  ]

  @Test func metricsNamedTwiceAreMeasuredOnce() throws {
    let study = try Study(
      "{models: [{name: m, features: m}], references: [{name: r, features: r}], metrics: [cka, cka, cknna]}",
      file: "s.yaml", folder: "")
    #expect(study.metrics.map(\.name) == ["cka", "cknna"])
  }

  @Test func aFileThatIsNoTextIsABadFile() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("s.yaml", [0xFF, 0xFE, 0x00])
    let error = try #require(throws: StudyFileError.self) { try Study(contentsOf: path) }
    #expect("\(error)" == "\(path):1:1: the file is not UTF-8 text")
  }

  @Test(arguments: mistakes.indices)
  func everyMistakeIsToldAtOnce(place: Int) throws {
    let (text, expected) = Self.mistakes[place]
    let error = try #require(throws: StudyFileError.self) { try Study(text, file: "s.yaml", folder: "") }
    let found = error.problems.map(\.description)
    #expect(found.count == expected.count, "\(found)")
    for (problem, start) in zip(found, expected) { #expect(problem.contains(start), "\(found)") }
    #expect(error.description.hasPrefix("s.yaml:"))
  }

  @Test func numbersAndListsAreReadAsTheyAreMeant() throws {
    func problems(_ text: String) -> [String] {
      do {
        _ = try Study(
          "models: [{name: m, features: a.npy}]\nreferences: [{name: r, features: b.npy}]\n" + text,
          file: "s", folder: "")
        return []
      } catch let error as StudyFileError { return error.problems.map(\.message) } catch {
        return ["\(error)"]
      }
    }
    #expect(problems("settings: {k: \"1,000\"}").isEmpty)
    #expect(!problems("settings: {k: \"1,5\"}").isEmpty)
    #expect(!problems("layers: [1, [2, 3]]").isEmpty)
    #expect(!problems("data: {images: pics, resolution: 256}").isEmpty)
  }
}
