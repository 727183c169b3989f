import Bytes
import ClientProtocol
import Identity
import Reactor
import Rooms
import Storage

extension Session {
    /// Takes a token: the first one begins the session, a later one of the same person renews it.
    func authenticate(_ token: String, id requestID: String?, mayWait: Bool = true) {
        let verified: Principal
        do throws(TokenError) {
            verified = try gateway.context.verifier.verify(token, mayWait: mayWait)
        } catch {
            return refuseToken(error, token, requestID)
        }
        guard let principal else { return begin(verified, id: requestID) }
        guard principal.user == verified.user, principal.tenant == verified.tenant else {
            return refuse(
                ClientError(.forbidden, "A connection cannot become another person's.", field: "token"),
                id: requestID)
        }
        self.principal = verified
        startExpiry(verified)
        tellRooms(principal, verified)
        if requestID != nil { send(SessionReply.ack(id: requestID, expiresAt: verified.expiresAt)) }
    }

    /// Tells the rooms that it is in, or on the way into, where the new token lends another role than the old one.
    private func tellRooms(_ old: Principal, _ new: Principal) {
        guard let handle else { return }
        for room in rooms.all
        where old.roomRoles[room] != new.roomRoles[room] || old.isOperator != new.isOperator {
            gateway.context.rooms.post(.renewed(room: room, handle, new), to: room)
        }
    }

    private func refuseToken(_ error: TokenError, _ token: String, _ requestID: String?) {
        if case .awaitsKeys(let issuer) = error { return askForKeys(issuer, token, requestID) }
        gateway.context.noteToken(BearerToken.refusal(error).code, from: address, requestID: nil)
        guard principal == nil else {
            return refuse(BearerToken.refusal(error, field: "token"), id: requestID)
        }
        let reason: ClosingReason =
            switch error {
            case .expired: .tokenExpired
            case .invalid, .awaitsKeys: .tokenInvalid
            case .revoked: .tokenRevoked
            case .banned: .banned
            // Not the token's fault: the client comes back with it after a while.
            case .unavailable: .internal
            }
        close(reason, BearerToken.refusal(error).message)
    }

    /// Ends the connection where it is one that is kept out from now on.
    func obey(_ denial: Denial) {
        if case .networks = denial {
            if gateway.networkBans.contains(address) { close(.banned, ClientError.networkBanned.message) }
            return
        }
        guard let principal, denial.covers(principal) else { return }
        if case .tokenEnds(_, _, let end) = denial { return shorten(principal, to: end) }
        if case .person = denial {
            close(.banned, BearerToken.refusal(.banned).message)
        } else {
            close(.tokenRevoked, BearerToken.refusal(.revoked).message)
        }
    }

    /// Ends the connection where it would not be let in any more.
    func judgeAgain() {
        obey(.networks)
        guard isOpen, let principal else { return }
        do throws(TokenError) {
            try gateway.context.verifier.check(principal)
        } catch {
            switch error {
            case .banned: close(.banned, BearerToken.refusal(.banned).message)
            case .revoked: close(.tokenRevoked, BearerToken.refusal(.revoked).message)
            // It is about to end by its own time.
            default: break
            }
        }
    }

    /// Its person goes by another name: what they do from now on is under it, whatever the token said.
    func rename(_ person: PersonKey, _ name: String) {
        guard let principal, principal.key == person else { return }
        self.principal = principal.named(name)
    }

    /// Its token runs out earlier than it said: warned and closed as by any that does, unless it is renewed.
    private func shorten(_ principal: Principal, to end: Timestamp) {
        self.principal = principal.expiring(at: end)
        startExpiry(principal.expiring(at: end))
    }

    /// Ends in a while where the published key that signed its token is gone, unless it is renewed by another: a key is
    /// changed far more often than it is stolen, and all of its people at once would come back at once.
    func heedWithdrawal() {
        guard isOpen, let principal, gateway.context.verifier.isWithdrawn(principal) else { return }
        let wait = gateway.context.settings.withdrawalMilliseconds
        let end = Timestamp(milliseconds: Timestamp.now().milliseconds + wait)
        // It ends as soon as by itself, or has been told before.
        guard end < principal.expiresAt else { return }
        guard wait > 0 else { return close(.tokenRevoked, BearerToken.refusal(.revoked).message) }
        let shortened = principal.expiring(at: end)
        self.principal = shortened
        gateway.loop.cancelTimer(&expiry)
        send(SessionReply.expiring(shortened))
        expiry = gateway.loop.startTimer(after: wait, kind: Timer.expiry.rawValue, target: self)
    }

    /// How it ends now that its token has: by itself, or since it was taken back.
    func endExpired() {
        guard let principal else { return close(.tokenExpired, "") }
        do throws(TokenError) {
            try gateway.context.verifier.check(principal)
            close(.tokenExpired, "")
        } catch {
            guard case .revoked = error else { return close(.tokenExpired, "") }
            close(.tokenRevoked, BearerToken.refusal(.revoked).message)
        }
    }

    // MARK: Waiting for keys

    private func askForKeys(_ issuer: Int, _ token: String, _ requestID: String?) {
        if principal == nil {
            held = []
            connection.pauseReading()
        }
        let pending = PendingToken(
            object: ObjectIdentifier(self), session: id, token: token, requestID: requestID)
        let (verifier, mailbox) = (gateway.context.verifier, gateway.mailbox)
        Task {
            await verifier.fetchKeys(issuer: issuer)
            mailbox.post(.askedForKeysOf(pending))
        }
    }

    /// The keys have been asked for: the token is judged, whatever came of it, and what it held up goes on.
    func askedForKeys(_ pending: PendingToken) {
        guard isOpen else { return }
        let messages = held ?? []
        if held != nil { connection.resumeReading() }
        held = nil
        authenticate(pending.token, id: pending.requestID, mayWait: false)
        for message in messages where isOpen { receive(message.span) }
        closeIfAnswered()
    }
}
