import ArgumentParser
import RepScope

extension Failure {
  /// The option, or the line of an experiment file, that helps: the library does not know where it is used.
  static func hint(for error: any Error, in command: (any ParsableCommand)?) -> String {
    switch error {
    case let error as AlignmentError: hint(for: error.code, in: command) + counting(error.code)
    case let error as FeatureError: hint(for: error.code, in: command)
    default: ""
    }
  }

  private static func hint(for code: AlignmentError.Code, in command: (any ParsableCommand)?) -> String {
    switch (code, command) {
    case (.notFinite, is AlignCommand): "; --drop-nonfinite leaves such samples out"
    case (.notFinite, is RunCommand): "; leave such samples out of the features"
    case (.zeroRow, is AlignCommand): "; --normalize none takes rows as they are"
    case (.zeroRow, is RunCommand): "; normalize: none in the section settings takes rows as they are"
    case (.noTokens, is AlignCommand):
      "; pick others with PATH#NAME or --layers, extract them without pooling, or read arrays [samples, tokens, dimensions] "
        + "with --arrays tokens"
    case (.noTokens, is RunCommand): "; extract them with pooling: none"
    case (.tokensDiffer, is AlignCommand): "; pick the representations to compare with PATH#NAME or --layers"
    default: ""
    }
  }

  private static func counting(_ code: AlignmentError.Code) -> String {
    switch code {
    case .notFinite: " (rows and dimensions count from 0)"
    case .zeroRow: " (rows count from 0)"
    default: ""
    }
  }

  private static func hint(for code: FeatureError.Code, in command: (any ParsableCommand)?) -> String {
    switch (code, command) {
    case (.sameName, is RunCommand): "; give them different names"
    case (.sameName, _): "; tell them apart with LABEL=PATH"
    case (.orderDiffers, let align as AlignCommand) where !align.inputs.join:
      "; --join matches the samples by name"
    default: ""
    }
  }
}
