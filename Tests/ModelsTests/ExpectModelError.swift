import Models
import Testing

/// Expects a ``ModelError`` of that code whose text contains every one of `parts`.
func expectModelError<Result>(
  _ code: ModelError.Code, _ parts: String..., sourceLocation: SourceLocation = #_sourceLocation,
  from body: () throws -> Result
) {
  do {
    _ = try body()
    Issue.record("no error; expected \(code): \(parts)", sourceLocation: sourceLocation)
  } catch let error as ModelError {
    #expect(error.code == code, "\(error)", sourceLocation: sourceLocation)
    for part in parts {
      #expect(error.description.contains(part), "\(error)", sourceLocation: sourceLocation)
    }
  } catch {
    Issue.record("\(error); expected \(code): \(parts)", sourceLocation: sourceLocation)
  }
}
