// swift-tools-version: 6.1
import PackageDescription

// A package of its own, so that building repscope neither fetches nor builds what only its measurements need.
let package = Package(
  name: "repscope-benchmarks",
  products: [
    .executable(name: "repscope-benchmarks", targets: ["RepScopeBenchmarks"])
  ],
  dependencies: [
    // Named, because the checkout's folder may be called anything.
    .package(name: "repscope", path: ".."),
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
  ],
  targets: [
    .executableTarget(
      name: "RepScopeBenchmarks",
      dependencies: [
        .product(name: "RepScope", package: "repscope"),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ])
  ],
  swiftLanguageModes: [.v6]
)
