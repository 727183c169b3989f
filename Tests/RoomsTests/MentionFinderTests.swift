import Testing

@testable import Rooms

@Suite("Mentions")
struct MentionFinderTests {
    static let finder: MentionFinder = {
        var finder = MentionFinder()
        finder.add(user: "u_ann", name: "Ann")
        finder.add(user: "u_annlee", name: "Ann Lee")
        finder.add(user: "u_bob", name: "Bob")
        finder.add(user: "u_élo", name: "Élodie Martin")
        finder.add(user: "u_bob2", name: "bob")
        return finder
    }()

    @Test(
        "names are found whatever their case, the longest first, each person once",
        arguments: [
            ("hello @Bob", ["u_bob", "u_bob2"]), ("@ann", ["u_ann"]), ("@Ann Lee!", ["u_annlee"]),
            ("@Ann  Lee", ["u_ann"]),
            ("@annabel", []), ("mail@bob.example", []), ("(@bob) @BOB", ["u_bob", "u_bob2"]),
            ("@élodie martin, @ann.", ["u_élo", "u_ann"]), ("@", []), ("@@bob", ["u_bob", "u_bob2"]),
            ("no one", []),
        ] as [(String, [String])])
    func mentions(_ text: String, _ expected: [String]) {
        var finder = MentionFinderTests.finder
        #expect(finder.mentions(in: text) == expected)
    }

    @Test("a person who has another name now is found by that one only")
    func renamed() {
        var finder = MentionFinderTests.finder
        finder.add(user: "u_ann", name: "Anna")
        #expect(finder.mentions(in: "@Anna @Ann") == ["u_ann"])
    }
}
