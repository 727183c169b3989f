// Risk scores: of the symbols that were looked at last, live. What is missing for one is asked for when somebody wants to know.

import { Emitter } from '../../../client/stoa.js';

const PREFIX = 'risk:';
const MOST = 10;

export class Risks extends Emitter {
    /** By symbol: a report, or `{ missing }` where too little is known, null in it before it has been asked what. */
    #reports = new Map();
    #errors = new Map();
    #wanted = [];
    #subscription = null;

    constructor(desk) {
        super();
        this.desk = desk;
        desk.quota.on('again', () => { for (const symbol of this.#errors.keys()) this.again(symbol); });
    }

    of(symbol) { return this.#reports.get(symbol) ?? null; }
    errorOf(symbol) { return this.#errors.get(symbol) ?? null; }

    /** From now on this one's score is told. */
    want(symbol) {
        this.#wanted = [...this.#wanted.filter(one => one !== symbol), symbol].slice(-MOST);
        const channels = this.#wanted.map(one => PREFIX + one);
        if (this.#subscription) return void this.#subscription.setChannels(channels);
        this.#subscription = this.desk.client.subscribe(channels);
        this.#subscription.on('snapshot', ({ channel, values }) => this.#snapshot(channel.slice(PREFIX.length), values));
        this.#subscription.on('publication', push => this.#told(push.symbol, push));
        this.#subscription.on('delayed', error => this.desk.quota.heard(error));
        this.#subscription.on('error', error => this.#failed(this.#wanted.at(-1), error));
    }

    /** Asks anew where it could not be asked. */
    again(symbol) {
        this.#errors.delete(symbol);
        this.emit('change', symbol);
        return this.ask(symbol);
    }

    #snapshot(symbol, values) {
        const report = values?.[symbol];
        if (report) this.#told(symbol, report);
        else if (!this.#reports.has(symbol)) this.#told(symbol, { missing: null });
    }

    #told(symbol, report) {
        this.#errors.delete(symbol);
        this.#reports.set(symbol, report);
        this.emit('change', symbol);
    }

    #failed(symbol, error) {
        this.#errors.set(symbol, error);
        this.emit('change', symbol);
    }

    /** The score by request, or what is missing for it. */
    async ask(symbol) {
        try {
            this.#told(symbol, await this.desk.quota.get(`risk/${encodeURIComponent(symbol)}`));
        } catch (error) {
            if (error.code === 'insufficient_data') return this.#told(symbol, { missing: error.details?.missing ?? [] });
            this.#failed(symbol, error);
        }
    }
}
