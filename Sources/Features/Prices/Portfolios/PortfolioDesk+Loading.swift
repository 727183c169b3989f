import Reactor
import Storage
import Telemetry

/// What a desk of portfolios is reading from the store.
struct PortfolioLoading {
    /// How many are read at a time.
    static let batch = 64

    /// Those to read, in the order in which they were asked for.
    private var waiting: [String] = []
    private var isWaiting: Set<String> = []
    /// One reading runs at a time: a start with thousands of watched portfolios is no burst at the store.
    var isUnderWay = false
    /// Whether some may have been changed elsewhere.
    var mayBeOthers = false

    /// Asks for one.
    mutating func want(_ id: String) {
        if isWaiting.insert(id).inserted { waiting.append(id) }
    }

    /// Forgets some.
    mutating func drop(where isGone: (String) -> Bool) {
        waiting.removeAll(where: isGone)
        isWaiting = isWaiting.filter { !isGone($0) }
    }

    /// Those to read next.
    mutating func take() -> [String] {
        let next = Array(waiting.prefix(PortfolioLoading.batch))
        waiting.removeFirst(next.count)
        isWaiting.subtract(next)
        return next
    }
}

extension PortfolioDesk {
    /// Reads portfolios that are open, some at a time.
    func want(_ ids: [String]) {
        for id in ids where open[id] != nil { loading.want(id) }
        loadNext()
    }

    /// Looks which of those that are open have been changed, somewhere else perhaps.
    func lookAgain() {
        loading.mayBeOthers = true
        loadNext()
    }

    /// A reading has ended.
    ///
    /// - Parameter next: Whether the next one begins; where the store is away that waits until it is looked after all.
    func readingEnded(next: Bool) {
        loading.isUnderWay = false
        if next { loadNext() }
    }

    /// It has been looked which are others.
    func looked(_ ids: [String]?) {
        for id in ids ?? [] where open[id] != nil { loading.want(id) }
        if ids == nil { loading.mayBeOthers = true }
        readingEnded(next: ids != nil)
    }

    private func loadNext() {
        guard !loading.isUnderWay else { return }
        if loading.mayBeOthers { return look() }
        // Those that were closed meanwhile are nobody's any more.
        loading.drop(where: { open[$0] == nil })
        let ids = loading.take()
        let keys = ids.compactMap { id in open[id].map { (tenant: $0.tenant, id: id) } }
        guard !keys.isEmpty else { return }
        loading.isUnderWay = true
        let (service, desk) = (service, service.desk)
        Task {
            do throws(StorageError) {
                desk.post(.loaded(ids, try await service.load(keys)))
            } catch {
                Log.warning("portfolios cannot be read, it is tried again: \(error)")
                desk.post(.loaded(ids, nil))
            }
        }
    }

    private func look() {
        loading.mayBeOthers = false
        let known = open.map { (tenant: $0.value.tenant, id: $0.key, changedAt: $0.value.changedAt) }
        guard !known.isEmpty else { return loadNext() }
        loading.isUnderWay = true
        let (store, desk) = (service.store, service.desk)
        Task {
            do throws(StorageError) {
                let now = try await store.changes(known.map { ($0.tenant, $0.id) })
                // Two changes within one millisecond may look like one: the reading every ten minutes mends that.
                desk.post(.looked(known.filter { now[$0.id] == nil || now[$0.id] != $0.changedAt }.map(\.id)))
            } catch {
                Log.warning("it cannot be looked which portfolios have changed: \(error)")
                desk.post(.looked(nil))
            }
        }
    }
}
