import ArgumentParser
import Foundation
import RepScope

/// Where errors become words for a person and a number for a script.
enum Failure {
  /// The exit codes of sysexits.h that repscope uses.
  enum Status: Int32 {
    case badData = 65
    case missingInput = 66
    case bug = 70
    case cannotWrite = 73
  }

  /// - Parameter command: What was run, where it is known: it tells which advice helps.
  static func exit(_ error: any Error, in command: (any ParsableCommand)? = nil) -> Never {
    guard let status = status(of: error) else {
      // Help and version, and the exit code of a command that has said all there is to say.
      let code = RepScopeCommand.exitCode(for: error)
      guard code == .validationFailure else { RepScopeCommand.exit(withError: error) }
      Console.error(RepScopeCommand.message(for: error))
      Console.note("See '\(RepScopeCommand.invoked) --help'.")
      Foundation.exit(code.rawValue)
    }
    Console.error(
      status == .bug ? "this is a bug in repscope: \(error)" : "\(error)\(hint(for: error, in: command))")
    Foundation.exit(status.rawValue)
  }

  /// The exit code for an error, nil for those of the argument parser.
  static func status(of error: any Error) -> Status? {
    switch error {
    case let error as TensorFileError: tensorFileStatus(error.code)
    case let error as FeatureError: error.code == .missing ? .missingInput : .badData
    case let error as FileError: error.operation == .write ? .cannotWrite : .missingInput
    case let error as ModelError: error.code == .missing ? .missingInput : .badData
    case let error as ExtractionError: extractionStatus(error.code)
    case let error as ImageError: imageStatus(error.code)
    case is ChartError, is StudyFileError, is StudyError: .badData
    case is AlignmentError, is FidelityError, is LAPACKError, is ProbeError, is TableError: .badData
    case is ExitCode, is ValidationError, is CleanExit: nil
    default: String(reflecting: type(of: error)).hasPrefix("ArgumentParser.") ? nil : .bug
    }
  }

  private static func extractionStatus(_ code: ExtractionError.Code) -> Status {
    switch code {
    case .missing: .missingInput
    case .cannotWrite: .cannotWrite
    default: .badData
    }
  }

  private static func imageStatus(_ code: ImageError.Code) -> Status {
    switch code {
    case .missing, .unreadable: .missingInput
    default: .badData
    }
  }

  private static func tensorFileStatus(_ code: TensorFileError.Code) -> Status {
    switch code {
    case .missingFile, .permissionDenied: .missingInput
    default: .badData
    }
  }
}
