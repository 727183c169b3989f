/// Names for people who try a server and have not said theirs.
enum DevNames {
    private static let first = [
        "Amber", "Brave", "Bright", "Calm", "Clever", "Curious", "Gentle", "Kind", "Lucky", "Merry",
        "Patient",
        "Quick", "Quiet", "Silver", "Swift", "Wise",
    ]
    private static let last = [
        "Badger", "Crane", "Dolphin", "Falcon", "Fox", "Hare", "Heron", "Lynx", "Marten", "Otter", "Owl",
        "Panda",
        "Raven", "Robin", "Seal", "Wren",
    ]

    /// A name as `Quiet Heron`.
    static func random() -> String {
        "\(first[Int.random(in: first.indices)]) \(last[Int.random(in: last.indices)])"
    }
}
