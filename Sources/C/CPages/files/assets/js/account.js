// Tokens that this server gave to somebody who signed in here, by wallet or by code. One sign-in for all windows of the
// browser, in localStorage: a refresh token is good once, and windows with one each would end each other's.
//
// A script of somebody else's in this page could read it, as it could use any token that the page can use. What keeps such
// scripts out: the content security policy takes no inline script and nothing from elsewhere, and text is never parsed as
// HTML. What bounds the loss: access tokens last minutes, and a refresh token used twice ends its sign-in. No cookie is
// used, so that no other site's page can act with it.

import { StoaError, tokenClaims } from '../../client/stoa.js';
import { Api } from './api.js';

const KEY = 'stoa.sign-in';
/** Renewed when less than this is left, or a third of a token's life where that is shorter. */
const RENEW_MS = 60_000;
/** Refusals after which the refresh token is as good as before. */
const NOT_USED = /^(rate_limited|unavailable)$/;

const api = new Api(() => null);
const expired = () => new StoaError({ code: 'token_expired', message: 'Your sign-in has expired.' });

export class Account {
    /** For browsers that keep nothing: this window's alone, until it is closed. */
    #inMemory = null;
    #renewal = null;

    get #kept() {
        try { return JSON.parse(localStorage.getItem(KEY)) ?? this.#inMemory; } catch { return this.#inMemory; }
    }

    #keep(kept) {
        this.#inMemory = kept;
        try { localStorage.setItem(KEY, JSON.stringify(kept)); } catch { /* in memory */ }
    }

    get user() { return this.#kept?.user ?? null; }
    /** The token at hand, which may have run out. */
    get accessToken() { return this.#kept?.access_token ?? null; }
    get isUsable() {
        const kept = this.#kept;
        return Boolean(kept) && (Boolean(kept.refresh_token) || kept.endsAt > Date.now());
    }

    /** Takes what a sign-in or a renewal answered. */
    accept({ access_token: token, refresh_token: refresh, expires_at: expiresAt, user }) {
        const { iat, exp } = tokenClaims(token);
        // How long it lasts, not until when: this machine's clock may be wrong.
        const lasts = exp > iat ? (exp - iat) * 1_000 : expiresAt - Date.now();
        const endsAt = Date.now() + lasts;
        this.#keep({ access_token: token, refresh_token: refresh, user, endsAt, renewAt: endsAt - Math.min(RENEW_MS, lasts / 3) });
    }

    /** Takes what a change of name answered; the refresh token and the times are as they were. */
    rename({ access_token: token, user }) {
        const kept = this.#kept;
        if (kept?.user.id === user.id) this.#keep({ ...kept, access_token: token, user });
    }

    forget() {
        this.#inMemory = null;
        try { localStorage.removeItem(KEY); } catch { /* it was in memory */ }
    }

    /** Calls back when another window signed in as somebody else, or out. */
    watch(changed) {
        window.addEventListener('storage', event => {
            // Null stands for everything, where a person clears the site's data.
            if (event.key !== KEY && event.key !== null) return;
            changed(this.user);
        });
    }

    /** A token that will last a while. */
    token() {
        const kept = this.#kept;
        if (!kept) return Promise.reject(new StoaError({ code: 'signed_out', message: 'You are signed out.' }));
        if (Date.now() < kept.renewAt) return Promise.resolve(kept.access_token);
        // One window at a time; where the browser has no locks, the mark that #renew leaves has to do.
        const locked = () => navigator.locks ? navigator.locks.request(KEY, () => this.#renew()) : this.#renew();
        this.#renewal ??= locked().finally(() => { this.#renewal = null; });
        return this.#renewal;
    }

    async #renew() {
        // Another window may have done it while this one waited.
        const kept = this.#kept;
        if (!kept) throw new StoaError({ code: 'signed_out', message: 'You are signed out.' });
        const isLasting = () => kept.endsAt > Date.now();
        if (Date.now() < kept.renewAt) return kept.access_token;
        if (!kept.refresh_token) {
            if (isLasting()) return kept.access_token;
            throw expired();
        }
        try {
            // A machine that just woke has no network yet: better learnt from a question that may be asked twice.
            await api.get('server');
            return await this.#exchange(kept);
        } catch (error) {
            if (isLasting() && !/^(token_|banned)/.test(error.code)) return kept.access_token;
            throw error;
        }
    }

    async #exchange(kept) {
        // Out of reach before it is sent: when the answer is lost it may have been used, and must not be sent again.
        this.#keep({ ...kept, refresh_token: null });
        try {
            const next = await api.post('auth/refresh', { refresh_token: kept.refresh_token });
            // Signed out in another window meanwhile: then the new ones are to end as well.
            if (this.#kept?.user.id !== kept.user.id) {
                api.post('auth/logout', { refresh_token: next.refresh_token }).catch(() => {});
                throw new StoaError({ code: 'signed_out', message: 'You are signed out.' });
            }
            this.accept(next);
            return next.access_token;
        } catch (error) {
            if (NOT_USED.test(error.code)) this.#keep(kept);
            throw error;
        }
    }

    /** Ends the sign-in at the server, here or of all devices; then forgets it. */
    async signOut({ everywhere = false } = {}) {
        const kept = this.#kept;
        if (!kept) return;
        if (everywhere) {
            const token = await this.token();
            await new Api(() => token).post('auth/logout', { everywhere });
        } else {
            // Whoever leaves is not kept waiting by a server that is away; the tokens end by themselves.
            const body = kept.refresh_token ? { refresh_token: kept.refresh_token } : {};
            const end = new Api(() => kept.refresh_token ? null : kept.access_token).post('auth/logout', body).catch(() => {});
            await Promise.race([end, new Promise(resolve => setTimeout(resolve, 2_000))]);
        }
        this.forget();
    }
}
