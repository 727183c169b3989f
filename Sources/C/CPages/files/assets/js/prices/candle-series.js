// The candles of one symbol and one length: those of before by request, the last ones live.

import { Emitter } from '../../../client/stoa.js';
import { unitsOf } from './decimal.js';
import { INTERVALS } from './place.js';

/** Candles of one page backwards, and how many there may be of them. */
const PAGE = 300;
const DAY = 86_400_000;
/** Of days that are asked for to find out where older ones are. */
const LOOKS = 3;

/** Its prices as whole numbers beside the texts: those are drawn and compared, the texts are shown. */
export function candleOf({ start, open, high, low, close, average_volume: volume, ticks }) {
    return { start, open, high, low, close, volume, ticks, units: { open: unitsOf(open), high: unitsOf(high), low: unitsOf(low), close: unitsOf(close) } };
}

export class CandleSeries extends Emitter {
    #subscription = null;
    #isClosed = false;
    #isFollowed = false;
    #asking = null;
    /** Up to where there is nothing more to find. */
    #end;

    constructor(desk, symbol, interval) {
        super();
        Object.assign(this, { desk, symbol, interval, length: INTERVALS[interval], candles: [], error: null, isLoaded: false, hasOlder: true });
        this.#end = Math.ceil(desk.now() / this.length) * this.length + this.length;
    }

    get path() { return `prices/${encodeURIComponent(this.symbol)}/candles`; }

    begin() {
        this.#subscription = this.desk.client.subscribe(`candles:${this.symbol}:${this.interval}`);
        this.#subscription.on('publication', push => this.#live(push));
        this.#subscription.on('gap', () => this.again());
        this.#subscription.on('snapshot', ({ recovered, values }) => {
            const value = values?.[this.symbol];
            // After a longer break there are candles in between that nobody told.
            if (this.#isFollowed && !recovered) this.again();
            else if (value) this.#live(value);
            this.#isFollowed = true;
        });
        return this.older();
    }

    close() {
        this.#isClosed = true;
        this.#subscription?.unsubscribe();
    }

    /** From the newest on, as at first. */
    async again() {
        const end = Math.ceil(this.desk.now() / this.length) * this.length + this.length;
        try {
            this.#take(await this.#page(end));
        } catch (error) { this.error = error; }
        this.emit('change', { isNew: true });
    }

    #live(candle) {
        if (candle.open === undefined || this.#isClosed) return;
        this.#take([candle]);
        this.emit('change', { isNew: true });
    }

    #take(candles) {
        const last = this.candles.at(-1);
        const fresh = candles.map(candleOf);
        if (fresh.length === 1 && last?.start === fresh[0].start) this.candles[this.candles.length - 1] = fresh[0];
        else {
            const all = new Map([...this.candles, ...fresh].map(candle => [candle.start, candle]));
            this.candles = [...all.values()].sort((a, b) => a.start - b.start);
        }
    }

    async #page(end) {
        const { candles } = await this.desk.api.get(`${this.path}?interval=${this.interval}&from=${Math.max(0, end - PAGE * this.length)}&to=${end}&limit=1000`);
        return candles;
    }

    /** Loads those before the first one; one request at a time, each caller waits for it. */
    older() {
        if (!this.hasOlder) return Promise.resolve();
        this.#asking ??= this.#older().finally(() => {
            this.#asking = null;
            this.emit('change', {});
        });
        return this.#asking;
    }

    /** Whether older ones are on their way. */
    get isLoading() { return this.#asking !== null; }

    async #older() {
        this.error = null;
        // Not before whoever called can see that it is under way.
        queueMicrotask(() => this.emit('change', {}));
        try {
            for (let looks = 0; looks < LOOKS; looks++) {
                const found = await this.#page(this.#end);
                this.#end = Math.max(0, this.#end - PAGE * this.length);
                if (this.#isClosed) return;
                this.#take(found);
                if (found.length) break;
                if (!await this.#leap()) {
                    this.hasOlder = false;
                    break;
                }
            }
            this.isLoaded = true;
        } catch (error) { this.error = error; }
    }

    /** Over a time without ticks: the days say where there are some. */
    async #leap() {
        if (this.#end <= 0) return false;
        const { candles } = await this.desk.api.get(`${this.path}?interval=1d&to=${this.#end}&limit=1`);
        if (!candles.length) return false;
        this.#end = Math.min(this.#end, candles[0].start + DAY);
        return true;
    }
}
