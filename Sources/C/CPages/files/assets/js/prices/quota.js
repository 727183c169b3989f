// Requests for data count against the person's plan. When they are used up nothing is asked until the server takes one again;
// then those who wait ask anew, one after the other.

import { Emitter } from '../../../client/stoa.js';

export class Quota extends Emitter {
    #api;
    #line = Promise.resolve();
    #waiting = 0;
    /** What the server said: { error, until, limit, upgrade }; null while it takes requests. */
    over = null;

    constructor(api) {
        super();
        this.#api = api;
    }

    /** Whether nothing is asked now. */
    get isShut() { return this.over !== null && Date.now() < this.over.until; }

    get(path) { return this.#run(() => this.#api.get(path)); }
    text(path) { return this.#run(() => this.#api.text(path)); }

    /** What was refused elsewhere, over the socket. */
    heard(error) {
        if (!isUsedUp(error)) return;
        const wait = Math.max(1_000, error.retry_after_ms ?? 0);
        this.over = { error, until: Date.now() + wait, limit: error.details.limit, upgrade: error.details.upgrade_url };
        clearTimeout(this.timer);
        this.timer = setTimeout(() => this.#again(), wait);
        this.emit('change');
    }

    async #run(run) {
        if (!this.over) return this.#ask(run);
        this.#waiting += 1;
        const mine = this.#line.then(() => {
            if (this.isShut) throw this.over.error;
            return this.#ask(run);
        });
        this.#line = mine.catch(() => {}).then(() => {
            this.#waiting -= 1;
            this.#passed();
        });
        return mine;
    }

    async #ask(run) {
        try { return await run(); } catch (error) {
            this.heard(error);
            throw error;
        }
    }

    /** Those who wait ask; where nobody does, the next request will say how it is. */
    #again() {
        this.emit('again');
        if (!this.#waiting) this.#passed();
    }

    #passed() {
        if (!this.over || this.#waiting || this.isShut) return;
        this.over = null;
        this.emit('change');
    }
}

/** Whether it is the plan that is used up, and not a pace that was too quick. */
export const isUsedUp = error => error?.code === 'rate_limited' && Boolean(error.details?.tier);
