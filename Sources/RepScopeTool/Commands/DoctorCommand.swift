import ArgumentParser
import RepScope

struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "What repscope finds on this machine: processor, BLAS library and kernel, speed, threads.")

  func run() throws {
    let processor = Processor.current
    let kernel = BLASKernel.current
    let threads = Threads.all
    let sets = processor.instructionSets.names
    let one = try MatrixProductSpeed.measure(threads: Threads(1), rounds: 8)
    let all = threads.count > 1 ? try MatrixProductSpeed.measure(threads: threads, rounds: 8) : one
    let isBusy = threads.count > 1 && all < 1.2 * one
    let rows = [
      ("repscope", repscopeVersion),
      ("processor", processor.name),
      ("instruction sets", sets.isEmpty ? "none that matter here" : sets.joined(separator: ", ")),
      ("threads", "\(threads.count)"),
      ("BLAS library", kernel.library),
      ("BLAS kernel", "\(kernel.name) (\(kernel.reason))"),
      ("self-check", kernel.isCorrect ? "passed" : "FAILED: results cannot be trusted"),
      (
        "sgemm",
        "\(Int(one)) Gflop/s on one thread, \(Int(all)) on \(threads.count)\(isBusy ? " (the machine is busy)" : "")"
      ),
      ("Cairo", FigureFormat.libraryVersion),
    ]
    for (name, value) in rows {
      Console.print(name + String(repeating: " ", count: 18 - name.count) + value)
    }
    if !kernel.isCorrect { throw ExitCode(Failure.Status.bug.rawValue) }
  }
}
