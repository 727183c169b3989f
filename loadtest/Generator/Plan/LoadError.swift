/// Why a run could not be done, in words.
struct LoadError: Error, CustomStringConvertible {
    let description: String
    /// Whether the server lacks something that has to be installed first.
    let isNotInstalled: Bool

    init(_ description: String, isNotInstalled: Bool = false) {
        self.description = description
        self.isNotInstalled = isNotInstalled
    }
}
