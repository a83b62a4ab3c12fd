import LinearAlgebra
import Synchronization

/// What depends on time step and label only, computed once for all images as far as memory allows.
final class ConditioningCache<Model: DiffusionModel>: Sendable {
  private let model: Model
  private let content = Mutex(Content())

  private let capacity: Int

  private struct Key: Hashable {
    let timestep: Double
    let label: Int
  }

  private struct Content {
    var known: [Key: Model.Conditioning] = [:]
    /// In the order of their coming.
    var order: [Key] = []
  }

  /// - Parameter timesteps: How many there are: those of one label are kept together.
  init(_ model: Model, timesteps: Int) {
    self.model = model
    // Keeping every class of a large model would take gigabytes.
    capacity = max(64, 2 * timesteps)
  }

  func conditioning(timestep: Double, label: Int, threads: Threads) throws -> Model.Conditioning {
    let key = Key(timestep: timestep, label: label)
    if let known = content.withLock({ $0.known[key] }) { return known }
    // Two threads may compute the same; both get the same numbers.
    let new = try model.conditioning(timestep: timestep, label: label, threads: threads)
    content.withLock { content in
      guard content.known.updateValue(new, forKey: key) == nil else { return }
      content.order.append(key)
      if content.order.count > capacity { content.known[content.order.removeFirst()] = nil }
    }
    return new
  }
}
