// Everything one signed-in person has open on the page of prices: the connection, the list, the newest prices.

import { Emitter, StoaClient } from '../../../client/stoa.js';
import { BASE } from '../api.js';
import { Notes } from '../notes.js';
import { Alerts } from './alerts.js';
import { CandleShelf } from './candle-shelf.js';
import { History } from './history.js';
import { Portfolios } from './portfolios.js';
import { Quota, isUsedUp } from './quota.js';
import { Risks } from './risks.js';
import { StoredList } from './stored-list.js';
import { WatchList } from './watch-list.js';

/** Prices more often than this nobody reads. */
const STREAM = { minIntervalMs: 100, batch: true };
/** A pattern that more symbols match shows the first ones. */
export const PATTERN_LIMIT = 20;
/** What a snapshot of many channels brings comes in several messages. */
const GATHER_MS = 150;

export class PriceDesk extends Emitter {
    #patterns = new Map();
    #found = new Map();
    #gathering = null;
    #waiting = new Set();
    /** Those whose plan has nothing left for them. */
    #delayed = new Set();

    constructor(session) {
        super();
        const url = new URL('ws', BASE);
        url.protocol = url.protocol.replace('http', 'ws');
        Object.assign(this, { session, api: session.api, me: session.me, quotes: new Map(), skew: 0, isLoaded: false, error: null });
        this.list = new WatchList(this.me.id);
        this.quota = new Quota(this.api);
        this.client = new StoaClient({ url, token: () => session.current(), user: this.me.id });
        this.client.on('welcome', ({ at }) => {
            this.skew = at - Date.now();
            this.history.refresh();
        });
        this.client.on('state', state => this.emit('state', state));
        this.history = new History(this);
        this.candles = new CandleShelf(this);
        this.risks = new Risks(this);
        this.alerts = new Alerts(this);
        this.notes = new Notes(this);
        this.portfolios = new Portfolios(this);
        this.chosen = this.#subscribe([]);
        // Whoever is here without an account has the browser's own.
        this.stored = session.isOwnPerson ? null : new StoredList(this);
        this.list.on('again', pattern => this.#drop(pattern));
        this.list.on('change', () => { this.#follow(); this.emit('list'); });
        this.stored?.on('record', () => this.#follow());
        this.list.on('change', () => this.#recall());
        this.#recall();
        this.client.connect();
        this.#begin();
    }

    /** The person's list decides what is listened to; where it cannot be read, the browser's own does for now. */
    async #begin() {
        this.isFollowing = !this.stored;
        try { await this.stored?.begin(); } catch { this.#beginLater(); }
        this.isFollowing = true;
        this.#follow();
        this.emit('list');
    }

    #beginLater() {
        let isAsking = false;
        const again = async () => {
            if (this.stored.isBegun || isAsking) return;
            isAsking = true;
            await this.stored.begin().catch(() => {});
            isAsking = false;
        };
        this.client.on('welcome', again);
        this.quota.on('again', again);
    }

    /** What prices were when this window was last open, until something newer is told. */
    #recall() {
        for (const symbol of this.list.symbols) {
            const quote = this.quotes.has(symbol) ? null : this.history.quote(symbol);
            if (quote) this.quotes.set(symbol, { ...quote, offset: -1, epoch: null, before: quote.price });
        }
    }

    /** Whether prices are not told live for now, since the plan is used up. */
    get isWaiting() { return this.#delayed.size > 0; }

    #delay(subscription, error) {
        if (!isUsedUp(error)) return;
        this.quota.heard(error);
        this.#delayed.add(subscription);
        // What there is to show is all that there is for now.
        this.#waiting.delete(subscription);
        if (!this.#waiting.size) this.#loaded();
        this.emit('waiting');
    }

    /** The server's time: ages are told by it. */
    now() { return Date.now() + this.skew; }

    #subscribe(channels) {
        const subscription = this.client.subscribe(channels, STREAM);
        subscription.on('snapshot', ({ channel, epoch, offset, values }) => this.#snapshot(channel, { epoch, offset, values }));
        subscription.on('publication', push => push.type === 'watchlist_update' ? this.stored?.told(push) : this.#quote(push.symbol, push));
        subscription.on('subscribed', () => this.#answered(subscription));
        subscription.on('delayed', error => this.#delay(subscription, error));
        subscription.on('error', error => { this.error = error; this.emit('list'); });
        return subscription;
    }

    /** Subscribes what the list asks for, and leaves what it does not. */
    #follow() {
        if (!this.isFollowing) return;
        const { patterns } = this.list;
        for (const pattern of [...this.#patterns.keys()]) if (!patterns.includes(pattern)) this.#drop(pattern);
        for (const pattern of patterns) {
            if (this.#patterns.has(pattern)) continue;
            const subscription = this.#subscribe([`price:${pattern}`]);
            this.#patterns.set(pattern, subscription);
            this.#waiting.add(subscription);
        }
        const covered = symbol => patterns.some(pattern => symbol.startsWith(pattern.slice(0, -1)));
        const wanted = this.stored?.channel ? [this.stored.channel] : this.list.symbols.filter(symbol => !covered(symbol)).map(symbol => `price:${symbol}`);
        if (String(wanted) !== String(this.chosen.channels)) this.chosen.setChannels(wanted);
        if (!this.#waiting.size) this.#loaded();
    }

    #drop(pattern) {
        const subscription = this.#patterns.get(pattern);
        if (!subscription) return;
        this.#patterns.delete(pattern);
        this.#waiting.delete(subscription);
        if (this.#delayed.delete(subscription)) this.emit('waiting');
        subscription.unsubscribe();
    }

    #answered(subscription) {
        this.error = null;
        this.#waiting.delete(subscription);
        if (this.#delayed.delete(subscription)) this.emit('waiting');
        if (!this.#waiting.size && this.#gathering === null) this.#loaded();
    }

    #loaded() {
        if (this.isLoaded) return;
        this.isLoaded = true;
        this.emit('list');
    }

    #snapshot(channel, { epoch, offset, values }) {
        if (channel === this.stored?.channel) return this.stored.told(Object.values(values ?? {})[0] ?? {});
        const symbol = channel.slice('price:'.length);
        const value = values?.[symbol];
        this.#meet(symbol);
        const known = this.quotes.get(symbol);
        if (known && known.epoch !== epoch) this.quotes.delete(symbol);
        if (value) this.#quote(symbol, { ...value, offset, epoch });
    }

    #quote(symbol, { price, confidence, at, volume, source, offset, epoch }) {
        const known = this.quotes.get(symbol);
        // After a resume come those that were missed, behind the newest one that the snapshot had.
        if (known && offset <= known.offset) return;
        this.quotes.set(symbol, { price, confidence, at, volume, source, offset, epoch: epoch ?? known?.epoch, before: known?.price ?? price });
        this.#meet(symbol);
        this.history.tick(symbol, this.quotes.get(symbol));
        this.emit('quote', symbol);
    }

    // Patterns find symbols: gathered for a moment, so that the list does not grow row by row.

    #meet(symbol) {
        if (this.list.has(symbol) || this.list.isHidden(symbol)) return;
        const pattern = this.list.patterns.find(one => symbol.startsWith(one.slice(0, -1)));
        if (!pattern) return;
        this.#found.set(symbol, pattern);
        this.#gathering ??= setTimeout(() => this.#gathered(), GATHER_MS);
    }

    #gathered() {
        this.#gathering = null;
        const found = [...this.#found].sort(([a], [b]) => a < b ? -1 : 1);
        this.#found.clear();
        for (const pattern of new Set(found.map(([, one]) => one))) {
            const all = found.filter(([, one]) => one === pattern).map(([symbol]) => symbol);
            const start = pattern.slice(0, -1);
            const room = Math.max(0, PATTERN_LIMIT - this.list.symbols.filter(symbol => symbol.startsWith(start)).length);
            this.list.found(all.slice(0, room), { pattern, isOver: all.length > room });
            if (all.length > room) this.emit('more', { pattern, shown: PATTERN_LIMIT });
        }
        if (!this.#waiting.size) this.#loaded();
    }

    close() { this.client.close(); }
}
