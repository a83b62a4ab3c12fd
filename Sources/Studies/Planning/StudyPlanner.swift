import Extraction
import Features
import Files
import Foundation
import Images
import Models

/// Finds out what a study needs: looks at every file, opens no weights.
struct StudyPlanner {
  let study: Study
  let folder: StudyFolder

  private(set) var steps: [(StudyPlan.Step, StudyWork?)] = []
  /// Identifies the masks.
  private(set) var masks: InputFile?
  /// The files of all measurements, those that are there and those to come.
  var pieces: [StudyPlan.Piece] = []
  /// Extractions that are planned already: the same checkpoint may be a model and a reference.
  var planned: [String: PlannedFeatures] = [:]
  /// Archives that something is measured of, and whether any of that is left to do.
  private var isNeeded: [String: Bool] = [:]

  private init(_ study: Study, output: String) {
    self.study = study
    folder = StudyFolder(path: output)
  }

  static func plan(_ study: Study, output: String) throws -> StudyPlan {
    var planner = StudyPlanner(study, output: output)
    try planner.folder.check()
    try planner.planAll()
    planner.leaveOutUnneeded()
    return StudyPlan(
      study: study, steps: planner.steps.map(\.0), folder: planner.folder, work: planner.steps.map(\.1),
      pieces: planner.pieces)
  }

  private mutating func planAll() throws {
    masks = try study.masks.map { try input(FeaturePath.split(study.resolved($0)).path) }
    let samples = try study.data.map { try plan($0.samples, of: $0) }
    let models = try study.models.map { try features(of: $0, as: .model, samples) }
    let references = try study.references.map { try features(of: $0, as: .reference, samples) }
    try Self.check(study, models + references, samples: samples)
    try Self.checkNames(study, models)
    for model in models { planMeasurement(of: model, against: references) }
    if !study.probes.isEmpty, let data = study.data, let training = data.training {
      let training = try plan(training, of: data)
      for samples in [training, samples].compactMap(\.self) where samples.count > 0 && samples.classes == 0 {
        throw StudyError(
          .noData, path: samples.samples.images ?? samples.samples.latents ?? "data",
          "probes need labels, and the samples have none")
      }
      for (role, validations) in [(Role.model, models), (.reference, references)] {
        for validation in validations {
          let features = try features(of: validation.network, as: role, training, isTraining: true)
          for probe in study.probes {
            planProbe(probe, training: features, validation: validation, classes: training.classes)
          }
        }
      }
    }
    for figure in study.figures { try planFigure(figure) }
  }

  /// Notes that something is measured of an archive.
  mutating func note(_ features: PlannedFeatures, isNeeded needed: Bool) {
    isNeeded[features.path, default: false] = isNeeded[features.path] == true || needed
  }

  /// Archives take much room: one that was deleted after all had been measured is not made again, nor are its latents.
  private mutating func leaveOutUnneeded() {
    var folders: [String: Bool] = [:]
    for index in steps.indices {
      guard case .extract(let extraction)? = steps[index].1 else { continue }
      if isNeeded[extraction.features.path] == false { steps[index].0.isDone = true }
      guard let folder = extraction.samples.folder, !extraction.seesOriginals else { continue }
      folders[folder, default: false] = folders[folder] == true || !steps[index].0.isDone
    }
    for index in steps.indices where steps[index].0.kind == .preprocess {
      if steps[index].0.outputs.allSatisfy({ folders[$0] != true }) { steps[index].0.isDone = true }
    }
  }

  /// What a network is in the study: the study's layers are those of models.
  enum Role {
    case model
    case reference
  }

  /// A file or folder that the study reads.
  ///
  /// - Throws: `FileError` where it cannot be read, ``StudyError`` where the results would change it.
  func input(_ path: String) throws -> InputFile {
    guard !"\(FilePath.resolved(folder.path))/".hasPrefix(FilePath.resolved(path) + "/") else {
      throw StudyError(
        .folder, path: folder.path,
        "the results would lie in \(path), which the study reads, and change it with every file; choose another folder"
      )
    }
    return try InputFile(path)
  }

  /// A network's weights and what beside them decides how they are read.
  func inputs(ofNetwork path: String) throws -> [InputFile] {
    let weights = try input(path)
    guard !FileTree.isFolder(path) else { return [weights] }
    let folder = FilePath.folder(of: path)
    var others = ["config.json", "configs.json"].filter { FileTree.isFile("\(folder)/\($0)") }
    // An index of shards.
    if path.hasSuffix(".json") {
      others += try FileTree.entries(of: folder).files.filter { $0.hasSuffix(".safetensors") }.sorted()
    }
    return try [weights] + others.map { try InputFile("\(folder)/\($0)") }
  }

  mutating func add(
    _ kind: StudyPlan.Step.Kind, _ title: String, isDone: Bool, _ cost: StepCost, makes outputs: [String],
    _ work: StudyWork?
  ) {
    steps.append(
      (StudyPlan.Step(kind: kind, title: title, isDone: isDone, outputs: outputs, cost: cost), work))
  }

  // MARK: Samples

  private mutating func plan(_ samples: Study.Samples, of data: Study.Data) throws -> PlannedSamples {
    var samples = samples
    samples.images = samples.images.map(study.resolved)
    samples.latents = samples.latents.map(study.resolved)
    samples.labels = samples.labels.map(study.resolved)
    let vae = data.vae.map(study.resolved)
    let latents = samples.latents.map(FeaturePath.split)
    let inputs =
      try [samples.images, samples.labels, latents?.path].compactMap(\.self).map(input)
      + (vae.map(inputs(ofNetwork:)) ?? [])
    let pictures = try samples.images.map { (collection: try Self.collection(samples, $0), path: $0) }
    let listed = pictures.map { Fingerprint.ofPictures(listedIn: $0.collection, at: $0.path) } ?? ""
    let key = Fingerprint.of(
      [
        "samples 2", samples.split ?? "", "\(samples.limit ?? 0)", "\(data.resolution ?? 0)",
        latents?.tensor ?? "", listed,
      ] + inputs.map(\.fingerprint))
    let makesLatents = samples.images != nil && vae != nil
    let (count, classes) = try size(of: samples, pictures?.collection)
    let planned = PlannedSamples(
      samples: samples, key: key, count: count, classes: classes, inputs: inputs,
      folder: makesLatents ? folder.preprocessed(key) : nil,
      vae: vae, resolution: data.resolution)
    if let place = planned.folder, let vae {
      guard case .autoencoder(let configuration) = try ModelKind(vae) else {
        throw StudyError(.notANetwork, path: vae, "this is no VAE, and the study's vae must be one")
      }
      add(
        .preprocess, "\(planned.count) pictures to latents",
        isDone: StudyFolder.exists("\(place)/vae-sd/dataset.json"),
        .preprocessing(configuration, side: data.resolution ?? 256, pictures: planned.count), makes: [place],
        .preprocess(planned))
    }
    return planned
  }

  /// How many samples there are, and classes among them; nothing where only latents would tell.
  private func size(of samples: Study.Samples, _ collection: ImageCollection?) throws -> (
    count: Int, classes: Int
  ) {
    let (all, labels): (Int, [Int?])
    if let collection {
      (all, labels) = (collection.count, collection.labels)
    } else if let latents = samples.latents {
      let samples = try Latents(latents, labels: samples.labels).samples
      (all, labels) = (samples.count, samples.labels)
    } else {
      (all, labels) = (0, [])
    }
    let count = min(samples.limit ?? all, all)
    return (count, Set(labels.prefix(count).compactMap(\.self)).count)
  }

  static func collection(_ samples: Study.Samples, _ images: String) throws -> ImageCollection {
    try .open(images, labels: samples.labels, rows: samples.split.map { ("split", $0) })
  }
}
