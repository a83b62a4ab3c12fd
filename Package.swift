// swift-tools-version: 6.1
import PackageDescription

let package = Package(
  name: "repscope",
  // Only Linux is tested; the macOS floor is what `Synchronization` asks for.
  platforms: [.macOS(.v15)],
  products: [
  ],
  targets: [
    .systemLibrary(
      name: "COpenBLAS", pkgConfig: "openblas",
      providers: [.apt(["libopenblas-dev"]), .brew(["openblas"])]),
    // Small C loops, compiled once per instruction set and chosen when the program runs, so that a
    // plain `swift build` on any machine gives a tool that is fast on every machine.
    .target(name: "CKernels"),
    .target(name: "LinearAlgebra", dependencies: ["COpenBLAS", "CKernels"]),
    .target(name: "Alignment", dependencies: ["LinearAlgebra", "CKernels"]),
    .testTarget(name: "LinearAlgebraTests", dependencies: ["LinearAlgebra"]),
    .testTarget(name: "AlignmentTests", dependencies: ["Alignment"]),
  ],
  swiftLanguageModes: [.v6]
)
