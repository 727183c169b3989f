public import Bytes

/// The networks that nobody comes in from; never changes, so that every loop looks at its own copy without a lock.
///
/// A look costs one lookup for each length of prefix that there is: as many for ten bans as for a million.
public final class NetworkBans: Sendable {
    private struct Level: Sendable {
        let length: Int
        /// By first address: until when, nil for good.
        var networks: [UInt128: Timestamp?]
    }

    private let levels: [Level]

    /// Nobody is kept out.
    public static let none = NetworkBans([:])

    /// Bans, each until a moment, or for good.
    public init(_ bans: [AddressRange: Timestamp?]) {
        var levels: [Int: Level] = [:]
        for (range, until) in bans {
            levels[range.length, default: Level(length: range.length, networks: [:])].networks[range.start] =
                .some(until)
        }
        self.levels = levels.values.sorted { $0.length < $1.length }
    }

    /// Whether an address is in one of them.
    ///
    /// - Parameter host: In text; what is no address, as the name of a local socket, is in none.
    public func contains(_ host: String, now: Timestamp = .now()) -> Bool {
        guard !levels.isEmpty, let address = AddressRange.address(host) else { return false }
        return levels.contains { level in
            guard let until = level.networks[address & AddressRange.mask(level.length)] else { return false }
            return until.map { $0 > now } ?? true
        }
    }
}
