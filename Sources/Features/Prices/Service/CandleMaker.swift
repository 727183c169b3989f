import Bytes
public import PubSub
import Reactor
import Storage
import Synchronization
import Telemetry

/// Has one of the processes over a store make the candles of all ticks, whichever process was told them.
///
/// That process takes in its own ticks at once. The others write theirs down as owed, in the ticks' own transaction; the
/// maker finds them there. It writes by a term that the store counts: where another process has taken the candles over,
/// a batch of an older term writes none, and its ticks are owed.
public final class CandleMaker: Sendable {
    private static let duty = "candles"
    private static let dutyMilliseconds: Int64 = 5000
    /// How often it is looked for what nobody told of.
    private static let pause = Duration.seconds(1)
    /// After which time a tick that is still owed says that nobody makes candles, where nobody knows whose duty it is.
    private static let patienceMilliseconds: Int64 = 5000
    /// How many ticks are read at a time.
    private static let batch = 5000

    private let prices: PriceService
    private let duties: (any SharedDuties)?
    private let work = RecurringWork()
    private let isMaking = Mutex(false)

    /// A maker that makes none yet.
    ///
    /// - Parameter duties: What the process has in common with others over the same store; nil where it is alone, but for
    ///   a while before it takes the place of another.
    public init(_ prices: PriceService, duties: (any SharedDuties)?) {
        self.prices = prices
        self.duties = duties
    }

    /// Whether candles are made here.
    public var isHere: Bool { !prices.settings.isStoreShared || isMaking.withLock { $0 } }

    /// Ticks are owed: they are looked at now, where candles are made here. May be called from any thread.
    public func wake() { work.wake() }

    /// Makes candles while it is this process' to do; ends with its task.
    public func run() async {
        var making = Making(oldest: Oldest(at: MonotonicClock.milliseconds()))
        await work.run(every: CandleMaker.pause) { await turn(&making) }
    }

    /// Leaves the candles to another process.
    public func resign() async {
        if isMaking.withLock({ $0 }) { await duties?.layDown(CandleMaker.duty) }
    }

    /// What is known from turn to turn.
    private struct Making {
        var askedAt = Int64.min / 2
        var holder = DutyHolder.unknown
        var oldest: Oldest
        var isFirst = true
    }

    private func turn(_ making: inout Making) async {
        if let duties, MonotonicClock.milliseconds() - making.askedAt > CandleMaker.dutyMilliseconds / 3 {
            making.askedAt = MonotonicClock.milliseconds()
            making.holder = await duties.takeOn(
                CandleMaker.duty, milliseconds: CandleMaker.dutyMilliseconds)
        }
        var isMine = await isTermOurs()
        if isMine, making.holder == .other {
            await prices.giveUpCandles()
            isMine = false
        }
        if !isMine {
            let isWanted = making.isFirst && duties == nil || making.holder == .own
            if isWanted {
                isMine = await takeOver()
            } else if making.holder == .unknown, await isAbandoned(&making.oldest) {
                isMine = await takeOver()
            }
        }
        making.isFirst = false
        isMaking.withLock { $0 = isMine }
        if isMine { await takeInOwed() }
    }

    /// Where nobody says whose duty it is, ticks say whether somebody does it.
    private struct Oldest {
        var seq: Int64?
        var at: Int64
    }

    private func isAbandoned(_ oldest: inout Oldest) async -> Bool {
        let now = MonotonicClock.milliseconds()
        let first = try? await prices.history.owedTicks(limit: 1).first?.seq
        guard let first, first == oldest.seq else {
            oldest = Oldest(seq: first, at: now)
            return false
        }
        return now - oldest.at >= CandleMaker.patienceMilliseconds
    }

    private func isTermOurs() async -> Bool {
        await withCheckedContinuation { continuation in
            prices.desk.post(.makesCandles { continuation.resume(returning: $0) })
        }
    }

    /// Takes the candles over as the store has them.
    private func takeOver() async -> Bool {
        do throws(StorageError) {
            let term = try await prices.history.takeCandles()
            // Whoever made them before writes none from here on, so this is all there is.
            let past = try await PricePast(prices.history, prices.settings, leavingOwed: true)
            await withCheckedContinuation { continuation in
                prices.desk.post(.makeCandles(term: term, past) { continuation.resume() })
            }
            return true
        } catch {
            Log.warning("candles cannot be taken over, it is tried again: \(error)")
            return false
        }
    }

    /// Takes in what other processes were told; not for so long that the duty would run out meanwhile.
    private func takeInOwed() async {
        let end = MonotonicClock.milliseconds() + CandleMaker.dutyMilliseconds / 5
        while !Task.isCancelled {
            guard MonotonicClock.milliseconds() < end else { return wake() }
            guard let owed = try? await prices.history.owedTicks(limit: CandleMaker.batch), !owed.isEmpty
            else {
                return
            }
            let isDone = await withCheckedContinuation { continuation in
                prices.desk.post(.owed(owed) { continuation.resume(returning: $0) })
            }
            guard isDone else { return }
        }
    }
}
