// Who is using this window. A link `#token=…`, or in development a name, becomes a token kept in sessionStorage, which
// is per window: two people can be tried side by side.

import { StoaError, tokenClaims } from '../../client/stoa.js';
import { Api, BASE } from './api.js';

const TOKEN = 'stoa.token';
const NAME = 'stoa.name';
/** Renew when less than this is left. */
const RENEW_MS = 60_000;

export class Session {
    constructor() {
        this.server = { name: 'Stoa', dev: false };
        this.api = new Api(() => this.current());
        const link = location.hash.match(/[#&]token=([^&]+)/);
        if (link) {
            this.#keep(decodeURIComponent(link[1]), null);
            // Out of the address bar and the history before anything else runs.
            history.replaceState(null, '', location.pathname + location.search + (location.hash.match(/#\/[^&]*/)?.[0] ?? ''));
        }
    }

    get token() { return sessionStorage.getItem(TOKEN); }
    get isSignedIn() { return Boolean(this.token) && (this.#expiresAt > Date.now() || Boolean(this.#devName)); }
    get me() {
        const { sub: id, name = id } = tokenClaims(this.token ?? '');
        return id ? { id, name } : null;
    }
    get #expiresAt() { return (tokenClaims(this.token ?? '').exp ?? Infinity) * 1_000; }
    get #devName() { return sessionStorage.getItem(NAME); }

    async learnServer() {
        try { this.server = await (await fetch(new URL('api/v1/server', BASE))).json(); } catch { /* offline: go on as we were */ }
        return this.server;
    }

    #keep(token, name) {
        sessionStorage.setItem(TOKEN, token);
        if (name) sessionStorage.setItem(NAME, name); else sessionStorage.removeItem(NAME);
    }

    async signInAs(name) {
        const answer = await new Api(() => null).post('auth/dev', { name });
        this.#keep(answer.access_token, name);
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
        const token = this.token;
        if (!token) throw new StoaError({ code: 'signed_out', message: 'You are signed out.' });
        if (this.#expiresAt - Date.now() > RENEW_MS) return token;
        if (this.#devName) {
            const answer = await new Api(() => null).post('auth/dev', { name: this.#devName });
            if (tokenClaims(answer.access_token).sub === this.me.id) this.#keep(answer.access_token, this.#devName);
        } else if (this.#expiresAt <= Date.now()) {
            throw new StoaError({ code: 'token_expired', message: 'Your sign-in has expired.' });
        }
        return this.token;
    }
}
