import Bytes
import Identity
import Synchronization
import Testing

@Suite("Codes by e-mail")
struct EmailTests {
    @Test("an address has one form, in lower case")
    func addresses() {
        #expect(EmailAddress("Ann.B+tag@Mail.Example.ORG")?.text == "ann.b+tag@mail.example.org")
        #expect(EmailAddress("Ann.B+tag@Mail.Example.ORG")?.domain == "mail.example.org")
        #expect(EmailAddress("a@xn--mnchen-3ya.example") != nil)
        #expect(EmailAddress(String(repeating: "a", count: 64) + "@example.org") != nil)
        let long = String(repeating: "a", count: 63) + "."
        #expect(EmailAddress("a@" + long + long + long + "example.org") != nil)
        #expect(EmailAddress(String(repeating: "a", count: 60) + "@" + long + long + long + "org") == nil)
        for text in [
            "", "a", "a@b", "a@b.", "a@.b", "a..b@c.de", "a.@c.de", "a@c.d-", "a@1.2", "a b@c.de", "a@c.de\0",
        ] {
            #expect(EmailAddress(text) == nil, "\(text)")
        }
    }

    @Test("codes are six digits, each number as likely as any other")
    func codes() {
        var firsts = [Int](repeating: 0, count: 10)
        for _ in 0..<20_000 {
            let code = EmailCode.make()
            #expect(EmailCode.isWhole(code))
            firsts[Int(code.prefix(1)) ?? 0] += 1
        }
        // 2000 each, with a standard deviation of 42.
        #expect(firsts.allSatisfy { (1750...2250).contains($0) })
        for text in ["", "12345", "1234567", "12345a", "-12345", "１２３４５６"] {
            #expect(!EmailCode.isWhole(text))
        }
    }

    private func mail(_ code: String, lasting milliseconds: Int64 = 60_000) throws -> CodeMail {
        let end = Timestamp(milliseconds: Timestamp.now().milliseconds + milliseconds)
        return CodeMail(address: try #require(EmailAddress("ann@example.org")), code: code, expiresAt: end)
    }

    @Test("a queue of mails is bounded, tries again what may go later, and gives up what may not")
    func queue() async throws {
        let tries = Mutex<[String: Int]>([:])
        let (gate, open) = AsyncStream<Void>.makeStream()
        let isOpen = Mutex(false)
        let begun = Mutex(0)
        let queue = MailQueue(limit: 2, pauses: [1, 1]) { mail in
            begun.withLock { $0 += 1 }
            if !isOpen.withLock({ $0 }) { for await _ in gate { break } }
            let count = tries.withLock { tries in
                tries[mail.code, default: 0] += 1
                return tries[mail.code] ?? 0
            }
            switch mail.code {
            case "000001": return count < 3 ? MailFailure("later") : nil
            case "000002": return MailFailure("never", isFinal: true)
            case "000003": return MailFailure("down")
            default: return nil
            }
        }
        // Four go out at a time, and two wait.
        for number in 0..<4 {
            #expect(queue.add(try mail("10000\(number)")))
            while begun.withLock({ $0 }) <= number { await Task.yield() }
        }
        #expect(queue.add(try mail("000001")))
        #expect(queue.add(try mail("000002")))
        #expect(!queue.add(try mail("000003")))
        isOpen.withLock { $0 = true }
        open.finish()
        while tries.withLock({ $0["000001"] != 3 || $0["000002"] == nil }) { await Task.yield() }
        while !queue.add(try mail("000003")) { await Task.yield() }
        while tries.withLock({ $0["000003"] != 3 }) { await Task.yield() }
        #expect(queue.add(try mail("000004", lasting: -1)))
        #expect(queue.add(try mail("000005")))
        while tries.withLock({ $0["000005"] == nil }) { await Task.yield() }
        #expect(tries.withLock { $0["000002"] } == 1)
        #expect(tries.withLock { $0["000004"] } == nil)
        queue.close()
        #expect(!queue.add(try mail("000006")))
    }
}
