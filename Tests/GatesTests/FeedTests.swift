import Testing

@testable import Gates

@Suite("Accounts that are watched")
struct FeedTests {
    @Test("an account is subscribed to once, and again on a new connection")
    func restarts() {
        var book = FeedBook(limit: 10)
        #expect(book.add("a") == .subscribe(id: 2, account: "a"))
        #expect(book.add("a") == nil)
        #expect(book.subscribed(2, 77) == nil)
        #expect(book.account(77) == "a")
        #expect(book.restart() == [.subscribe(id: 3, account: "a")])
        #expect(book.account(77) == nil)
    }

    @Test("what nobody wants is unsubscribed from, also when its number comes later")
    func unwanted() {
        var book = FeedBook(limit: 10)
        _ = book.want(["a", "b"])
        _ = book.subscribed(2, 70)
        #expect(book.want(["c"]) == [.unsubscribe(id: 4, subscription: 70), .subscribe(id: 5, account: "c")])
        #expect(book.subscribed(3, 71) == .unsubscribe(id: 6, subscription: 71))
        #expect(book.subscribed(5, 72) == nil && book.account(72) == "c")
    }

    @Test("beyond the limit nothing is asked for; a refusal changes nothing else")
    func bounded() {
        var book = FeedBook(limit: 2)
        #expect(book.want(["a", "b", "c"]).count == 2)
        book.refused(2)
        #expect(book.subscribed(2, 70) == nil && book.account(70) == nil)
    }

    @Test(
        "a message is what it says, or other",
        arguments: [
            (#"{"jsonrpc":"2.0","result":23,"id":4}"#, FeedMessage.subscribed(request: 4, subscription: 23)),
            (#"{"jsonrpc":"2.0","error":{"code":-32602,"message":"x"},"id":4}"#, .refused(request: 4)),
            (
                #"{"method":"accountNotification","params":{"subscription":23,"result":{}}}"#,
                .changed(subscription: 23)
            ),
            (#"{"method":"accountNotification","params":{"subscription":"23"}}"#, .other),
            (#"{"jsonrpc":"2.0","result":true,"id":4}"#, .other), ("no", .other), ("[]", .other),
            (#"{"method":"slotNotification","params":{"result":{"slot":1}}}"#, .other),
        ])
    func messages(text: String, expected: FeedMessage) {
        #expect(FeedMessage(Array(text.utf8)) == expected)
    }
}
