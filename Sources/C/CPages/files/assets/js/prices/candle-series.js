// The candles of one symbol and one length: those of before by request, the last ones live, and the last one moves with each
// price that is told.

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
    #isClosed = false;
    #asking = null;
    /** Up to where there is nothing more to find. */
    #end;
    /** Whether what happens is told, and whether something was missed since. */
    isFollowed = false;
    isBehind = false;

    constructor(desk, symbol, interval) {
        super();
        Object.assign(this, { desk, symbol, interval, length: INTERVALS[interval], candles: [], error: null, isLoaded: false, hasOlder: true });
        this.#end = this.#newest;
    }

    get path() { return `prices/${encodeURIComponent(this.symbol)}/candles`; }
    get #newest() { return Math.ceil(this.desk.now() / this.length) * this.length + this.length; }

    /** Asks for what is not there: at first, after a break, and where it could not be asked for before. */
    mend() {
        if (this.isBehind) return this.#again();
        if (!this.isLoaded || this.error) return this.older();
        return Promise.resolve();
    }

    close() { this.#isClosed = true; }

    /** From the newest on, as at first. */
    async #again() {
        this.isBehind = false;
        try {
            this.#take(await this.#page(this.#newest));
            this.error = null;
        } catch (error) {
            this.error = error;
            this.isBehind = true;
        }
        this.emit('change', { isNew: true });
    }

    live(candle) {
        if (candle.open === undefined || this.#isClosed) return;
        this.#take([candle]);
        this.emit('change', { isNew: true });
    }

    /** The price above the chart and the last candle move as one; the candle itself comes a moment later and is right. */
    tick({ price, at, confidence }) {
        const last = this.candles.at(-1);
        const start = at - at % this.length;
        if (!last || confidence === 'stale' || start < last.start || this.#isClosed) return;
        if (start > last.start) this.#take([{ start, open: price, high: price, low: price, close: price, ticks: 1 }]);
        else if (last.close === price) return;
        else {
            const units = unitsOf(price);
            this.#take([{
                ...last, close: price, high: units > last.units.high ? price : last.high, low: units < last.units.low ? price : last.low, average_volume: last.volume,
            }]);
        }
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
        const { candles } = await this.desk.quota.get(`${this.path}?interval=${this.interval}&from=${Math.max(0, end - PAGE * this.length)}&to=${end}&limit=1000`);
        return candles;
    }

    /** Loads those before the first one; one request at a time, each caller waits for it. */
    older() {
        if (!this.hasOlder || this.error && this.desk.quota.isShut) return Promise.resolve();
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
        const { candles } = await this.desk.quota.get(`${this.path}?interval=1d&to=${this.#end}&limit=1`);
        if (!candles.length) return false;
        this.#end = Math.min(this.#end, candles[0].start + DAY);
        return true;
    }
}
