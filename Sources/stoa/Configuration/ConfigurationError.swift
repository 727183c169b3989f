/// A configuration that cannot be used; the server exits with status 2.
struct ConfigurationError: Error, CustomStringConvertible {
    /// What is wrong, with the key and the place that it comes from.
    let description: String

    init(_ description: String) { self.description = description }
}
