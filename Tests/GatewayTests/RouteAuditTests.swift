import Testing

@testable import Gateway

@Suite("What the record keeps")
struct RouteAuditTests {
    @Test("no route is both kept and nobody's privilege")
    func apart() {
        #expect(RouteAudit.others.isDisjoint(with: RouteAudit.catalogue.keys))
    }

    @Test("no field that may be a secret is kept")
    func fields() {
        let secrets = ["token", "refresh_token", "code", "signature", "signed_message", "secret", "password"]
        for (route, audit) in RouteAudit.catalogue {
            #expect(Set(secrets).isDisjoint(with: audit.details), "\(route)")
            if case .body(let field) = audit.target { #expect(!secrets.contains(field), "\(route)") }
        }
    }

    @Test(
        "addresses are kept as far as they are to be",
        arguments: [
            (AuditAddresses.full, "203.0.113.9", "203.0.113.9"), (.network, "203.0.113.9", "203.0.113.0/24"),
            (.network, "2001:db8::1:2", "2001:db8::/64"), (.none, "203.0.113.9", nil), (.full, "", nil),
        ] as [(AuditAddresses, String, String?)])
    func addresses(_ kind: AuditAddresses, _ host: String, _ kept: String?) {
        #expect(kind.kept(host) == kept)
    }
}
