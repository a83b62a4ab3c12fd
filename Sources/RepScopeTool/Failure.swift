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

  static func exit(_ error: any Error) -> Never {
    guard let status = status(of: error) else {
      // Usage, help and version: the parser knows how to say them, and exits with 64 or 0.
      RepScopeCommand.exit(withError: error)
    }
    Console.error(status == .bug ? "this is a bug in repscope: \(error)" : "\(error)")
    Foundation.exit(status.rawValue)
  }

  /// The exit code for an error, nil for those of the argument parser.
  static func status(of error: any Error) -> Status? {
    switch error {
    case let error as TensorFileError: tensorFileStatus(error.code)
    case let error as FeatureError: error.code == .missing ? .missingInput : .badData
    case let error as ModelError: error.code == .missing ? .missingInput : .badData
    case let error as FileError: error.operation == .write ? .cannotWrite : .missingInput
    case let error as ExtractionError: extractionStatus(error.code)
    case is ChartError: .badData
    case is AlignmentError, is TableError: .badData
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

  private static func tensorFileStatus(_ code: TensorFileError.Code) -> Status {
    switch code {
    case .missingFile, .permissionDenied: .missingInput
    default: .badData
    }
  }
}
