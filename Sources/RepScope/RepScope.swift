// One import for an experiment: everything public of the library's modules.
@_exported import Alignment
@_exported import Charts
@_exported import Curves
@_exported import Extraction
@_exported import Features
@_exported import Fidelity
@_exported import Files
@_exported import Images
@_exported import LinearAlgebra
@_exported import Models
@_exported import Probing
@_exported import Reports
@_exported import Studies
@_exported import TensorFiles
