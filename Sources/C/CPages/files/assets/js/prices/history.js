// The last day of each watched symbol, for its line and its change. Asked for once and then kept up by what arrives: requests
// for data are counted against the person's plan.

import { isUsedUp } from './quota.js';

export const QUARTER = 15 * 60_000;
const HOUR = 4 * QUARTER;
const DAY = 24 * HOUR;
/** The price of a day ago is the last one before it: that much further back it is looked for. */
const BEFORE = 2 * HOUR;
/** Quarters of an hour of such a time. */
const LIMIT = 120;
const KEY = 'stoa.past.';
/** A line with a longer hole at its end than this is asked for anew. */
const FRESH_MS = 3 * 60_000;
const SAVE_MS = 5_000;
/** Symbols of one request, and for how long they are gathered: the rows of a list ask one by one. */
const BATCH = 100;
const GATHER_MS = 50;

/** `[start, open, close]` in order; a tick moves the last one or begins the next. */
function put(buckets, start, price, oldest) {
    const last = buckets.at(-1);
    if (last && start < last[0]) return;
    if (last?.[0] === start) last[2] = price;
    else buckets.push([start, price, price]);
    while (buckets[0]?.[0] < oldest) buckets.shift();
}

/** What was fetched and what came meanwhile. */
function merged(fetched, live) {
    const fresh = live.filter(([start]) => start > (fetched.at(-1)?.[0] ?? -1));
    const last = fetched.at(-1);
    const same = live.find(([start]) => start === last?.[0]);
    if (same) last[2] = same[2];
    return [...fetched, ...fresh];
}

export class History {
    #past = new Map();
    #queue = [];
    #isBusy = false;
    #pausedUntil = 0;
    #save = null;

    constructor(desk) {
        this.desk = desk;
        desk.quota.on('again', () => this.#next());
    }

    #of(symbol) {
        const known = this.#past.get(symbol);
        if (known) return known;
        let kept = null;
        try { kept = JSON.parse(sessionStorage.getItem(KEY + symbol)); } catch { /* as if it had not been kept */ }
        const isFresh = kept?.until > this.desk.now() - FRESH_MS;
        const past = { day: isFresh ? kept.day : [], until: isFresh ? kept.until : 0, quote: kept?.quote ?? null, isAsked: false };
        this.#past.set(symbol, past);
        return past;
    }

    tick(symbol, quote) {
        const past = this.#of(symbol);
        const now = this.desk.now();
        const { at, price, confidence, source } = quote;
        past.quote = { at, price, confidence, source };
        put(past.day, at - at % QUARTER, price, now - DAY - BEFORE);
        if (past.until) past.until = now;
        this.#save ??= setTimeout(() => this.#keep(), SAVE_MS);
    }

    #keep() {
        this.#save = null;
        for (const [symbol, { day, until, quote }] of this.#past) {
            if (!until && !quote) continue;
            try { sessionStorage.setItem(KEY + symbol, JSON.stringify({ day, until, quote })); } catch { return; }
        }
    }

    /** What the price was when this window was last open; null where it was not. */
    quote(symbol) { return this.#of(symbol).quote; }

    /** Opening and closing prices of the last day, a quarter of an hour each. */
    line(symbol) {
        const oldest = this.desk.now() - DAY;
        return this.#of(symbol).day.filter(([start]) => start >= oldest - QUARTER);
    }

    /** What the price of a day ago was, or else the first one that is known; null before it has been asked for. */
    reference(symbol) {
        const { day, until } = this.#of(symbol);
        if (!until || !day.length) return null;
        const then = this.desk.now() - DAY;
        const before = day.findLast(([start]) => start + QUARTER <= then);
        return before ? { price: before[2], isDay: true } : { price: day[0][1], isDay: day[0][0] <= then };
    }

    /** After a break: what nobody told in a while is asked for anew. */
    refresh() {
        for (const [symbol, past] of this.#past) {
            if (!past.until || past.until > this.desk.now() - FRESH_MS) continue;
            Object.assign(past, { until: 0, isAsked: false });
            this.want(symbol);
        }
    }

    /** Asks for a symbol's past, once, unless it is known. */
    want(symbol) {
        const past = this.#of(symbol);
        if (past.isAsked) return;
        past.isAsked = true;
        if (past.until) return;
        this.#queue.push(symbol);
        this.#next();
    }

    /** All that the list asks for at a time, by one request: those of an hour are few. */
    async #next() {
        if (this.#isBusy || !this.#queue.length || this.desk.quota.isShut) return;
        this.#isBusy = true;
        let symbols = [];
        try {
            const wait = Math.max(GATHER_MS, this.#pausedUntil - Date.now());
            await new Promise(resolve => setTimeout(resolve, wait));
            const { list, place } = this.desk;
            const isWanted = symbol => list.has(symbol) || place?.symbol === symbol;
            const asked = this.#queue.splice(0, BATCH);
            symbols = asked.filter(isWanted);
            // Off the list by now, or not on it yet: asked for again when it is.
            for (const symbol of asked) if (!isWanted(symbol)) this.#of(symbol).isAsked = false;
            if (symbols.length) await this.#load(symbols);
            for (const symbol of symbols) this.desk.emit('history', symbol);
        } catch (error) {
            if (error.temporary || error.code === 'offline') {
                // A plan that is used up says by itself when it goes on.
                this.#pausedUntil = isUsedUp(error) ? 0 : Date.now() + Math.max(error.retry_after_ms ?? 0, 3_000);
                this.#queue.push(...symbols);
            }
        } finally { this.#isBusy = false; }
        this.#next();
    }

    async #load(symbols) {
        const from = Math.floor(this.desk.now() - DAY - BEFORE);
        const { candles } = await this.desk.quota.get(`prices/candles?symbols=${symbols.map(encodeURIComponent).join()}&interval=15m&from=${from}&limit=${LIMIT}`);
        for (const symbol of symbols) {
            const past = this.#of(symbol);
            past.day = merged((candles[symbol] ?? []).map(({ start, open, close }) => [start, open, close]), past.day);
            past.until = this.desk.now();
        }
    }
}
