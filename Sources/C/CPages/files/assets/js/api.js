// The HTTP side: rooms, members, moderation, prices. Refusals become the same StoaError as on the socket.

import { StoaError } from '../../client/stoa.js';

/** Where the server's paths begin: this page's own folder, so that a prefix of a reverse proxy is kept. */
export const BASE = new URL('./', document.baseURI);

/** Nothing, where it is not ours: a proxy's page. */
function parsed(text) {
    try { return text ? JSON.parse(text) : {}; } catch { return {}; }
}

export class Api {
    constructor(token) { this.token = token; }

    async #ask(method, path, body, more, signal) {
        let response, answered;
        try {
            const token = await this.token();
            const text = body && JSON.stringify(body);
            response = await fetch(new URL(`api/v1/${path}`, BASE), {
                method,
                headers: { ...token && { Authorization: `Bearer ${token}` }, ...body && { 'Content-Type': 'application/json' }, ...more },
                body: text, signal,
                // What was changed is changed, also where the page is left before the answer is there (up to 64 KiB wait so).
                keepalive: method !== 'GET' && (text?.length ?? 0) < 16_384,
            });
            answered = await response.text();
        } catch (error) {
            if (error instanceof StoaError) throw error;
            throw new StoaError({ code: 'offline', message: 'The server cannot be reached.' });
        }
        if (response.ok) return answered;
        const answer = parsed(answered);
        throw new StoaError({
            ...answer, code: answer.code ?? 'internal', message: answer.detail ?? answer.message ?? `The server answered ${response.status}.`,
        });
    }

    async call(method, path, body, headers) { return parsed(await this.#ask(method, path, body, headers)); }

    /** What is no JSON, as it is. */
    text(path) { return this.#ask('GET', path); }

    /** `signal` ends what waits for its answer. */
    async get(path, { signal } = {}) { return parsed(await this.#ask('GET', path, null, null, signal)); }
    post(path, body = {}) { return this.call('POST', path, body); }
    put(path, body) { return this.call('PUT', path, body); }
    patch(path, body, headers) { return this.call('PATCH', path, body, headers); }
    delete(path) { return this.call('DELETE', path); }

    /** A path under one room; ids come from links and are not trusted to be harmless. */
    room(id, rest = '') { return `rooms/${encodeURIComponent(id)}${rest}`; }
}
