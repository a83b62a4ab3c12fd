import LinearAlgebra
import Testing

@testable import Models
import Glibc

/// Layers against slow definitions in Double.
@Suite struct LayerTests {
  private static func random(_ rows: Int, _ columns: Int, seed: UInt64) -> Matrix {
    Matrix(rows: rows, columns: columns) { CounterRandom(seed: seed).fillNormal($0, from: 0) }
  }

  private static func slice(_ values: [Float], columns: Int) -> MatrixSlice {
    let memory = UnsafeMutablePointer<Float>.allocate(capacity: values.count)
    memory.initialize(from: values, count: values.count)
    return MatrixSlice(memory, rows: values.count / columns, columns: columns)
  }

  @Test("a linear layer with and without bias", arguments: [true, false])
  func linear(hasBias: Bool) {
    let weight = Self.random(7, 5, seed: 1)
    let bias = hasBias ? Self.random(1, 7, seed: 2) : nil
    let layer = Linear(weight: weight, bias: bias)
    let input = Self.random(3, 5, seed: 3)
    let x = input.withUnsafeBufferPointer { Self.slice(Array($0), columns: 5) }
    let y = Self.slice([Float](repeating: .nan, count: 21), columns: 7)
    defer { [x, y].forEach { $0.base.deallocate() } }
    layer.apply(x, into: y)
    for row in 0..<3 {
      let single = layer.apply((0..<5).map { input[row, $0] })
      for output in 0..<7 {
        var exact = Double(bias?[0, output] ?? 0)
        for index in 0..<5 { exact += Double(input[row, index]) * Double(weight[output, index]) }
        #expect(abs(Double(y.base[row * 7 + output]) - exact) < 1e-5)
        #expect(single[output] == Float(exact))
      }
    }
  }

  /// 300 tokens need two rounds of scores; 700 four.
  @Test("attention in several heads", arguments: [(1, 1, 4), (9, 2, 6), (300, 2, 8), (700, 1, 8)])
  func attention(tokens: Int, heads: Int, width: Int) {
    let projection = Linear(
      weight: Self.random(3 * width, width, seed: 4), bias: Self.random(1, 3 * width, seed: 5))
    let output = Linear(weight: Self.random(width, width, seed: 6), bias: nil)
    let attention = Attention(
      heads: heads, projections: [projection], queryNorm: nil, keyNorm: nil, output: output)
    let input = Self.random(tokens, width, seed: 7)
    let x = input.withUnsafeBufferPointer { Self.slice(Array($0), columns: width) }
    let memory = [3 * tokens * width, tokens * width, tokens * Attention.scoreRows(tokens), tokens].map {
      Self.slice([Float](repeating: .nan, count: $0), columns: 1)
    }
    defer { (memory + [x]).forEach { $0.base.deallocate() } }
    attention.apply(
      x, into: x,
      .init(
        projected: memory[0].base, mixed: memory[1].base, scores: memory[2].base, inverseSums: memory[3].base)
    )

    let qkv = (0..<tokens).map { row in projection.apply((0..<width).map { input[row, $0] }).map(Double.init)
    }
    let size = width / heads
    for row in [0, tokens / 2, tokens - 1] {
      var mixed = [Float](repeating: 0, count: width)
      for head in 0..<heads {
        let scores = qkv.map { key in
          (0..<size).reduce(0) { $0 + qkv[row][head * size + $1] * key[width + head * size + $1] }
            / Double(size).squareRoot()
        }
        let weights = scores.map { exp($0 - scores.max()!) }
        for index in 0..<size {
          let column = 2 * width + head * size + index
          mixed[head * size + index] = Float(
            zip(weights, qkv).reduce(0) { $0 + $1.0 * $1.1[column] } / weights.reduce(0, +))
        }
      }
      let exact = output.apply(mixed)
      #expect(
        Goldens.error(Array(UnsafeBufferPointer(start: x.base + row * width, count: width)), exact) < 1e-5)
    }
  }

  @Test("patches of a picture go out and come back in order")
  func patches() {
    let (height, width, channels, patch) = (4, 6, 2, 2)
    let picture = (0..<height * width * channels).map(Float.init)
    // The identity as a kernel: a token is its patch, [channel, row, column].
    let size = channels * patch * patch
    let identity = Matrix(
      rows: size, columns: size, elements: (0..<size * size).map { $0 % (size + 1) == 0 ? 1 : 0 })
    let embedding = PatchEmbedding(
      projection: Linear(weight: identity, bias: nil), patchSize: patch, channels: channels)
    let tokens = Self.slice([Float](repeating: 0, count: picture.count), columns: size)
    let scratch = Self.slice(picture, columns: 1)
    defer { [tokens, scratch].forEach { $0.base.deallocate() } }
    embedding.apply(picture, height: height, width: width, into: tokens, patches: scratch.base)
    #expect(Array(tokens.elements[size..<2 * size]) == [2, 3, 8, 9, 26, 27, 32, 33])
    // The output's order is [row, column, channel].
    let rearranged = (0..<6).flatMap { token in
      (0..<size).map { tokens.elements[token * size + ($0 % channels) * patch * patch + $0 / channels] }
    }
    let back = Self.slice(rearranged, columns: size)
    defer { back.base.deallocate() }
    var assembled = [Float](repeating: 0, count: picture.count)
    PatchEmbedding.assemble(
      back, patchSize: patch, height: height, width: width, channels: channels, into: &assembled)
    #expect(assembled == picture)
  }

  @Test("the computed position embedding is the one that official checkpoints store")
  func positions() throws {
    let model = try DiffusionTransformer(Goldens.model("dit_official/checkpoint.pt"))
    let computed = PositionEmbedding.sineCosine(rows: 8, columns: 8, width: 32)
    let error = computed.withUnsafeBufferPointer { a in
      model.positions.withUnsafeBufferPointer { Goldens.error(a, $0) }
    }
    #expect(error <= 1e-6)
  }
}
