import Features
import LinearAlgebra

/// Latents, noise and a diffusion transformer: a row has a piece of work for each time step.
struct DiffusionWork<Model: DiffusionModel>: ExtractionWork {
  private let model: Model
  private let latents: Latents
  private let settings: DiffusionSettings
  private let plan: DiffusionPlan
  private let cache: ConditioningCache<Model>

  init(_ model: Model, latents: Latents, settings: DiffusionSettings) throws {
    self.model = model
    self.latents = latents
    self.settings = settings
    plan = try DiffusionPlan(settings, network: model.network, latents: latents)
    cache = ConditioningCache(model, timesteps: plan.steps.count)
  }

  var description: ArchiveDescription { plan.description }
  var samples: ArchiveSamples { plan.archiveSamples }
  // A latent that has to be computed is computed once, by the thread that then takes it through all time steps.
  var piecesPerRow: Int { latents.isComputed ? 1 : plan.steps.count }

  func prepare(threads: Threads) throws {
    guard settings.condition == .nullLabel, let label = plan.labels.first else { return }
    for step in plan.steps {
      _ = try cache.conditioning(timestep: step.condition, label: label, threads: threads)
    }
  }

  func makeWorker() -> DiffusionWorker<Model> {
    DiffusionWorker(model, plan: plan, settings: settings, latents: latents)
  }

  func compute(
    row: Int, piece: Int, _ worker: DiffusionWorker<Model>,
    into target: (Int) -> UnsafeMutableBufferPointer<Float>
  ) throws {
    for step in latents.isComputed ? 0..<plan.steps.count : piece..<piece + 1 {
      let conditioning = try cache.conditioning(
        timestep: plan.steps[step].condition, label: plan.labels[row], threads: Threads(1))
      try worker.run(sample: plan.samples[row], step: step, conditioning: conditioning) { tap in
        target(plan.representation(step: step, tap: tap))
      }
    }
  }
}
