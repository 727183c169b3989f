// Who is using this window. A link `#token=…` signs a person in; in development it is a ticket instead, and each window
// gets a person of its own. The token is kept in sessionStorage, which is per window: two people can be tried side by side.

import { StoaError, tokenClaims } from '../../client/stoa.js';
import { Api, BASE } from './api.js';
import { claim, meet } from './person.js';

const TOKEN = 'stoa.token';
/** The name of a person made in development; such a person's token can be renewed. */
const NAME = 'stoa.name';
/** Renew when less than this is left. */
const RENEW_MS = 60_000;
/** A page that opens has time for it, so that a person who comes back every few days stays the same. */
const RENEW_EARLY_MS = 3 * 86_400_000;
const LINK = /[#&]token=([^&]+)/;

/** Whether the address signs somebody in. */
export const hasLink = () => LINK.test(location.hash);

export class Session {
    #hasTicket = false;

    constructor() {
        this.server = { name: 'Stoa', dev: false };
        this.api = new Api(() => this.current());
        const link = location.hash.match(LINK);
        if (!link) return;
        const token = decodeURIComponent(link[1]);
        this.#hasTicket = tokenClaims(token).dev === true;
        if (!this.#hasTicket) this.#keep(token, null);
        else if (!this.isOwnPerson) this.signOut();
        // Out of the address bar and the history before anything else runs.
        history.replaceState(null, '', location.pathname + location.search + (location.hash.match(/#\/[^&]*/)?.[0] ?? ''));
    }

    get token() { return sessionStorage.getItem(TOKEN); }
    get isSignedIn() { return Boolean(this.token) && (this.#expiresAt > Date.now() || this.isOwnPerson); }
    /** Whether the person was made for this window, and so may choose a name. */
    get isOwnPerson() { return Boolean(sessionStorage.getItem(NAME)); }
    get me() {
        const { sub: id, name = id } = tokenClaims(this.token ?? '');
        return id ? { id, name } : null;
    }
    /** Whether the server makes people for whoever tries it. */
    get isForTrying() { return this.#hasTicket || this.server.dev; }
    get #expiresAt() { return (tokenClaims(this.token ?? '').exp ?? Infinity) * 1_000; }

    /**
     * Finds out who this window is, without asking anybody where that can be.
     *
     * Answers whether somebody is signed in; throws when a person was to be made and the server would not.
     */
    async begin() {
        if (this.isOwnPerson) await this.#keepOwnPerson();
        if (this.isSignedIn) return true;
        if (!this.#hasTicket) await this.#learnServer();
        if (this.isForTrying && !this.token) await this.beSomebody();
        return this.isSignedIn;
    }

    async #keepOwnPerson() {
        if (!await claim(this.me.id)) return this.signOut();
        // A link may be that of a server that has forgotten everything since.
        if (this.#hasTicket || this.#expiresAt - Date.now() < RENEW_EARLY_MS) await this.#renew().catch(() => this.signOut());
    }

    async #learnServer() {
        try { this.server = await (await fetch(new URL('api/v1/server', BASE))).json(); } catch { /* offline: go on as we were */ }
    }

    #keep(token, name) {
        sessionStorage.setItem(TOKEN, token);
        if (name) sessionStorage.setItem(NAME, name); else sessionStorage.removeItem(NAME);
    }

    /** In development: a new person. */
    async beSomebody() {
        const { token, name } = await meet();
        this.#keep(token, name);
        await claim(this.me.id);
    }

    /** In development: the same person under another name. */
    async rename(name) {
        const renamed = await meet({ token: this.token, name });
        this.#keep(renamed.token, renamed.name);
    }

    async #renew() {
        const { id } = this.me;
        const { token, name } = await meet({ token: this.token, name: sessionStorage.getItem(NAME) });
        if (tokenClaims(token).sub !== id) throw new StoaError({ code: 'token_invalid', message: 'The server does not know you any more.' });
        this.#keep(token, name);
    }

    signInWith(token) {
        const claims = tokenClaims(token.trim());
        if (!claims.sub) throw new StoaError({ code: 'token_invalid', message: 'This is not a sign-in token.' });
        if (claims.exp * 1_000 < Date.now()) throw new StoaError({ code: 'token_expired', message: 'This token has expired.' });
        this.#keep(token.trim(), null);
    }

    signOut() {
        sessionStorage.removeItem(TOKEN);
        sessionStorage.removeItem(NAME);
    }

    /** A token that will last a while: the one at hand, or in development a new one for the same person. */
    async current() {
        const { token } = this;
        if (!token) throw new StoaError({ code: 'signed_out', message: 'You are signed out.' });
        if (this.#expiresAt - Date.now() > RENEW_MS) return token;
        if (this.isOwnPerson) await this.#renew();
        else if (this.#expiresAt <= Date.now()) throw new StoaError({ code: 'token_expired', message: 'Your sign-in has expired.' });
        return this.token;
    }
}
