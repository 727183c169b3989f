import TestRandom
import Testing

@testable import Rooms

@Suite("Receipts: who has a message, and who has read it")
struct ReceiptBookTests {
    private typealias Receipt = ReceiptBook.Receipt

    private static func others(_ here: Set<String>, _ elsewhere: Set<String> = [], bots: Set<String> = [])
        -> ReceiptBook.Others
    {
        ReceiptBook.Others(here: here, elsewhere: elsewhere, bots: bots)
    }

    @Test("delivered when all others have it, read when all of them have read it; each told once")
    func course() {
        var book = ReceiptBook()
        book.expect(5, from: "ann", ReceiptBookTests.others(["bob"], ["cat"]), isUncertain: false)
        #expect(book.due().isEmpty)
        book.handOver(upTo: 5, to: ["bob"])
        #expect(book.due().isEmpty)
        #expect(book.newestElsewhere == 5 && book.waitsElsewhere(upTo: 5))
        book.handOver(upTo: 5, to: ["cat"])
        #expect(book.due() == [Receipt(user: "ann", from: 5, seq: 5, status: .delivered)])
        book.read(upTo: 7, by: "bob")
        #expect(book.due().isEmpty)
        book.read(upTo: 5, by: "cat")
        #expect(book.due() == [Receipt(user: "ann", from: 5, seq: 5, status: .read)])
        #expect(book.isEmpty && book.due().isEmpty)
    }

    @Test("several messages are one receipt, up to the newest; who knows of reading knows of delivery")
    func coalesced() {
        var book = ReceiptBook()
        for seq: Int64 in 1...9 {
            book.expect(
                seq, from: seq % 2 == 0 ? "ann" : "bob", ReceiptBookTests.others(["cat"]), isUncertain: false)
        }
        book.read(upTo: 6, by: "cat")
        #expect(
            Set(book.due()) == [
                Receipt(user: "ann", from: 2, seq: 6, status: .read),
                Receipt(user: "bob", from: 1, seq: 5, status: .read),
            ])
        book.handOver(upTo: 9, to: ["cat"])
        #expect(
            Set(book.due()) == [
                Receipt(user: "ann", from: 8, seq: 8, status: .delivered),
                Receipt(user: "bob", from: 7, seq: 9, status: .delivered),
            ])
    }

    @Test("who leaves is not waited for; where nobody has it or has read it there is no receipt")
    func leaving() {
        var book = ReceiptBook()
        book.expect(1, from: "ann", ReceiptBookTests.others(["bob", "cat"]), isUncertain: false)
        book.disconnect("bob", mayBeElsewhere: false)
        book.handOver(upTo: 1, to: ["cat"])
        #expect(book.due() == [Receipt(user: "ann", from: 1, seq: 1, status: .delivered)])
        book.leave("cat")
        #expect(book.due().isEmpty)
        book.read(upTo: 1, by: "bob")
        #expect(book.due() == [Receipt(user: "ann", from: 1, seq: 1, status: .read)])

        book.expect(2, from: "ann", ReceiptBookTests.others(["bob"], ["cat"]), isUncertain: false)
        book.leave("bob")
        book.leave("cat")
        #expect(book.due().isEmpty && book.isEmpty)

        book.expect(3, from: "ann", ReceiptBookTests.others([]), isUncertain: false)
        #expect(book.isEmpty)
        book.expect(4, from: "ann", ReceiptBookTests.others(["bob"]), isUncertain: false)
        book.leave("ann")
        #expect(book.isEmpty)
    }

    @Test("who is cut here and may be elsewhere is waited for until somebody knows")
    func cut() {
        var book = ReceiptBook()
        book.expect(1, from: "ann", ReceiptBookTests.others(["bob", "cat"]), isUncertain: false)
        book.disconnect("bob", mayBeElsewhere: true)
        book.handOver(upTo: 1, to: ["cat"])
        #expect(book.due().isEmpty)
        book.handOver(upTo: 1, to: ["bob"])
        #expect(book.due() == [Receipt(user: "ann", from: 1, seq: 1, status: .delivered)])
    }

    @Test("while it is not known who is elsewhere nothing is said; then they are waited for too")
    func uncertain() {
        var book = ReceiptBook()
        book.expect(1, from: "ann", ReceiptBookTests.others(["bob"]), isUncertain: true)
        book.read(upTo: 1, by: "bob")
        #expect(book.due().isEmpty)
        book.settle(["cat", "ann"], bots: [])
        #expect(book.due().isEmpty && book.newestElsewhere == 1)
        book.handOver(upTo: 1, to: ["cat"])
        #expect(book.due() == [Receipt(user: "ann", from: 1, seq: 1, status: .delivered)])
        book.read(upTo: 1, by: "cat")
        #expect(book.due() == [Receipt(user: "ann", from: 1, seq: 1, status: .read)])

        book.expect(2, from: "ann", ReceiptBookTests.others([]), isUncertain: true)
        book.settle([], bots: [])
        #expect(book.due().isEmpty && book.isEmpty)
    }

    @Test("programs are delivered to, and read nothing")
    func bots() {
        var book = ReceiptBook()
        let others = ReceiptBookTests.others(["bob", "bot"], bots: ["bot"])
        book.expect(1, from: "ann", others, isUncertain: false)
        book.read(upTo: 1, by: "bob")
        #expect(book.due().isEmpty)
        book.handOver(upTo: 1, to: ["bot"])
        #expect(book.due() == [Receipt(user: "ann", from: 1, seq: 1, status: .read)])
        book.expect(2, from: "ann", ReceiptBookTests.others(["bot"], bots: ["bot"]), isUncertain: false)
        book.handOver(upTo: 2, to: ["bot"])
        #expect(book.due() == [Receipt(user: "ann", from: 2, seq: 2, status: .delivered)])
        #expect(book.due().isEmpty && book.isEmpty)
    }

    @Test("of more messages than are kept the newest stand for the oldest")
    func bound() {
        var book = ReceiptBook()
        let count = Int64(ReceiptBook.limit) + 50
        for seq in 1...count {
            book.expect(seq, from: "ann", ReceiptBookTests.others(["bob"]), isUncertain: false)
        }
        book.read(upTo: count, by: "bob")
        #expect(book.due() == [Receipt(user: "ann", from: 1, seq: count, status: .read)])
    }

    /// All that a message's receipts follow from, kept in full.
    private struct Sent {
        let seq: Int64
        let sender: String
        var waiting: Set<String>
        var unread: Set<String>
        var handed: Set<String> = []
        var readers: Set<String> = []
    }

    @Test(
        "whatever happens in whatever order: never before all have it, and always in the end",
        arguments: 0..<200)
    func property(seed: Int) {
        var random = SeededRandom(seed: UInt64(seed))
        let people = ["ann", "bob", "cat", "dan", "eve"]
        var book = ReceiptBook()
        var present = Set(people)
        var sent: [Sent] = []
        var told: [ReceiptBook.Receipt] = []
        var seq: Int64 = 0
        func check() {
            for receipt in book.due() {
                #expect(!told.contains(receipt), "twice: \(receipt)")
                told.append(receipt)
                for message in sent
                where message.sender == receipt.user && (receipt.from...receipt.seq).contains(message.seq) {
                    let waits = receipt.status == .delivered ? message.waiting : message.unread
                    #expect(waits.isEmpty, "\(receipt), but \(waits)")
                }
            }
        }
        for _ in 0..<300 {
            let user = people[Int.random(in: 0..<people.count, using: &random)]
            let upTo = seq == 0 ? 0 : Int64.random(in: 1...seq, using: &random)
            switch Int.random(in: 0..<10, using: &random) {
            case 0...3 where present.contains(user):
                seq += 1
                let others = present.subtracting([user])
                let here = others.filter { _ in Bool.random(using: &random) }
                book.expect(
                    seq, from: user, ReceiptBookTests.others(here, others.subtracting(here)),
                    isUncertain: false)
                sent.append(Sent(seq: seq, sender: user, waiting: others, unread: others))
            case 4...6 where present.contains(user):
                for index in sent.indices where sent[index].seq <= upTo {
                    if sent[index].waiting.remove(user) != nil { sent[index].handed.insert(user) }
                }
                book.handOver(upTo: upTo, to: [user])
            case 7, 8:
                for index in sent.indices where sent[index].seq <= upTo {
                    if sent[index].waiting.remove(user) != nil { sent[index].handed.insert(user) }
                    if sent[index].unread.remove(user) != nil { sent[index].readers.insert(user) }
                }
                book.read(upTo: upTo, by: user)
            case 9:
                if present.remove(user) != nil {
                    for index in sent.indices {
                        sent[index].waiting.remove(user)
                        sent[index].unread.remove(user)
                    }
                    sent.removeAll { $0.sender == user }
                    book.leave(user)
                } else {
                    present.insert(user)
                }
            default: break
            }
            check()
        }
        // In the end everybody reads everything.
        for user in people { book.read(upTo: seq, by: user) }
        for index in sent.indices { sent[index].readers.formUnion(sent[index].unread) }
        for index in sent.indices {
            sent[index].waiting = []
            sent[index].unread = []
        }
        check()
        for sender in present {
            guard let last = sent.last(where: { $0.sender == sender && !$0.readers.isEmpty }) else {
                continue
            }
            #expect(told.contains { $0.user == sender && $0.status == .read && $0.seq >= last.seq })
        }
    }
}
