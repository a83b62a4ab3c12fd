// swift-tools-version: 6.1
import PackageDescription

let package = Package(
  name: "repscope",
  // Only Linux is tested; the macOS floor is what `Synchronization` asks for.
  products: [
    .library(name: "RepScope", targets: ["RepScope"]),
    .executable(name: "repscope", targets: ["RepScopeTool"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
  ],
  targets: [
    // C libraries from the system: module maps only.
    .systemLibrary(
      name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"]), .brew(["openblas"])]),
    .systemLibrary(
      name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),
    .systemLibrary(
      name: "CCairo", pkgConfig: "cairo", providers: [.apt(["libcairo2-dev"]), .brew(["cairo"])]),
    // Small C loops, compiled once per instruction set and chosen when the program runs, so that a plain
    // `swift build` on any machine gives a tool that is fast on every machine.
    .target(name: "CKernels"),

    // Behind a plain interface: both libraries report errors by longjmp, which Swift frames must not see.
    .target(
      name: "CImageCodecs", linkerSettings: [.linkedLibrary("png"), .linkedLibrary("jpeg")]),

    // The ground floor: numbers and files.
    .target(name: "LinearAlgebra", dependencies: ["COpenBLAS", "CKernels"]),
    .target(name: "Files"),
    .target(name: "TensorFiles", dependencies: ["CKernels", "CZlib", "Files"]),
    .target(
      name: "Images", dependencies: ["CImageCodecs", "CKernels", "Files", "LinearAlgebra", "TensorFiles"]),
    // What features are, and what is measured on them.
    .target(name: "Features", dependencies: ["Files", "LinearAlgebra", "TensorFiles"]),
    .target(name: "Alignment", dependencies: ["CKernels", "LinearAlgebra"]),
    .target(name: "Probing", dependencies: ["Alignment", "CKernels", "LinearAlgebra"]),
    .target(name: "Fidelity", dependencies: ["Alignment", "CKernels", "LinearAlgebra"]),
    // The networks whose hidden states become features.
    .target(name: "Models", dependencies: ["CKernels", "LinearAlgebra", "TensorFiles"]),
    // From pictures or latents and a checkpoint to a feature archive.
    .target(
      name: "Extraction",
      dependencies: ["CKernels", "Features", "Files", "Images", "LinearAlgebra", "Models", "TensorFiles"]),
    // What is made of the measurements.
    .target(
      name: "Curves",
      dependencies: ["Alignment", "Features", "Fidelity", "Files", "LinearAlgebra", "Probing"]),
    .target(name: "Charts", dependencies: ["CCairo", "Curves", "Features", "Files"]),
    .target(name: "Reports", dependencies: ["Curves", "Features", "Files"]),
    // Experiment files: a whole analysis planned, run and kept.
    .target(
      name: "Studies",
      dependencies: [
        "Alignment", "Charts", "Curves", "Extraction", "Features", "Files", "Images", "LinearAlgebra",
        "Models", "Probing", "Reports", .product(name: "Yams", package: "Yams"),
      ]),
    // The public face, and the command line over it.
    .target(
      name: "RepScope",
      dependencies: [
        "Alignment", "Charts", "Curves", "Extraction", "Features", "Fidelity", "Files", "Images",
        "LinearAlgebra", "Models", "Probing", "Reports", "Studies", "TensorFiles",
      ]),
    .executableTarget(
      name: "RepScopeTool",
      dependencies: ["RepScope", .product(name: "ArgumentParser", package: "swift-argument-parser")]),

    // What the tests of several modules use: temporary folders, random numbers.
    .target(name: "TestSupport", path: "Tests/TestSupport"),
    .testTarget(name: "LinearAlgebraTests", dependencies: ["LinearAlgebra"]),
    .testTarget(name: "FilesTests", dependencies: ["Files", "TestSupport"]),
    // Tests/Fuzzing belongs to no target: Tests/Fuzzing/fuzz.sh compiles it with the sanitizers.
    .testTarget(
      name: "TensorFilesTests", dependencies: ["CKernels", "Files", "TensorFiles", "TestSupport"]),
    .testTarget(
      name: "FeaturesTests",
      dependencies: ["Features", "Files", "LinearAlgebra", "TensorFiles", "TestSupport"]),
    .testTarget(name: "AlignmentTests", dependencies: ["Alignment", "LinearAlgebra", "TensorFiles"]),
    .testTarget(
      name: "ImagesTests",
      dependencies: ["Files", "Images", "LinearAlgebra", "TensorFiles", "TestSupport"]),
    .testTarget(
      name: "ProbingTests", dependencies: ["LinearAlgebra", "Probing", "TensorFiles"]),
    .testTarget(
      name: "FidelityTests", dependencies: ["Fidelity", "LinearAlgebra", "TensorFiles"]),
    .testTarget(
      name: "ModelsTests",
      dependencies: ["CKernels", "LinearAlgebra", "Models", "TensorFiles", "TestSupport"]),
    .testTarget(
      name: "ExtractionTests",
      dependencies: [
        "Alignment", "Extraction", "Features", "Files", "Images", "LinearAlgebra", "Models", "TensorFiles",
        "TestSupport",
      ]),
    .testTarget(
      name: "CurvesTests",
      dependencies: ["Alignment", "Curves", "Features", "Files", "LinearAlgebra", "TestSupport"]),
    .testTarget(
      name: "ChartsTests", dependencies: ["Charts", "Curves", "Features", "Files", "TestSupport"],
      exclude: ["Snapshots"]),
    .testTarget(name: "ReportsTests", dependencies: ["Curves", "Features", "Reports"]),
    .testTarget(
      name: "StudiesTests",
      dependencies: [
        "Curves", "Extraction", "Features", "Files", "Images", "Models", "Reports", "Studies", "TensorFiles",
        "TestSupport",
      ]),
    // Runs the built tool, as a user does.
    .testTarget(
      name: "RepScopeToolTests",
      dependencies: [
        "RepScope", "RepScopeTool", "TestSupport",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
  ],
  swiftLanguageModes: [.v6]
)
