// How the line to the server is, in words.

import { h, fill, button } from './dom.js';
import { count, lasting, timeOf } from './format.js';

/** Short breaks heal before anybody can read about them. */
const PATIENCE_MS = 700;
const REASONS = {
    token_expired: 'your sign-in has expired', token_revoked: 'your sign-in was revoked', token_invalid: 'the sign-in was not accepted',
    unauthenticated: 'you are signed out', banned: 'you were banned from this server', replaced: 'this window was replaced by a newer one',
    too_many_connections: 'too many windows are open', auth_timeout: 'signing in took too long',
    message_too_big: 'something longer than the server takes was sent',
    ...Object.fromEntries(['protocol_violation', 'protocol_error', 'unsupported_data', 'invalid_payload'].map(reason => [reason, 'this page and the server do not understand each other'])),
};

export class ConnectionBar {
    #timer = null;
    #shownAs = null;

    constructor(workspace, { signIn, status, offline = 'You can read and write; messages go out when the line is back.' }) {
        Object.assign(this, { workspace, signIn, status, offline });
        this.element = h('div', { class: 'connection-bar', role: 'status', hidden: true });
        workspace.on('state', () => this.#changed());
        setInterval(() => { if (this.#shownAs === 'offline') this.#draw(); }, 1_000);
        this.#changed();
    }

    #changed() {
        const { name } = this.workspace.client.state;
        clearTimeout(this.#timer);
        const isUrgent = this.#shownAs !== null || ['signed_out', 'removed', 'stopped'].includes(name);
        if (name === 'live' || isUrgent) this.#draw();
        else this.#timer = setTimeout(() => this.#draw(), PATIENCE_MS);
    }

    #draw() {
        const { state } = this.workspace.client;
        const words = this.#words(state);
        this.#shownAs = state.name === 'live' ? null : state.name;
        this.element.hidden = state.name === 'live';
        this.element.dataset.state = state.name;
        this.element.replaceChildren(...words);
        fill(this.status, h('i', { class: `dot is-${state.name}` }), { live: 'Live', connecting: 'Connecting', catching_up: 'Catching up', offline: 'Offline' }[state.name] ?? 'Signed out');
    }

    #words({ name, since, retryAt, missed, reason }) {
        const { client } = this.workspace;
        const why = REASONS[reason] ?? reason;
        const text = (...parts) => h('span', null, ...parts);
        switch (name) {
        case 'connecting': return [text('Connecting…')];
        case 'catching_up': return [text(`Catching up: ${count(missed, 'missed event')} to come`)];
        case 'offline': {
            const wait = retryAt && retryAt - Date.now();
            const next = wait > 500 ? `Next try in ${lasting(wait)}.` : 'Trying now…';
            // The countdown is for the eyes; read aloud every second it would be noise.
            return [text(h('b', null, `Offline since ${timeOf(since)}.`), ' ', h('span', { class: 'is-wide-only' }, `${this.offline} `), h('span', { 'aria-hidden': 'true' }, next)),
                button('Try now', () => client.retryNow(), 'is-link')];
        }
        case 'signed_out': return [text(h('b', null, 'Signed out: '), `${why}.`), button('Sign in again', this.signIn, 'is-link')];
        case 'removed': return [text(h('b', null, 'Removed: '), `${why}.`)];
        case 'stopped': return [text(h('b', null, 'Disconnected: '), `${why}.`), button('Connect again', () => client.connect(), 'is-link')];
        default: return [];
        }
    }
}
