import Decimals

/// The level that an experience makes: ⌊√(XP ÷ 100)⌋ (REQUIREMENTS C5), exactly.
public struct ExperienceLevel: Hashable, Sendable {
    /// What one has gathered; never below 0.
    public let experience: Int64
    /// The level, from 0.
    public let level: Int64

    /// The level of an experience.
    ///
    /// - Parameter experience: Below 0 it counts as nothing.
    public init(_ experience: Int64) {
        self.experience = max(0, experience)
        // The root of a floor has the same floor as the root itself.
        level = Int64(IntegerRoot.floor(UInt64(self.experience) / 100))
    }

    /// The experience at which the next level begins.
    public var next: Int64 { (level + 1) * (level + 1) * 100 }

    /// How much is missing to the next level.
    public var missing: Int64 { next - experience }
}
