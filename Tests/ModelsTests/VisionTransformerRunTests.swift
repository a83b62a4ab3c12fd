import LinearAlgebra
import TensorFiles
import TestSupport
import Testing

@testable import Models

/// Running an encoder: order, threads, and checkpoints and arguments that do not fit.
@Suite struct VisionTransformerRunTests {
  private static func picture(_ seed: UInt64, side: Int = 70) -> [Float] {
    var values = [Float](repeating: 0, count: 3 * side * side)
    values.withUnsafeMutableBufferPointer { CounterRandom(seed: seed).fillNormal($0, from: 0) }
    return values
  }

  private static func dinov2(_ options: VisionTransformer.Options = .init(inputSize: .init(square: 70)))
    throws
    -> VisionTransformer
  {
    try VisionTransformer(Goldens.model("dinov2_vits/checkpoint.pth"), options: options)
  }

  private func altered(
    _ golden: String = "dinov2_vits/checkpoint.pth", _ change: (inout AlteredCheckpoint) -> Void
  ) throws -> VisionTransformer {
    let folder = try TemporaryFolder()
    var checkpoint = try AlteredCheckpoint(golden)
    change(&checkpoint)
    try checkpoint.save(to: "\(folder.path)/a.safetensors")
    return try VisionTransformer("\(folder.path)/a.safetensors", options: .init(heads: 4))
  }

  @Test("taps come in the network's order, and work stops after the last")
  func order() throws {
    let model = try Self.dinov2()
    var seen: [VisionTransformer.Tap] = []
    try Self.picture(1).withUnsafeBufferPointer { picture in
      try model.run(
        picture, taps: [.imageFeatures, .final, .layer(3), .layer(0)], workspace: model.makeWorkspace()
      ) { tap, values in
        seen.append(tap)
        #expect(values.count == (tap == .imageFeatures ? 28 : 26 * 28))
      }
    }
    #expect(seen == [.layer(0), .layer(3), .final, .imageFeatures])
    // A layer after the last tap may hold anything.
    let broken = try altered { $0.change("blocks.2.mlp.fc1.weight") { $0.values[5] = .nan } }
    #expect(try broken.values(Self.picture(1, side: 112), taps: [.layer(2)]).count == 1)
  }

  @Test("a result does not depend on threads, on what was computed before, or on the other taps")
  func threads() throws {
    let model = try Self.dinov2()
    let alone = try (0..<6).map { try model.values(Self.picture($0), taps: [.layer(3), .final]) }
    let workspaces = (0..<3).map { _ in model.makeWorkspace() }
    try parallelLoop(6, threads: Threads(3)) { image, worker in
      for (tap, values) in try model.values(Self.picture(UInt64(image)), workspace: workspaces[worker]) {
        if let expected = alone[image][tap] { #expect(expected == values) }
      }
    }
  }

  @Test("which row is what")
  func layout() throws {
    let path = Goldens.model("dinov2_reg4/checkpoint.pth")
    let size = VisionTransformer.InputSize(height: 24, width: 40)
    let layout = try VisionTransformer(path, options: .init(inputSize: size)).configuration.tokenLayout
    #expect(layout.classToken == 0)
    #expect(layout.registers == 1..<5)
    #expect(layout.patches == 5..<20)
    #expect(layout.gridRows == 3 && layout.gridColumns == 5)
    let ijepa = try VisionTransformer(Goldens.model("ijepa/checkpoint.pth.tar")).configuration.tokenLayout
    #expect(ijepa.classToken == nil && ijepa.registers.isEmpty && ijepa.patches == 0..<16)
  }

  @Test("taps, inputs and workspaces that do not fit")
  func arguments() throws {
    let model = try Self.dinov2()
    expectModelError(.invalidArgument, "layer 4", "layers 0 to 3") {
      try model.values(Self.picture(1), taps: [.layer(4)])
    }
    expectModelError(.invalidArgument, "3 elements; expected 3 x 70 x 70") {
      try model.values([1, 2, 3], taps: [.final])
    }
    var picture = Self.picture(1)
    picture[77] = .infinity
    expectModelError(.notFinite, "element 77 of the input is inf") {
      try model.values(picture, taps: [.final])
    }
    let other = try Self.dinov2(.init())
    expectModelError(.invalidArgument, "made for another model") {
      try model.values(Self.picture(1), taps: [.final], workspace: other.makeWorkspace())
    }
    let ijepa = try VisionTransformer(Goldens.model("ijepa/checkpoint.pth.tar"))
    expectModelError(.invalidArgument, "I-JEPA has no vector for the whole picture") {
      try ijepa.values(Self.picture(1, side: 56), taps: [.imageFeatures])
    }
  }

  @Test("input sizes that patches or the protocol do not allow")
  func inputSizes() throws {
    for size in [(71, 70), (70, 0), (-14, 70), (1 << 40, 14)] {
      expectModelError(.invalidArgument, "cannot be cut into patches of 14 x 14") {
        try Self.dinov2(.init(inputSize: .init(height: size.0, width: size.1)))
      }
    }
    for (golden, name, side) in [
      ("clip_hf", "CLIP", 70), ("ijepa/checkpoint.pth.tar", "I-JEPA", 56),
    ] {
      expectModelError(.unsupported, "\(name) is run at its own size, \(side) x \(side)") {
        try VisionTransformer(Goldens.model(golden), options: .init(inputSize: .init(square: 42)))
      }
    }
    expectModelError(.unsupported, "protocol native, MAE is run at its own size, 48 x 48") {
      try VisionTransformer(
        Goldens.model("mae/checkpoint.pth"),
        options: .init(featureProtocol: .native, inputSize: .init(square: 56)))
    }
  }

  @Test("tensors that are missing, misshapen or left over")
  func wrongTensors() {
    expectModelError(.wrongTensors, "1 missing: blocks.1.norm2.bias [28]") {
      try altered { $0.remove { $0 == "blocks.1.norm2.bias" } }
    }
    expectModelError(.wrongTensors, "1 missing: blocks.1.ls1.gamma [28]") {
      try altered { $0.remove { $0 == "blocks.1.ls1.gamma" } }
    }
    expectModelError(.wrongTensors, "1 missing: blocks.2.attn.qkv.bias [84]") {
      try altered { $0.remove { $0 == "blocks.2.attn.qkv.bias" } }
    }
    expectModelError(.wrongTensors, "1 missing: norm.weight [28]") {
      try altered { $0.remove { $0 == "norm.weight" } }
    }
    expectModelError(
      .wrongTensors, "1 of another shape: blocks.0.mlp.fc2.bias is float32 [27], expected [28]",
      "1 left over: blocks.0.attn.q_norm.weight"
    ) {
      try altered {
        $0.change("blocks.0.mlp.fc2.bias") { ($0.shape, $0.values) = ([27], Array($0.values.dropLast())) }
        $0.add("blocks.0.attn.q_norm.weight", shape: [7])
      }
    }
    expectModelError(.wrongTensors, "14 missing: blocks.1.", "left over: blocks.7.") {
      try altered { $0.rename { $0.replacingOccurrences(of: "blocks.1.", with: "blocks.7.") } }
    }
    expectModelError(.unsupported, "pos_embed has 63 positions; expected those of a square grid") {
      try altered {
        $0.change("pos_embed") { ($0.shape[1], $0.values) = (63, Array($0.values.prefix(63 * 28))) }
      }
    }
    expectModelError(.unknownArchitecture, "no vision transformer", "patch_embed.proj.weight", "x_embedder") {
      try VisionTransformer(Goldens.model("sit_official_p2/checkpoint.pt"))
    }
    expectModelError(.unknownArchitecture, "has no blocks.0.mlp.fc1.weight") {
      try altered { $0.remove { $0.hasPrefix("blocks") } }
    }
  }

  @Test(
    "NaN and infinity are reported where they appear first",
    arguments: [
      ("blocks.1.ls2.gamma", Float.nan, "layer 2 produced NaN"),
      ("cls_token", .infinity, "layer 0 produced infinity, first in token 0"),
      ("pos_embed", .nan, "layer 0 produced NaN"), ("norm.weight", .nan, "the final norm produced NaN"),
    ])
  func notFinite(tensor: String, value: Float, message: String) throws {
    let model = try altered { $0.change(tensor) { $0.values[5] = value } }
    expectModelError(.notFinite, message) { try model.values(Self.picture(1, side: 112)) }
  }
}
