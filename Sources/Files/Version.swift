/// The version of this package.
public let repscopeVersion = "0.1.0"
