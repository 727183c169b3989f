// A person's alerts. The server keeps them: all windows show the same.

import { Emitter } from '../../../client/stoa.js';

export class Alerts extends Emitter {
    constructor(desk) {
        super();
        Object.assign(this, { desk, lists: new Map() });
        // After a cut too: one may have fired meanwhile.
        desk.client.on('welcome', () => { for (const symbol of this.lists.keys()) this.#again(symbol); });
        desk.client.on('push', ({ type, symbol }) => { if (type === 'alert_triggered' && this.lists.has(symbol)) this.#again(symbol); });
    }

    /** Those of a symbol; undefined until they are read. */
    of(symbol) { return this.lists.get(symbol); }

    async load(symbol) {
        const { alerts } = await this.desk.api.get(`alerts?limit=100&symbol=${encodeURIComponent(symbol)}`);
        this.lists.set(symbol, alerts.filter(({ kind }) => kind === 'price'));
        this.emit('change');
    }

    async make(symbol, values) {
        await this.desk.api.post('alerts', { symbol, ...values });
        await this.load(symbol);
    }

    async remove({ id, symbol }) {
        await this.desk.api.delete(`alerts/${encodeURIComponent(id)}`);
        await this.load(symbol);
    }

    /** Where that fails the connection bar says so, and the next welcome asks again. */
    #again(symbol) { this.load(symbol).catch(() => {}); }
}
