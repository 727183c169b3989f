// Candles on a canvas, at the device's own pixels. Candles stand side by side whether or not there were ticks in between;
// heights are computed from whole numbers, so that labels say exactly what the line stands for.

import { h } from '../dom.js';
import { PLACES, priceText, textOf } from './decimal.js';

const STEP = { least: 3, most: 40, first: 9 };
const FOOT = 24;
const PAD = 0.08;
/** Load older ones when fewer than so many are left of the view. */
const AHEAD = 40;

const clock = new Intl.DateTimeFormat([], { hour: '2-digit', minute: '2-digit' });
const day = new Intl.DateTimeFormat([], { day: 'numeric', month: 'short' });
const exact = new Intl.DateTimeFormat([], { dateStyle: 'medium', timeStyle: 'short' });

/** A distance of 1, 2 or 5 times a power of ten that gives at most so many lines. */
function niceStep(span, most) {
    const least = span / BigInt(Math.max(1, most)) + 1n;
    let step = 10n ** BigInt(String(least).length - 1);
    for (const factor of [2n, 5n, 10n]) if (step < least) step = 10n ** BigInt(String(least).length - 1) * factor;
    return step;
}

/** How many places a whole number of 10⁻¹⁸ needs. */
function placesNeeded(units) {
    const noughts = /0*$/.exec(String(units))[0].length;
    return Math.max(0, PLACES - noughts);
}

export class CandleChart {
    #step = STEP.first;
    /** How many candles right of the view are not shown; 0 follows the newest. */
    #back = 0;
    #cross = null;
    #frame = null;
    #drag = null;
    /** Where each finger is, and how far two were apart. */
    #fingers = new Map();
    #apart = null;
    #box = { width: 0, height: 0 };

    /** `told(candle)` hears which candle the crosshair is on, null for none. */
    constructor({ told }) {
        this.told = told;
        this.canvas = h('canvas', { class: 'chart-canvas', 'aria-hidden': 'true' });
        this.element = h('div', {
            class: 'chart-plot', tabindex: '0', role: 'slider', 'aria-label': 'Candles', 'aria-valuemin': '0', 'aria-valuemax': '0', 'aria-valuenow': '0',
            onkeydown: event => this.#key(event), onpointermove: event => this.#moved(event), onpointerdown: event => this.#pressed(event),
            onpointerup: event => this.#released(event), onpointercancel: event => this.#released(event),
            onpointerleave: () => { if (!this.#drag) this.#point(null); }, onblur: () => this.#point(null), onfocus: () => this.#focused(), ondblclick: () => this.toNewest(),
        }, this.canvas);
        this.element.addEventListener('wheel', event => this.#wheel(event), { passive: false });
        new ResizeObserver(([{ contentRect: box }]) => { this.#box = { width: box.width, height: box.height }; this.draw(); }).observe(this.element);
        for (const query of ['(prefers-color-scheme: dark)', '(prefers-contrast: more)']) matchMedia(query).addEventListener('change', () => this.draw());
        new MutationObserver(() => this.draw()).observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
    }

    show(series) {
        this.series = series;
        this.#back = 0;
        this.#point(null);
        this.element.setAttribute('aria-label', `Candles of ${series.symbol}, ${series.interval} each. Arrow keys move from candle to candle.`);
        let length = 0;
        series.on('change', ({ isNew }) => {
            if (this.series !== series) return;
            const grown = series.candles.length - length;
            length = series.candles.length;
            // Scrolled back, what is looked at stays where it is.
            if (isNew && this.#back > 0) this.#back += grown;
            if (this.#cross?.isByKey) this.told(series.candles[this.#cross.index] ?? null);
            this.draw();
        });
    }

    toNewest() {
        this.#back = 0;
        this.draw();
    }

    draw() { this.#frame ??= requestAnimationFrame(() => { this.#frame = null; this.#paint(); }); }

    // Geometry.

    get #candles() { return this.series?.candles ?? []; }
    get #plot() { return { width: Math.max(0, this.#box.width - this.#axis), height: Math.max(0, this.#box.height - FOOT) }; }
    get #axis() { return Math.max(56, (this.axisText ?? '').length * 7 + 16); }
    get #count() { return Math.max(1, Math.floor(this.#plot.width / this.#step)); }

    #view() {
        const last = this.#candles.length - 1 - Math.round(this.#back);
        const first = Math.max(0, last - this.#count + 1);
        return { first, last: Math.max(first, last) };
    }

    #x(index, last) { return this.#plot.width - (last - index + 0.5) * this.#step - 4; }

    #scroll(candles) {
        const most = Math.max(0, this.#candles.length - Math.min(this.#count, 5));
        this.#back = Math.max(0, Math.min(most, this.#back + candles));
        if (this.#view().first < AHEAD) this.series?.older();
        this.draw();
    }

    /** Wider candles, or narrower ones with a factor below 1. */
    zoom(factor) {
        this.#step = Math.max(STEP.least, Math.min(STEP.most, this.#step * factor));
        this.#scroll(0);
    }

    // Pointer and keys.

    #wheel(event) {
        event.preventDefault();
        if (event.ctrlKey) return this.zoom(event.deltaY < 0 ? 1.15 : 1 / 1.15);
        const way = Math.abs(event.deltaX) > Math.abs(event.deltaY) ? -event.deltaX : event.deltaY;
        this.#scroll(way / this.#step);
    }

    #pressed(event) {
        if (event.button !== 0) return;
        this.element.setPointerCapture(event.pointerId);
        this.#fingers.set(event.pointerId, event);
        this.#drag = this.#fingers.size === 1 ? { x: event.clientX, back: this.#back } : null;
    }

    #released(event) {
        this.#fingers.delete(event.pointerId);
        this.#drag = this.#apart = null;
    }

    /** Two fingers draw the candles apart. */
    #pinched() {
        const [a, b] = [...this.#fingers.values()];
        const apart = Math.max(1, Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY));
        if (this.#apart) this.zoom(apart / this.#apart);
        this.#apart = apart;
    }

    #moved(event) {
        if (this.#fingers.has(event.pointerId)) this.#fingers.set(event.pointerId, event);
        if (this.#fingers.size === 2) return this.#pinched();
        const box = this.element.getBoundingClientRect();
        const [x, y] = [event.clientX - box.left, event.clientY - box.top];
        if (this.#drag) {
            this.#scroll(this.#drag.back + (event.clientX - this.#drag.x) / this.#step - this.#back);
            if (event.pointerType !== 'touch') this.element.classList.add('is-dragged');
        } else this.element.classList.remove('is-dragged');
        const { first, last } = this.#view();
        const index = Math.round(last + 0.5 - (this.#plot.width - 4 - x) / this.#step - 0.0001);
        const isInside = x < this.#plot.width && y < this.#plot.height && this.#candles.length > 0;
        this.#point(isInside ? { index: Math.max(first, Math.min(last, index)), y } : null);
    }

    #point(cross) {
        this.#cross = cross;
        const candle = cross && this.#candles[cross.index];
        this.told(candle ?? null);
        if (candle) {
            this.element.setAttribute('aria-valuemax', String(this.#candles.length - 1));
            this.element.setAttribute('aria-valuenow', String(cross.index));
            this.element.setAttribute('aria-valuetext', candleWords(candle));
        }
        this.draw();
    }

    #key(event) {
        const { first, last } = this.#view();
        const newest = this.#candles.length - 1;
        if (newest < 0) return;
        const from = this.#cross?.index ?? last + 1;
        const to = {
            ArrowLeft: from - 1, ArrowRight: from + 1, PageUp: from - this.#count, PageDown: from + this.#count, Home: 0, End: newest,
        }[event.key];
        if (event.key === '+' || event.key === '=') this.zoom(1.25);
        else if (event.key === '-') this.zoom(0.8);
        else if (event.key === 'Escape' && this.#cross) this.#point(null);
        else if (to === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
        else this.#pointByKey(Math.max(0, Math.min(newest, to)), { first, last });
        event.preventDefault();
    }

    /** By keyboard one begins at the newest. */
    #focused() {
        const newest = this.#candles.length - 1;
        if (newest >= 0 && this.element.matches(':focus-visible')) this.#pointByKey(newest, this.#view());
    }

    #pointByKey(index, { first, last }) {
        if (index < first) this.#scroll(first - index);
        if (index > last) this.#scroll(last - index);
        if (index < AHEAD) this.series.older();
        this.#point({ index, isByKey: true });
    }

    // Painting.

    #colours() {
        const style = getComputedStyle(this.element);
        const of = name => style.getPropertyValue(`--${name}`).trim();
        return {
            ground: of('ground'), line: of('line'), text: of('text-muted'), strong: of('text'), cross: of('line-strong'), up: of('text-good'), down: of('text-problem'),
            label: of('ground-raised'), accent: of('accent'), onAccent: of('on-accent'), font: `12px ${style.fontFamily}`,
        };
    }

    #paint() {
        const { width, height } = this.#box;
        if (!width || !height) return;
        const ratio = devicePixelRatio || 1;
        const [w, tall] = [Math.round(width * ratio), Math.round(height * ratio)];
        if (this.canvas.width !== w || this.canvas.height !== tall) Object.assign(this.canvas, { width: w, height: tall });
        const pen = this.canvas.getContext('2d');
        pen.setTransform(ratio, 0, 0, ratio, 0, 0);
        pen.clearRect(0, 0, width, height);
        if (!this.#candles.length) return;
        const colours = this.#colours();
        pen.font = colours.font;
        pen.textBaseline = 'middle';
        const { first, last } = this.#view();
        const shown = this.#candles.slice(first, last + 1);
        const scale = this.#scale(shown);
        this.#grid(pen, colours, scale);
        this.#times(pen, colours, { first, last });
        this.#bodies(pen, colours, scale, { first, last, shown });
        this.#lastPrice(pen, colours, scale);
        this.#crosshair(pen, colours, scale, last);
    }

    #scale(shown) {
        let [low, high] = [shown[0].units.low, shown[0].units.high];
        for (const { units } of shown) {
            if (units.low < low) low = units.low;
            if (units.high > high) high = units.high;
        }
        if (low === high) [low, high] = [low - low / 100n - 1n, high + high / 100n + 1n];
        const room = BigInt(Math.round(Number(high - low) * PAD));
        [low, high] = [low - room, high + room];
        const { height } = this.#plot;
        const step = niceStep(high - low, Math.max(2, Math.floor(height / 48)));
        const places = placesNeeded(step);
        this.axisText = [textOf(high, Math.min(PLACES, places + 1)), priceText(this.#candles.at(-1).close)].reduce((a, b) => b.length > a.length ? b : a);
        return {
            low, high, step, places, y: units => height - Number(units - low) / Number(high - low) * height,
            at: y => low + BigInt(Math.round((1 - y / height) * 1e6)) * (high - low) / 1_000_000n,
        };
    }

    #grid(pen, colours, { low, high, step, places, y }) {
        const { width } = this.#plot;
        const newest = y(this.#candles.at(-1).units.close);
        pen.textAlign = 'left';
        for (let tick = low / step * step + (low > 0n ? step : 0n); tick < high; tick += step) {
            const at = Math.round(y(tick)) + 0.5;
            pen.fillStyle = colours.line;
            pen.fillRect(0, at - 0.5, width, 1);
            pen.fillStyle = colours.text;
            // Nothing half hidden behind the label of the newest price.
            if (at > 8 && at < this.#plot.height - 6 && Math.abs(at - newest) > 16) pen.fillText(textOf(tick, places), width + 8, at);
        }
    }

    #times(pen, colours, { first, last }) {
        const { height, width } = this.#plot;
        const every = Math.max(1, Math.ceil(84 / this.#step));
        pen.textAlign = 'center';
        pen.fillStyle = colours.text;
        // By the candle's own number, so that labels travel with their candles.
        const unit = this.series.length * every;
        let before = null;
        for (let i = first; i <= last; i++) {
            const { start } = this.#candles[i];
            const place = Math.floor(start / unit);
            const isFirst = place !== before;
            before = place;
            const x = this.#x(i, last);
            if (!isFirst || i === first || x < 24 || x > width - 20) continue;
            const isDay = this.series.length >= 86_400_000 || dayOf(start) !== dayOf(start - unit);
            pen.fillText((isDay ? day : clock).format(start), x, height + FOOT / 2 + 1);
        }
    }

    #bodies(pen, colours, { y }, { first, last, shown }) {
        const body = Math.max(1, Math.min(this.#step - 2, Math.round(this.#step * 0.7)));
        pen.save();
        pen.beginPath();
        pen.rect(0, 0, this.#plot.width, this.#plot.height);
        pen.clip();
        shown.forEach(({ units }, i) => {
            const x = Math.round(this.#x(first + i, last));
            const isUp = units.close >= units.open;
            const [top, bottom] = isUp ? [y(units.close), y(units.open)] : [y(units.open), y(units.close)];
            const tall = Math.max(1, Math.round(bottom) - Math.round(top));
            pen.fillStyle = pen.strokeStyle = isUp ? colours.up : colours.down;
            pen.fillRect(x, Math.round(y(units.high)), 1, Math.max(1, Math.round(y(units.low)) - Math.round(y(units.high))));
            const left = x - Math.floor(body / 2);
            // Rising ones are hollow: colour is not all that tells them apart.
            if (isUp && body >= 5 && tall > 2) {
                pen.fillStyle = colours.ground;
                pen.fillRect(left, Math.round(top), body, tall);
                pen.strokeRect(left + 0.5, Math.round(top) + 0.5, body - 1, tall - 1);
            } else pen.fillRect(left, Math.round(top), body, tall);
        });
        pen.restore();
    }

    #lastPrice(pen, colours, { y, low, high }) {
        const { units, close } = this.#candles.at(-1);
        if (units.close < low || units.close > high) return;
        const at = Math.round(y(units.close)) + 0.5;
        this.#dashes(pen, colours.accent, [[0, at], [this.#plot.width, at]]);
        this.#label(pen, { text: priceText(close), y: at, ground: colours.accent, colour: colours.onAccent });
    }

    #dashes(pen, colour, [from, to]) {
        pen.save();
        pen.setLineDash([3, 3]);
        pen.strokeStyle = colour;
        pen.beginPath();
        pen.moveTo(...from);
        pen.lineTo(...to);
        pen.stroke();
        pen.restore();
    }

    #label(pen, { text, y, ground, colour }) {
        const at = Math.max(9, Math.min(this.#plot.height - 9, y));
        pen.fillStyle = ground;
        pen.fillRect(this.#plot.width + 2, at - 9, this.#box.width - this.#plot.width - 2, 18);
        pen.fillStyle = colour;
        pen.textAlign = 'left';
        pen.fillText(text, this.#plot.width + 8, at);
    }

    #timeLabel(pen, colours, x, candle) {
        const text = candleTime(candle);
        const half = pen.measureText(text).width / 2 + 6;
        const middle = Math.max(half, Math.min(this.#box.width - half, x));
        pen.fillStyle = colours.strong;
        pen.fillRect(middle - half, this.#plot.height + 3, half * 2, 18);
        pen.fillStyle = colours.ground;
        pen.textAlign = 'center';
        pen.fillText(text, middle, this.#plot.height + 12);
    }

    #crosshair(pen, colours, { y, at, places }, last) {
        const candle = this.#cross && this.#candles[this.#cross.index];
        if (!candle) return;
        const x = Math.round(this.#x(this.#cross.index, last)) + 0.5;
        const height = this.#cross.isByKey ? y(candle.units.close) : this.#cross.y;
        const line = Math.round(height) + 0.5;
        this.#dashes(pen, colours.cross, [[x, 0], [x, this.#plot.height]]);
        this.#dashes(pen, colours.cross, [[0, line], [this.#plot.width, line]]);
        const units = this.#cross.isByKey ? candle.units.close : at(height);
        this.#label(pen, { text: textOf(units, Math.min(PLACES, places + 1)), y: line, ground: colours.strong, colour: colours.ground });
        this.#timeLabel(pen, colours, x, candle);
    }
}

const dayOf = at => new Date(at).toDateString();
export const candleTime = ({ start }) => exact.format(start);
export const candleWords = candle => `${candleTime(candle)}: open ${priceText(candle.open)}, high ${priceText(candle.high)}, low ${priceText(candle.low)}, close ${priceText(candle.close)}, ${candle.ticks} ticks`;
