import Alignment
import Curves
import Features
import Probing

/// A whole analysis: which models, which references, on which data, what is measured, and what is drawn.
///
/// It is written as an experiment file, see ``init(contentsOf:)``, and run by ``StudyRunner``.
public struct Study: Sendable {
  /// What report and figures call it.
  public var name: String
  /// In words, for the report.
  public var notes: String
  /// Where paths start that do not begin with a slash: the experiment file's folder.
  public var folder: String
  /// What is measured on; nil where all features are there already.
  public var data: Data?
  public var models: [Network]
  public var references: [Network]
  /// Noise levels of the models that are extracted.
  public var timesteps: [Double]
  /// Nil for all layers.
  public var layers: Set<LayerLabel>?
  public var seed: UInt64
  /// Alignment metrics, of a model and a reference.
  public var metrics: [Metric]
  /// Numbers of one representation alone.
  public var properties: [RepresentationProperty]
  public var settings: AlignmentSettings
  /// The masks of `srss`, `PATH` or `PATH#NAME`.
  public var masks: String?
  /// Null calibration and confidence intervals of the alignment metrics.
  public var statistics: Sweep.Statistics
  /// Probes of every model and reference, trained on the data's training samples.
  public var probes: [ProbeProtocol]
  public var figures: [Figure]

  /// Whether arrays of three dimensions hold patch tokens: what a patch-wise metric is asked of.
  var readsTokens: Bool {
    metrics.contains(where: \.isPatchWise) || properties.contains(where: \.isPatchWise)
  }

  /// Pictures or latents.
  public struct Data: Sendable, Hashable {
    public var samples: Samples
    /// What probes learn from; nil where there are no probes.
    public var training: Samples?
    /// The folder of the VAE that makes latents of pictures.
    public var vae: String?
    /// The height and width that pictures are cropped to; nil for each network's own.
    public var resolution: Int?
  }

  /// A list of samples.
  public struct Samples: Sendable, Hashable {
    /// A folder, list or zip of pictures.
    public var images: String?
    /// Of a list with a column `split`, the rows that are taken.
    public var split: String?
    /// Latents, in place of pictures and VAE.
    public var latents: String?
    /// Labels, in place of those that come with pictures or latents.
    public var labels: String?
    /// The first so many only.
    public var limit: Int?
  }

  /// A model or a reference: a checkpoint to extract from, or features that are there.
  public struct Network: Sendable, Hashable {
    public var name: String
    public var source: Source
    /// The training step, where the checkpoint does not tell.
    public var step: Int?
    /// In place of the study's.
    public var timesteps: [Double]?
    /// In place of the study's: a set, or all.
    public var layers: LayerChoice?
    /// Millions of parameters, for figures against model size; nil to look into the checkpoint.
    public var size: Double?

    public enum Source: Sendable, Hashable {
      /// A checkpoint, and what it does not tell by itself, by the names of `repscope extract`'s options.
      case checkpoint(String, options: [String: String])
      /// An archive or a file, as `PATH` or `PATH#NAME`.
      case features(String)
    }
  }

  /// All layers, or some.
  public enum LayerChoice: Sendable, Hashable {
    case all
    case some(Set<LayerLabel>)

    var labels: Set<LayerLabel>? {
      if case .some(let labels) = self { labels } else { nil }
    }
  }
}
