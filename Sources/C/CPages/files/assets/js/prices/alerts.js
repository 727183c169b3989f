// A person's alerts. The server keeps them: all windows show the same.

import { Emitter } from '../../../client/stoa.js';

export class Alerts extends Emitter {
    constructor(desk) {
        super();
        Object.assign(this, { desk, lists: new Map() });
        // After a cut too: one may have fired meanwhile.
        desk.client.on('welcome', () => { for (const subject of this.lists.keys()) this.#again(subject); });
        desk.client.on('push', ({ type, symbol, portfolio, data }) => {
            // One that has ended is told as a notification alone.
            const changed = type === 'alert_triggered' ? symbol ?? portfolio : type === 'notification' ? data?.portfolio : null;
            if (this.lists.has(changed)) this.#again(changed);
        });
    }

    /** Those of a symbol, on its price and its risk, or of a portfolio's value by its id; undefined until they are read. */
    of(subject) { return this.lists.get(subject); }

    async load(subject) {
        const { alerts } = await this.desk.api.get(`alerts?limit=100&symbol=${encodeURIComponent(subject)}`);
        this.lists.set(subject, alerts);
        this.emit('change');
    }

    /** - subject: `{ symbol, kind? }` or `{ portfolio }`. */
    async make({ symbol, portfolio, kind = 'price' }, values) {
        await this.desk.api.post('alerts', { ...portfolio ? { kind: 'portfolio_value', portfolio } : { kind, symbol }, ...values });
        await this.load(portfolio ?? symbol);
    }

    async change({ id, symbol, portfolio }, values) {
        await this.desk.api.patch(`alerts/${encodeURIComponent(id)}`, values);
        await this.load(portfolio ?? symbol);
    }

    async remove({ id, symbol, portfolio }) {
        await this.desk.api.delete(`alerts/${encodeURIComponent(id)}`);
        await this.load(portfolio ?? symbol);
    }

    /** Where that fails the connection bar says so, and the next welcome asks again. */
    #again(subject) { this.load(subject).catch(() => {}); }
}
