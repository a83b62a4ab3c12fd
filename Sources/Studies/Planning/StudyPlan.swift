import Curves
import Features
import Files
import Probing

/// What a study needs done, in order, and what of it is there already.
///
/// Every step has a key made from all that its result depends on, so that a second run finds everything done, and a changed
/// setting makes only those steps anew that depend on it.
public struct StudyPlan: Sendable {
  /// One piece of work.
  public struct Step: Sendable, Hashable {
    public enum Kind: String, Sendable, Hashable {
      /// Pictures to cropped pictures and latents.
      case preprocess
      /// A checkpoint to a feature archive.
      case extract
      /// Alignment of one model with references.
      case measure
      /// Probes of one network.
      case probe
      case draw
    }

    public let kind: Kind
    /// In words: "SiT, 28 layers at 3 time steps, 10,000 samples".
    public let title: String
    /// Whether it is done, or all that is made from its result is there already.
    public internal(set) var isDone: Bool
    /// The files and folders that it makes.
    public let outputs: [String]
    let cost: StepCost

    /// Floating-point operations, matrix products only; an estimate.
    public var operations: Double { cost.operations }
    /// What it leaves on the disk; an estimate.
    public var bytes: Double { cost.bytes }

    /// How long it will take; an estimate.
    ///
    /// - Parameter speed: Of a large matrix product, floating-point operations a second.
    public func seconds(speed: Double) -> Double { cost.seconds(speed: speed) }
  }

  public let study: Study
  /// In the order in which they have to be done.
  public let steps: [Step]
  let folder: StudyFolder
  /// One for each step; nil where nothing is left of a measurement.
  let work: [StudyWork?]
  /// The pieces that make up the table, in its order.
  let pieces: [Piece]

  /// A file with some of the table's rows, all of one metric.
  struct Piece: Sendable, Hashable {
    let path: String
    let metric: String

    /// The key of what it was made from, wherever the study's folder is.
    var name: String { String(FilePath.name(of: path)) }
  }

  /// What is left to do.
  public var remaining: [Step] { steps.filter { !$0.isDone } }
  /// The operations of what is left.
  public var operations: Double { remaining.reduce(0) { $0 + $1.operations } }
  /// The bytes that what is left will write.
  public var bytes: Double { remaining.reduce(0) { $0 + $1.bytes } }
  /// How long what is left will take; an estimate.
  ///
  /// - Parameter speed: Of a large matrix product, floating-point operations a second.
  public func seconds(speed: Double) -> Double { remaining.reduce(0) { $0 + $1.seconds(speed: speed) } }
}

/// A step with what it takes to do it.
enum StudyWork: Sendable {
  case preprocess(PlannedSamples)
  case extract(PlannedExtraction)
  case measure(PlannedMeasurement)
  case probe(PlannedProbe)
  case draw(Study.Figure, key: String)
}

/// A list of samples as the networks are fed it.
struct PlannedSamples: Sendable {
  let samples: Study.Samples
  let key: String
  let count: Int
  /// Classes among the labels, 0 where there are none.
  let classes: Int
  /// What the key was made from.
  let inputs: [InputFile]
  /// Where cropped pictures and latents go; nil where nothing has to be made.
  let folder: String?
  let vae: String?
  let resolution: Int?
}

/// Features of a network: where they are, or will be.
struct PlannedFeatures: Sendable {
  let network: Study.Network
  let key: String
  /// An archive's folder, or `PATH#NAME`.
  let path: String
  /// The file that features are read from as they are; none where they are extracted.
  let inputs: [InputFile]
  /// What is taken of the features that are there; everything of what is extracted.
  let selection: Sweep.Selection
  let size: Size

  /// How much there is to measure.
  struct Size: Sendable, Hashable {
    var representations: Int
    var samples: Int
    /// Dimensions of a vector.
    var width: Int
  }
}

struct PlannedExtraction: Sendable {
  let features: PlannedFeatures
  let samples: PlannedSamples
  let checkpoint: String
  let noiseSeed: UInt64
  /// Whether an encoder takes pictures as they are, not those cropped for a VAE.
  var seesOriginals: Bool {
    guard case .checkpoint(_, let options) = features.network.source else { return false }
    return NetworkChoices(options).seesOriginals
  }
  /// The checkpoint, and what the samples are made from.
  let inputs: [InputFile]
}

struct PlannedMeasurement: Sendable {
  let model: PlannedFeatures
  /// What is missing: references and metrics that share a run.
  let references: [PlannedFeatures]
  let metrics: [String]
  /// Where each reference's each metric goes, in their order.
  let pieces: [[String]]
  /// What is missing of the model alone: a property, and where it goes.
  let properties: [(name: String, piece: String)]
  let masks: InputFile?
  let keepsGramMatrices: Bool
}

struct PlannedProbe: Sendable {
  let training: PlannedFeatures
  let validation: PlannedFeatures
  let probe: ProbeProtocol
  let piece: String
}
