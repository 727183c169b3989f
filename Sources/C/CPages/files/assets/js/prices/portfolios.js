// A person's portfolios and those that others share with them: what they hold is the server's, what they are worth comes
// as it changes.

import { Emitter } from '../../../client/stoa.js';

const PREFIX = 'portfolio:';
/** Values more often than this nobody reads. */
const STREAM = { minIntervalMs: 250 };

export class Portfolios extends Emitter {
    #values = new Map();
    #subscription = null;

    constructor(desk) {
        super();
        Object.assign(this, { desk, all: null, error: null });
        desk.client.on('welcome', () => this.load());
        desk.quota.on('again', () => { if (this.error) this.load(); });
        // What is not shared any more says so, and is not there when it is asked for again.
        desk.client.on('error', ({ details }) => { if (details?.channel?.startsWith(PREFIX)) this.load(); });
    }

    of(id) { return this.all?.find(one => one.id === id) ?? null; }
    valuation(id) { return this.#values.get(id) ?? null; }
    isOwn({ owner }) { return owner === this.desk.me.id; }

    /** Reads them; what went wrong is kept, so that whoever shows them can say it. */
    async load() {
        try {
            let [all, next] = [[], ''];
            do {
                const page = await this.desk.quota.get(`portfolios?limit=100${next && `&cursor=${encodeURIComponent(next)}`}`);
                all = [...all, ...page.portfolios];
                ({ next } = page);
            } while (next);
            Object.assign(this, { all, error: null });
            this.#listen();
        } catch (error) { this.error = error; }
        this.emit('change');
    }

    #listen() {
        const channels = this.all.map(({ id }) => PREFIX + id);
        for (const id of this.#values.keys()) if (!this.of(id)) this.#values.delete(id);
        // Two subscriptions of nothing would be one.
        if (!this.#subscription && channels.length) this.#subscribe(channels);
        else if (this.#subscription && String(channels) !== String(this.#subscription.channels)) this.#subscription.setChannels(channels);
    }

    #subscribe(channels) {
        this.#subscription = this.desk.client.subscribe(channels, STREAM);
        this.#subscription.on('snapshot', ({ channel, values }) => this.#told(channel, values?.[channel.slice(PREFIX.length)]));
        this.#subscription.on('publication', push => this.#told(push.channel, push));
        this.#subscription.on('delayed', error => this.desk.quota.heard(error));
    }

    #told(channel, value) {
        if (!value) return;
        const id = channel.slice(PREFIX.length);
        this.#values.set(id, value);
        const known = this.of(id);
        const held = [...value.holdings.map(({ symbol }) => symbol), ...value.missing].sort();
        // Changed in another window, or by who shares it.
        if (known && String(held) !== String(Object.keys(known.holdings).sort())) this.#again();
        this.emit('value', id);
    }

    #again() {
        clearTimeout(this.again);
        this.again = setTimeout(() => this.load(), 300);
    }

    #put(record) {
        this.all = this.of(record.id) ? this.all.map(one => one.id === record.id ? record : one) : [...this.all ?? [], record];
        this.#listen();
        this.emit('change');
        return record;
    }

    #path(id, rest = '') { return `portfolios/${encodeURIComponent(id)}${rest}`; }

    async make(name) { return this.#put(await this.desk.api.post('portfolios', { name })); }
    async rename(id, name) { this.#put(await this.desk.api.patch(this.#path(id), { name })); }
    async hold(id, symbol, amount) { this.#put(await this.desk.api.put(this.#path(id, `/holdings/${encodeURIComponent(symbol)}`), { amount })); }
    async share(id, user) { this.#put(await this.desk.api.put(this.#path(id, `/shares/${encodeURIComponent(user)}`))); }
    async unshare(id, user) { this.#put(await this.desk.api.delete(this.#path(id, `/shares/${encodeURIComponent(user)}`))); }

    async remove(id) {
        await this.desk.api.delete(this.#path(id));
        await this.load();
    }
}
