import Curves
import Extraction
import Features
import Models
import Reports

/// What an archive of a study says of how it was made.
struct ExtractionFact {
  let network: Study.Network
  let description: ArchiveDescription
  let kind: ModelKind
  /// Of the training samples of probes.
  let isTraining: Bool

  /// Those of a study whose networks and data are still where they were; none where they are not, since nobody can tell then
  /// which of the folder's archives its values come from.
  static func all(of study: Study, in folder: StudyFolder) -> [ExtractionFact] {
    guard let plan = try? StudyPlanner.plan(study, output: folder.path) else { return [] }
    return plan.work.compactMap { work in
      guard case .extract(let extraction)? = work,
        case .checkpoint(_, let options) = extraction.features.network.source,
        let description = [
          ArchiveFolder(extraction.features.path).description,
          folder.description(of: extraction.features.path),
        ].lazy.compactMap({ try? ArchiveDescription(contentsOf: $0) }).first
      else { return nil }
      let choices = NetworkChoices(options)
      guard
        let kind = try? ModelKind(extraction.checkpoint, options: choices.diffusion, encoder: choices.encoder)
      else { return nil }
      return ExtractionFact(
        network: extraction.features.network, description: description, kind: kind,
        isTraining: extraction.noiseSeed != study.seed)
    }
  }

  fileprivate func setting(_ name: String) -> String? {
    switch description.settings[name] {
    case .text(let text): text
    case .integer(let number): groupedText(number)
    case .number(let number): shortText(number)
    case .flag(let flag): "\(flag)"
    case nil: nil
    }
  }

  /// What was done to the network's hidden states, in words.
  fileprivate var pooling: String {
    switch setting("pooling") {
    case "mean": "averaged over the patch tokens"
    case "none": "all patch tokens kept; metrics that compare samples take their mean"
    case "class": "the class token’s"
    case "both": "the class token’s and, after it, the mean over the patch tokens"
    case let tokens?: "of the \(tokens)"
    case nil: ""
    }
  }
}

extension Study {
  /// How hidden states and features were made, of networks that were run.
  func extractionStatements(_ facts: [ExtractionFact]) -> [String] {
    let own = facts.filter { !$0.isTraining }
    let isExtracted = (models + references).contains {
      if case .checkpoint = $0.source { true } else { false }
    }
    guard isExtracted else {
      return ["Features were read as they had been saved; how they were made is not known here."]
    }
    guard !own.isEmpty else {
      return [
        "Checkpoints, pictures or archives are no longer where the study found or put them, so that what the networks were fed is "
          + "not told here."
      ]
    }
    var statements: [String] = []
    let transformers = own.filter {
      if case .diffusionTransformer = $0.kind { true } else { false }
    }
    if !transformers.isEmpty {
      statements.append(
        "Time runs from t = 0, clean data, to t = 1, pure noise, for every model. The noise depends on its seed (\(seed)) and on the "
          + "sample alone: it is the same for all time steps and checkpoints."
          + (facts.contains(where: \.isTraining)
            ? " Training samples have a seed of their own (\(seed &+ 1)), so that a probe cannot learn classes from noise."
            : ""))
    }
    let encoders = own.filter { fact in !transformers.contains { $0.network == fact.network } }
    statements += grouped(own, all: "All networks") { "\($0.kind)." }
    for text in [noiseText, weightsText, poolingText] {
      statements += grouped(transformers, all: "All diffusion transformers", text)
    }
    for text in [inputText, featuresText] { statements += grouped(encoders, all: "All encoders", text) }
    return statements
  }

  /// A statement for every different text, with the names of the networks that it is true of.
  ///
  /// - Parameter all: What several are called together where one text is true of them all.
  private func grouped(_ facts: [ExtractionFact], all: String, _ text: (ExtractionFact) -> String) -> [String]
  {
    let texts = facts.map(text)
    let different = distinct(texts)
    return different.map { text in
      let own = facts.indices.filter { texts[$0] == text }.map { facts[$0] }
      let isAll = different.count == 1 && Set(own.map(\.network.name)).count > 1
      return "\(isAll ? all : names(of: own)): \(text)"
    }
  }

  /// "SiT at steps 500, 2000; DINOv2"
  private func names(of facts: [ExtractionFact]) -> String {
    distinct(facts.map(\.network.name)).map { name in
      let steps = distinct(
        facts.filter { $0.network.name == name }.compactMap { $0.network.step ?? $0.description.step })
      guard !steps.isEmpty else { return name }
      return "\(name) at step\(steps.count > 1 ? "s" : "") \(steps.map(groupedText).joined(separator: ", "))"
    }.joined(separator: "; ")
  }

  private func noiseText(_ fact: ExtractionFact) -> String {
    let mixture =
      switch fact.setting("interpolant") {
      case "linear": "x_t = (1 - t) x + t e"
      case "cosine": "x_t = cos(πt/2) x + sin(πt/2) e"
      default: "x_t follows DDPM’s schedule of 1,000 steps"
      }
    let told =
      switch fact.setting("time_convention") {
      case "repa": "t"
      case "sit": "1 - t"
      default: "the step 999 t"
      }
    let label = fact.setting("null_label").map { "the null label (\($0))" } ?? "each sample’s own label"
    let posterior =
      fact.setting("latents.posterior") == "sample"
      ? "a draw from the VAE’s posterior" : "the mean of the VAE’s posterior"
    let bias = number("latents.bias", of: fact) ?? 0
    return
      "\(mixture) (\(fact.setting("interpolant") ?? "")), with x \(posterior) times \(number("latents.scale", of: fact).map(shortText) ?? "?")"
      + "\(bias == 0 ? "" : ", plus \(shortText(bias))"); the network is told \(told), and \(label)."
  }

  private func number(_ name: String, of fact: ExtractionFact) -> Double? {
    switch fact.description.settings[name] {
    case .number(let number): number
    case .integer(let number): Double(number)
    default: nil
    }
  }

  private func weightsText(_ fact: ExtractionFact) -> String {
    guard case .checkpoint(_, let options) = fact.network.source, options["weights"] == "model" else {
      return "EMA weights, or the only ones of a file that does not tell them apart."
    }
    return "The weights in training, not their EMA."
  }

  private func poolingText(_ fact: ExtractionFact) -> String {
    "Hidden states are the blocks’ outputs before any norm, \(fact.pooling)."
  }

  private func inputText(_ fact: ExtractionFact) -> String {
    let resize = fact.setting("preprocessing.resize").map { ", resize \($0)" } ?? ""
    let owner = fact.setting("protocol") == "native" ? "the encoder’s own" : "REPA’s"
    return
      "fed by \(owner) protocol: crop \(fact.setting("preprocessing.crop") ?? "not known")\(resize), normalised as "
      + "\(fact.setting("preprocessing.normalisation") ?? "not known")."
  }

  private func featuresText(_ fact: ExtractionFact) -> String {
    guard case .visionTransformer(let configuration) = fact.kind,
      !fact.description.representations.contains(where: { $0.key.layer?.number != nil })
    else { return poolingText(fact) }
    return
      "features are the last block’s output \(configuration.normalizesFeatures ? "after" : "without") the final norm, \(fact.pooling)."
  }
}
