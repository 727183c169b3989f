// The candles that were shown last, kept and kept up: going back to them asks for nothing. All of them are one subscription,
// which costs one request, also after a cut.

import { CandleSeries } from './candle-series.js';

/** As many as there are lengths, and a few of another symbol. */
const MOST = 10;

export class CandleShelf {
    /** By channel, the one shown last at the end. */
    #kept = new Map();
    #subscription = null;
    #shown = null;

    constructor(desk) {
        this.desk = desk;
        desk.on('quote', symbol => {
            const quote = desk.quotes.get(symbol);
            for (const series of this.#kept.values()) if (series.symbol === symbol) series.tick(quote);
        });
        // Whoever could not be asked for asks again.
        desk.quota.on('again', () => { if (this.#shown?.error) this.#shown.mend(); });
    }

    /** A symbol's candles of a length, which are shown from now on. */
    show(symbol, interval) {
        const channel = `candles:${symbol}:${interval}`;
        const series = this.#kept.get(channel) ?? new CandleSeries(this.desk, symbol, interval);
        this.#kept.delete(channel);
        this.#kept.set(channel, series);
        for (const oldest of [...this.#kept.keys()].slice(0, Math.max(0, this.#kept.size - MOST))) {
            this.#kept.get(oldest).close();
            this.#kept.delete(oldest);
        }
        this.#shown = series;
        this.#listen();
        series.mend();
        return series;
    }

    hide() { this.#shown = null; }

    #listen() {
        const channels = [...this.#kept.keys()];
        if (this.#subscription) return void this.#subscription.setChannels(channels);
        this.#subscription = this.desk.client.subscribe(channels);
        this.#subscription.on('publication', push => this.#kept.get(push.channel)?.live(push));
        this.#subscription.on('gap', ({ channel }) => this.#missed(this.#kept.get(channel)));
        this.#subscription.on('delayed', error => this.desk.quota.heard(error));
        this.#subscription.on('snapshot', ({ channel, recovered, values }) => {
            const series = this.#kept.get(channel);
            if (!series) return;
            const value = values?.[series.symbol];
            // After a longer break there are candles in between that nobody told.
            if (series.isFollowed && !recovered) this.#missed(series);
            else if (value) series.live(value);
            series.isFollowed = true;
        });
    }

    /** Only what is looked at is asked for; the others when they are shown. */
    #missed(series) {
        if (!series) return;
        series.isBehind = true;
        if (series === this.#shown) series.mend();
    }
}
