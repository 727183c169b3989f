import Bytes
import Reactor
import Storage
import Telemetry

// Prices that have become old, where several processes know them.
extension PriceDesk {
    /// Has the store say which of them are to be told of here: one process marks each, once.
    func mark(_ old: [QuotedPrice]) {
        isMarking = true
        let known = old.map { (symbol: $0.symbol.text, at: $0.value.at) }
        let (repository, mailbox) = (repository, mailbox)
        Task {
            do throws(StorageError) {
                let (told, records) = try await repository.markStale(known)
                mailbox.post(.marked(records, told: told))
            } catch {
                Log.warning("prices that are old cannot be marked, it is tried again: \(error)")
                mailbox.post(.marked([], told: []))
            }
        }
    }

    func marked(_ records: [PriceRecord], _ told: Set<String>) {
        isMarking = false
        let now = Timestamp.now()
        for record in records where told.contains(record.symbol) {
            guard let price = QuotedPrice(record, now: now), price.value.confidence == .stale,
                quotes[price.symbol].map({ $0.value.at <= record.at }) ?? true
            else { continue }
            publish(price, isKept: true)
        }
        learn(records)
    }
}
