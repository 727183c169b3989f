// Who is using this window. A link `#token=…` signs a person in; in development it is a ticket instead, and each window of
// the study rooms gets a person of its own, whom windows of other pages share. Such a token is kept in sessionStorage, which
// is per window: two people can be tried side by side. Where there is none, the window is whoever signed in here by wallet
// or code: see account.js.

import { StoaError, tokenClaims } from '../../client/stoa.js';
import { Account } from './account.js';
import { Api, BASE } from './api.js';
import { claim, lastPerson, meet, rememberPerson } from './person.js';

const TOKEN = 'stoa.token';
/** The name of a person made in development; such a person's token can be renewed. */
const NAME = 'stoa.name';
/** Renew when less than this is left. */
const RENEW_MS = 60_000;
const LINK = /[#&]token=([^&]+)/;

/** Whether the address signs somebody in. */
export const hasLink = () => LINK.test(location.hash);

export class Session {
    #hasTicket = false;
    /** Whom this window takes the browser's sign-in for. */
    #known = null;

    /** `isAlone`: a person of the window's own is nobody else's among such windows. */
    constructor({ isAlone = false } = {}) {
        this.isAlone = isAlone;
        this.server = { name: 'Stoa', dev: false };
        this.methods = { wallet: [], email: false, guest: false };
        this.account = new Account();
        this.api = new Api(() => this.current());
        /** For what is asked before anybody is signed in. */
        this.anonymous = new Api(() => null);
        const link = location.hash.match(LINK);
        if (!link) return;
        const token = decodeURIComponent(link[1]);
        this.#hasTicket = tokenClaims(token).dev === true;
        if (!this.#hasTicket) this.#keep(token, null);
        else if (!this.isOwnPerson) this.#drop();
        // Out of the address bar and the history before anything else runs.
        history.replaceState(null, '', location.pathname + location.search + (location.hash.match(/#\/[^&]*/)?.[0] ?? ''));
    }

    get #own() { return sessionStorage.getItem(TOKEN); }
    get token() { return this.#own ?? this.account.accessToken; }
    /** Whether it is this server that signed the person in, so that it renews and ends that. */
    get isAccount() { return !this.#own && Boolean(this.account.user); }
    get isSignedIn() {
        if (this.isAccount) return this.account.isUsable;
        return Boolean(this.#own) && (this.#expiresAt > Date.now() || this.isOwnPerson);
    }
    /** Whether the person was made for this window, and so may choose a name. */
    get isOwnPerson() { return Boolean(sessionStorage.getItem(NAME)); }
    get me() {
        if (this.isAccount) return this.account.user;
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
        // A ticket makes a person of this window's own, also beside somebody who signed in in another.
        if (this.isSignedIn && (this.#own || !this.#hasTicket)) return true;
        if (!this.#hasTicket) await this.#learnServer();
        if (this.isForTrying && !this.#own && !await this.#beLastPerson()) await this.beSomebody();
        if (!this.isSignedIn) await this.learnMethods();
        return this.isSignedIn;
    }

    /** Which ways of signing in there are. */
    async learnMethods() {
        try { this.methods = { ...this.methods, ...await this.anonymous.get('auth/methods') }; } catch { /* a token will do */ }
    }

    /** Takes what a sign-in by wallet or code answered. */
    accept(answer) {
        this.#drop();
        this.account.accept(answer);
        this.#known = answer.user.id;
    }

    /** Calls back when another window's sign-in or log-out makes this one somebody else's, or nobody's. */
    watch(changed) {
        this.#known = this.account.user?.id ?? null;
        this.account.watch(user => { if (!this.#own && (user?.id ?? null) !== this.#known) changed(); });
    }

    async #keepOwnPerson() {
        if (this.isAlone && !await claim(this.me.id)) return this.#drop();
        // Another window may have given them another name since.
        const last = lastPerson();
        if (last?.id === this.me.id) this.#keep(last.token, last.name);
        // The server may have forgotten everything since: then somebody new begins.
        await this.#renew().catch(error => { if (error.code !== 'offline') this.#drop(); });
    }

    async #learnServer() {
        try { this.server = await (await fetch(new URL('api/v1/server', BASE))).json(); } catch { /* offline: go on as we were */ }
    }

    #keep(token, name) {
        sessionStorage.setItem(TOKEN, token);
        if (name) sessionStorage.setItem(NAME, name); else sessionStorage.removeItem(NAME);
    }

    /** Keeps somebody made in development, for this window and for those that open from now on. */
    #keepPerson(person) {
        this.#keep(person.token, person.name);
        rememberPerson(person);
    }

    /**
     * In development: the browser's last person, if they are free.
     *
     * Answers whether they are; false as well where the server does not take them any more.
     */
    async #beLastPerson() {
        const last = lastPerson();
        if (!last || this.isAlone && !await claim(last.id, { waits: false })) return false;
        const person = await meet(last).catch(error => { if (error.code === 'offline') throw error; return null; });
        if (person?.id !== last.id) return false;
        this.#keepPerson(person);
        return true;
    }

    /** In development: a new person. */
    async beSomebody() {
        this.#keepPerson(await meet());
        if (this.isAlone) await claim(this.me.id);
    }

    /** Whether the person may choose how others see them: their site gives all others their name. */
    get mayRename() { return this.isOwnPerson || (this.isAccount && /^(wallet|email)_/.test(this.me.id)); }

    /** The same person under another name. True where this window has to begin anew for it. */
    async rename(name) {
        if (this.isAccount) {
            this.account.rename(await this.api.patch('me', { name }));
            return false;
        }
        this.#keepPerson(await meet({ token: this.token, name }));
        return true;
    }

    async #renew() {
        const { id } = this.me;
        const person = await meet({ token: this.token, name: sessionStorage.getItem(NAME) });
        if (person.id !== id) throw new StoaError({ code: 'token_invalid', message: 'The server does not know you any more.' });
        this.#keepPerson(person);
    }

    signInWith(token) {
        const claims = tokenClaims(token.trim());
        if (!claims.sub) throw new StoaError({ code: 'token_invalid', message: 'This is not a sign-in token.' });
        if (claims.exp * 1_000 < Date.now()) throw new StoaError({ code: 'token_expired', message: 'This token has expired.' });
        this.#keep(token.trim(), null);
    }

    #drop() {
        sessionStorage.removeItem(TOKEN);
        sessionStorage.removeItem(NAME);
    }

    /** Out of this window, or of all devices; a site's own token has nothing that could be ended for this window alone. */
    async signOut({ everywhere = false } = {}) {
        if (this.isAccount) return this.account.signOut({ everywhere });
        if (everywhere) await this.api.post('auth/logout', { everywhere });
        if (this.isOwnPerson) rememberPerson(null);
        this.#drop();
    }

    /** A token that will last a while: the one at hand, or a new one where this server gives them. */
    async current() {
        if (this.isAccount) return this.account.token();
        const { token } = this;
        if (!token) throw new StoaError({ code: 'signed_out', message: 'You are signed out.' });
        if (this.#expiresAt - Date.now() > RENEW_MS) return token;
        if (this.isOwnPerson) await this.#renew();
        else if (this.#expiresAt <= Date.now()) throw new StoaError({ code: 'token_expired', message: 'Your sign-in has expired.' });
        return this.token;
    }
}
