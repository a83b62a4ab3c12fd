import Curves
import Extraction
import Features
import Foundation
import Models

/// Which features a study needs, where they are, and which have to be extracted.
extension StudyPlanner {
  mutating func features(
    of network: Study.Network, as role: Role, _ samples: PlannedSamples?, isTraining: Bool = false
  ) throws -> PlannedFeatures {
    switch network.source {
    case .features(let path):
      guard !isTraining else {
        throw StudyError(
          .noData, path: path, "probes need training features of \(network.name) too; give its checkpoint")
      }
      return try saved(network, as: role, study.resolved(path))
    case .checkpoint(let path, let options):
      guard let samples else {
        throw StudyError(
          .noData, path: path, "\(network.name) is a checkpoint, and the study has no data for it")
      }
      return try extraction(of: network, as: role, study.resolved(path), options, samples, isTraining)
    }
  }

  private static func family(_ kind: ModelKind) -> String {
    switch kind {
    case .diffusionTransformer(let configuration): configuration.family.rawValue
    case .visionTransformer(let configuration): configuration.family.rawValue
    case .autoencoder: ""
    }
  }

  /// Features that are there.
  private func saved(_ network: Study.Network, as role: Role, _ path: String) throws -> PlannedFeatures {
    let file = FeaturePath.split(path).path
    let input = try input(file)
    let selection = Sweep.Selection(
      layers: network.layers.map(\.labels) ?? (role == .model ? study.layers : nil),
      timesteps: network.timesteps.map(Set.init))
    let source = try SelectedFeatures(study.open(path, as: network), selection)
    let first = source.keys.first
    let columns = try first.map { try source.reader($0).columns / (source.tokenCount($0) ?? 1) }
    return PlannedFeatures(
      network: network,
      key: Fingerprint.of(["features", input.fingerprint, String(path.dropFirst(file.count))]), path: path,
      inputs: [input], selection: selection,
      size: PlannedFeatures.Size(
        representations: source.keys.count, samples: source.sampleCount, width: columns ?? 0))
  }

  private mutating func extraction(
    of network: Study.Network, as role: Role, _ path: String, _ options: [String: String],
    _ samples: PlannedSamples, _ isTraining: Bool
  ) throws -> PlannedFeatures {
    let choices = NetworkChoices(options)
    let kind = try ModelKind(path, options: choices.diffusion, encoder: choices.encoder)
    try Self.check(network, options: options, against: kind, path: path)
    let timesteps = network.timesteps ?? study.timesteps
    // Training and validation samples must not share their noise: where both lists go through the classes in the same order,
    // a probe would learn classes from it.
    let seed = isTraining ? study.seed &+ 1 : study.seed
    let inputs = try inputs(ofNetwork: path)
    var parts = [
      "extraction 3", samples.key, options.sorted { $0.key < $1.key }.description,
      // A file's name decides where its tensors do not.
      "\(kind)", Self.family(kind),
    ]
    parts += inputs.map(\.fingerprint)
    let layers: Set<LayerLabel>?
    let size: PlannedFeatures.Size
    let cost: StepCost
    switch kind {
    case .diffusionTransformer(let configuration):
      layers = network.layers.map(\.labels) ?? study.layers
      let known = (0...configuration.depth).map { LayerLabel($0) }
      if let missing = layers?.subtracting(known).min() {
        throw StudyError(
          .noData, path: path,
          "\(network.name) has no layer \(missing); it has the layers 0 to \(configuration.depth)")
      }
      // Of encoders neither changes anything.
      parts += ["\(timesteps)", "\(seed)"]
      size = PlannedFeatures.Size(
        representations: (layers?.count ?? configuration.depth) * timesteps.count, samples: samples.count,
        width: configuration.width)
      let deepest = layers?.compactMap(\.number).max() ?? configuration.depth
      cost = .extraction(
        configuration, layers: min(deepest, configuration.depth), timesteps: timesteps.count, size: size)
    case .visionTransformer(let configuration):
      layers = network.layers.map(\.labels) ?? [EncoderTap.final.label]
      let all = configuration.depth + 2
      size = PlannedFeatures.Size(
        representations: layers?.count ?? all, samples: samples.count, width: configuration.width)
      let deepest = layers.flatMap {
        $0.allSatisfy { $0.number != nil } ? $0.compactMap(\.number).max() : nil
      }
      cost = .extraction(
        configuration, layers: min(deepest ?? configuration.depth, configuration.depth), size: size)
      if choices.seesOriginals { parts.append("original pictures") }
    case .autoencoder:
      throw StudyError(
        .notANetwork, path: path, "it is a VAE; a model is a diffusion transformer or a vision encoder")
    }
    parts.append(layers.map { $0.sorted().description } ?? "all")
    let key = Fingerprint.of(parts)
    let known = planned[key]
    let features = PlannedFeatures(
      network: network, key: key, path: known?.path ?? folder.archive(network.name, key), inputs: [],
      selection: Sweep.Selection(), size: size)
    guard known == nil else { return features }
    planned[key] = features
    add(
      .extract,
      "\(network.name): \(size.representations) representations of \(samples.count) \(isTraining ? "training " : "")samples",
      isDone: FeatureArchive.isComplete(at: features.path), cost, makes: [features.path],
      .extract(
        PlannedExtraction(
          features: features, samples: samples, checkpoint: path, noiseSeed: seed,
          inputs: inputs + samples.inputs)))
    return features
  }
}

extension Study {
  /// Opens features as the study names and reads them.
  func open(_ path: String, as network: Network) throws -> any FeatureSource {
    try FeatureSources.open(
      path,
      options: ImportedFeatures.Options(
        name: network.name, step: network.step, arrays: readsTokens ? .tokens : .layers))
  }
}
