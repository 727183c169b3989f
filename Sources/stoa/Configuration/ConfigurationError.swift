/// A configuration or a command line that cannot be used; the program exits with status 2.
struct ConfigurationError: Error, CustomStringConvertible {
    /// All that is wrong, each with the key and the place that it comes from.
    let faults: [String]

    /// The faults, one a line.
    var description: String { faults.joined(separator: "\n") }

    init(_ fault: String) { faults = [fault] }

    init(_ faults: [String]) { self.faults = faults }
}
