import Foundation
import RepScope

/// Standard output for results, standard error for everything that is said about them.
enum Console {
  static func print(_ text: String) {
    write(text + "\n", to: STDOUT_FILENO)
  }

  static func warning(_ text: String) {
    write("warning: \(text)\n", to: STDERR_FILENO)
  }

  static func error(_ text: String) {
    write("error: \(text)\n", to: STDERR_FILENO)
  }

  static func note(_ text: String) {
    write(text + "\n", to: STDERR_FILENO)
  }

  /// Writes a text for people: names from files must not be able to steer the terminal.
  static func write(_ text: String, to descriptor: Int32) {
    writeExactly(text.withoutControls, to: descriptor)
  }

  /// Writes a text for programs as it is, and to a terminal without what would steer it.
  static func writeData(_ text: String) {
    writeExactly(isatty(STDOUT_FILENO) == 1 ? text.withoutControls : text, to: STDOUT_FILENO)
  }

  /// Keeps the numbers of closed standard streams from being given to files that are opened later, and a reader that goes
  /// away from ending the program before its other files are written.
  static func reserveStreams() {
    signal(SIGPIPE, SIG_IGN)
    for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) == -1 {
      // Read-only, so that writing still fails.
      _ = open("/dev/null", O_RDONLY)
    }
  }

  /// Writes all of a text. A reader that has gone away is no failure, as for other filters; results that get lost
  /// otherwise end the program.
  fileprivate static func writeExactly(_ text: String, to descriptor: Int32) {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
      if count > 0 {
        bytes = bytes.dropFirst(count)
      } else if errno != EINTR {
        guard descriptor == STDOUT_FILENO, errno != EPIPE else { return }
        Failure.exit(
          FileError(operation: .write, path: "standard output", reason: String(cString: strerror(errno))))
      }
    }
  }
}

/// A bar with rate and time left, on a terminal only.
final class ProgressBar {
  private let isShown = isatty(STDERR_FILENO) == 1
  private let start = ContinuousClock.now
  private let unit: String
  private var lastShown: ContinuousClock.Instant?

  /// - Parameter unit: What is counted, such as "representations".
  init(counting unit: String) {
    self.unit = unit
  }

  func show(_ done: Int, of total: Int, _ latest: String) {
    let now = ContinuousClock.now
    guard isShown, total > 0, done == total || lastShown.map({ now - $0 > .milliseconds(100) }) ?? true else {
      return
    }
    lastShown = now
    let seconds = (now - start) / .seconds(1)
    let rate = Double(done) / max(seconds, 1e-9)
    let width = 24
    let filled = width * done / total
    let bar = String(repeating: "#", count: filled) + String(repeating: "-", count: width - filled)
    let left = rate > 0 ? Int((Double(total - done) / rate).rounded(.up)) : 0
    let line =
      "[\(bar)] \(done)/\(total) \(unit), \(rounded(rate))/s, \(left) s left  \(latest.withoutControls)"
    Console.writeExactly("\r\u{1B}[2K" + line.prefix(110), to: STDERR_FILENO)
  }

  /// Clears the line, before anything else is written.
  func finish() {
    if isShown, lastShown != nil { Console.writeExactly("\r\u{1B}[2K", to: STDERR_FILENO) }
  }

  private func rounded(_ rate: Double) -> String {
    rate >= 10 ? String(Int(rate)) : String((rate * 10).rounded() / 10)
  }
}

extension String {
  /// The text with a question mark for every control character but line breaks and tabs.
  fileprivate var withoutControls: String {
    var text = ""
    for scalar in unicodeScalars {
      let isControl = scalar.properties.generalCategory == .control && scalar != "\n" && scalar != "\t"
      text.unicodeScalars.append(isControl ? "?" : scalar)
    }
    return text
  }
}
