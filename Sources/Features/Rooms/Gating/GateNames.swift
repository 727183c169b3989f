import Gates
import JSON

/// What the mints and collections are that a gate names, for people; nil where nobody can say.
struct GateNames: Sendable {
    var tokens: [(mint: SolanaAddress, facts: MintFacts?)] = []
    var collections: [(address: SolanaAddress, facts: CollectionFacts?)] = []

    /// Writes `tokens` and `collections`, each by address.
    func write(to writer: inout JSONWriter) {
        writer.key("tokens")
        writer.beginObject()
        for (mint, facts) in tokens {
            writer.key(dynamic: mint.text)
            guard let facts else {
                writer.null()
                continue
            }
            writer.beginObject()
            writer.field("decimals", Int(facts.decimals))
            writer.field("supply", String(facts.supply))
            writer.endObject()
        }
        writer.endObject()
        writer.key("collections")
        writer.beginObject()
        for (address, facts) in collections {
            writer.key(dynamic: address.text)
            guard let facts else {
                writer.null()
                continue
            }
            writer.beginObject()
            writer.optional("name", facts.name)
            writer.endObject()
        }
        writer.endObject()
    }
}
