/// Who has gathered how much experience, by rank: an order in memory in which a rank costs microseconds however many
/// people there are.
///
/// Equal experience shares a rank, and whoever had it earlier stands first; the next rank counts all of them (1, 2, 2, 4).
public struct Leaderboard {
    /// How many stand on each side of a person in ``neighbours(of:)``.
    public static let neighbourCount = 5

    private struct Person {
        let user: String
        var name: String
        var experience: Int64 = 0
        var since: Int64 = 0
    }

    private var list = RankedList()
    private var people: [Person] = []
    private var numbers: [String: Int32] = [:]
    /// Places of those who are gone, for the next ones who come.
    private var free: [Int32] = []

    /// A board without people.
    public init() {}

    /// A board of people; faster than one after the other.
    public init(_ entries: some Collection<BoardEntry>) {
        people.reserveCapacity(entries.count)
        numbers.reserveCapacity(entries.count)
        for entry in entries where entry.experience > 0 && numbers[entry.user] == nil {
            numbers[entry.user] = Int32(people.count)
            people.append(
                Person(
                    user: entry.user, name: entry.name, experience: entry.experience, since: entry.since))
        }
        list = RankedList(sorted: people.indices.map { key(Int32($0)) }.sorted())
    }

    /// How many people it has.
    public var count: Int { list.count }

    private func key(_ number: Int32) -> RankedList.Key {
        let person = people[Int(number)]
        return RankedList.Key(experience: person.experience, since: person.since, person: number)
    }

    // MARK: Changing

    /// Sets what somebody has; nobody without experience is on a board.
    public mutating func set(_ entry: BoardEntry) {
        guard entry.experience > 0 else { return remove(entry.user) }
        let number = number(of: entry.user)
        if people[Int(number)].experience > 0 { list.remove(key(number)) }
        people[Int(number)].name = entry.name
        people[Int(number)].experience = entry.experience
        people[Int(number)].since = entry.since
        list.insert(key(number))
    }

    /// What somebody has; 0 for those who are not on it.
    public func experience(of user: String) -> Int64 {
        numbers[user].map { people[Int($0)].experience } ?? 0
    }

    /// Takes somebody off it.
    public mutating func remove(_ user: String) {
        guard let number = numbers.removeValue(forKey: user) else { return }
        list.remove(key(number))
        people[Int(number)] = Person(user: "", name: "")
        free.append(number)
    }

    private mutating func number(of user: String) -> Int32 {
        if let number = numbers[user] { return number }
        let person = Person(user: user, name: "")
        if let number = free.popLast() {
            people[Int(number)] = person
            numbers[user] = number
            return number
        }
        people.append(person)
        let number = Int32(people.count - 1)
        numbers[user] = number
        return number
    }

    // MARK: Reading

    /// Where somebody stands; nil for those who are not on it.
    public func standing(of user: String) -> BoardStanding? {
        guard let number = numbers[user] else { return nil }
        return standing(key(number), rank: rank(of: people[Int(number)].experience))
    }

    /// The first ones.
    public func top(_ count: Int = 10) -> [BoardStanding] { standings(0..<max(0, count)) }

    /// Somebody and those right before and behind them; nobody for those who are not on it.
    public func neighbours(of user: String) -> [BoardStanding] {
        guard let number = numbers[user] else { return [] }
        let place = list.place(of: key(number))
        return standings(
            max(0, place - Leaderboard.neighbourCount)..<(place + Leaderboard.neighbourCount + 1))
    }

    /// One more than have more.
    private func rank(of experience: Int64) -> Int {
        list.place(of: RankedList.Key(experience: experience, since: .min, person: .min)) + 1
    }

    private func standings(_ places: Range<Int>) -> [BoardStanding] {
        var found: [BoardStanding] = []
        for (offset, key) in list.keys(places).enumerated() {
            // The first may share its rank with some before it.
            let rank =
                if let last = found.last {
                    last.experience == key.experience ? last.rank : places.lowerBound + offset + 1
                } else {
                    rank(of: key.experience)
                }
            found.append(standing(key, rank: rank))
        }
        return found
    }

    private func standing(_ key: RankedList.Key, rank: Int) -> BoardStanding {
        let person = people[Int(key.person)]
        return BoardStanding(
            rank: rank, user: person.user, name: person.name, experience: person.experience)
    }
}
