import Foundation

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

  /// Writes all of a text; a reader that has gone away ends the program quietly, as it does other filters.
  static func write(_ text: String, to descriptor: Int32) {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
      if count > 0 {
        bytes = bytes.dropFirst(count)
      } else if errno != EINTR {
        return
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
    let line = "[\(bar)] \(done)/\(total) \(unit), \(rounded(rate))/s, \(left) s left  \(latest)"
    Console.write("\r\u{1B}[2K" + line.prefix(110), to: STDERR_FILENO)
  }

  /// Clears the line, before anything else is written.
  func finish() {
    if isShown, lastShown != nil { Console.write("\r\u{1B}[2K", to: STDERR_FILENO) }
  }

  private func rounded(_ rate: Double) -> String {
    rate >= 10 ? String(Int(rate)) : String((rate * 10).rounded() / 10)
  }
}
