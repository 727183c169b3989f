// Candles on a canvas, at the device's own pixels. Candles stand side by side whether or not there were ticks in between. Any
// height of it is a level on which an alert can be set.

import { h } from '../dom.js';
import { ChartPainter, FOOT, candleTime } from './chart-painter.js';
import { ChartPointer } from './chart-pointer.js';
import { levelPlaces, scaleOf } from './chart-scale.js';
import { plainOf, priceText, textOf, unitsOf } from './decimal.js';

const STEP = { least: 3, most: 40, first: 9 };
/** Load older ones when fewer than so many are left of the view. */
const AHEAD = 40;
/** How far a key moves the level, in pixels, and with Shift. */
const KEY_STEP = 3;
const KEY_LEAP = 24;

export class CandleChart {
    #step = STEP.first;
    /** How many candles right of the view are not shown; 0 follows the newest. */
    #back = 0;
    /** { index, units }, of the pointer with its `place`, else { isByKey, hasLevel }. */
    #cross = null;
    #frame = null;
    #box = { width: 0, height: 0 };
    #scale = null;
    #levels = [];
    /** A line under way: { id, units }. */
    #lifted = null;
    #stop = null;

    /**
     * `told(candle)` hears which candle the crosshair is on, null for none; `picked(price)` which level was chosen; `opened(level)`
     * and `moved(level, price)` what is done with a line; `scrolled(isBack)` whether the newest candle is out of view.
     */
    constructor({ told, picked, opened, moved, scrolled }) {
        Object.assign(this, { told, picked, opened, moved, scrolled });
        this.canvas = h('canvas', { class: 'chart-canvas', 'aria-hidden': 'true' });
        this.element = h('div', {
            class: 'chart-plot', tabindex: '0', role: 'slider', 'aria-label': 'Candles', 'aria-valuemin': '0', 'aria-valuemax': '0', 'aria-valuenow': '0',
            onkeydown: event => this.#key(event), onblur: () => this.#show(null), onfocus: () => this.#focused(),
        }, this.canvas);
        this.pointer = new ChartPointer(this, this.element);
        new ResizeObserver(([{ contentRect: box }]) => { this.#box = { width: box.width, height: box.height }; this.draw(); }).observe(this.element);
        for (const query of ['(prefers-color-scheme: dark)', '(prefers-contrast: more)']) matchMedia(query).addEventListener('change', () => this.draw());
        new MutationObserver(() => this.draw()).observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
    }

    show(series) {
        this.#stop?.();
        this.series = series;
        this.#back = 0;
        this.#scale = null;
        this.#show(null);
        this.element.setAttribute('aria-label', `Candles of ${series.symbol}, ${series.interval} each. Left and right move from candle to candle, up and down choose a level, Enter sets an alert there.`);
        let { length } = series.candles;
        this.#stop = series.on('change', ({ isNew }) => {
            const grown = series.candles.length - length;
            ({ length } = series.candles);
            // Scrolled back, what is looked at stays where it is.
            if (isNew && this.#back > 0) this.#back += grown;
            if (this.#cross?.isByKey) this.told(series.candles[this.#cross.index] ?? null);
            this.draw();
        });
        this.draw();
    }

    /** The alerts that are drawn: { id, units, text, isMuted }. */
    setLevels(levels) {
        this.#levels = levels;
        this.draw();
    }

    toNewest() {
        this.#back = 0;
        this.#scrolled();
    }

    draw() { this.#frame ??= requestAnimationFrame(() => { this.#frame = null; this.#paint(); }); }

    // Geometry.

    get #candles() { return this.series?.candles ?? []; }
    get #plot() { return { width: Math.max(0, this.#box.width - this.#axis), height: Math.max(0, this.#box.height - FOOT) }; }
    get #axis() { return Math.max(56, (this.#scale?.text ?? '').length * 7 + 16); }
    get #count() { return Math.max(1, Math.floor(this.#plot.width / this.#step)); }

    #view() {
        const last = this.#candles.length - 1 - Math.round(this.#back);
        const first = Math.max(0, last - this.#count + 1);
        return { first, last: Math.max(first, last) };
    }

    #scroll(candles) {
        const most = Math.max(0, this.#candles.length - Math.min(this.#count, 5));
        this.#back = Math.max(0, Math.min(most, this.#back + candles));
        if (this.#view().first < AHEAD) this.series?.older();
        this.#scrolled();
    }

    #scrolled() {
        this.scrolled(this.#back >= 1);
        this.draw();
    }

    /** Wider candles, or narrower ones with a factor below 1. */
    zoom(factor) {
        this.#step = Math.max(STEP.least, Math.min(STEP.most, this.#step * factor));
        this.#scroll(0);
    }

    /** A price at a height, with as many places as the symbol's prices have. */
    #level(y) {
        const units = this.#scale.at(Math.max(0, Math.min(this.#plot.height, y)));
        return units > 0n ? unitsOf(plainOf(units, levelPlaces(this.#candles, units))) : 0n;
    }

    // What the pointer asks for.

    drag(pixels) { this.#scroll(pixels / this.#step); }

    /** The crosshair goes to a place of the element; null takes it away. */
    point(place) {
        const { width, height } = this.#plot;
        const isInside = place && this.#scale && place.x < width && place.y < height && place.y >= 0 && this.#candles.length > 0;
        this.#show(isInside ? this.#crossAt(place) : null);
    }

    #crossAt(place) {
        const { first, last } = this.#view();
        const index = Math.round(last + 0.5 - (this.#plot.width - 4 - place.x) / this.#step - 0.0001);
        return { index: Math.max(first, Math.min(last, index)), units: this.#scale.at(place.y), place };
    }

    lineAt(y, near) {
        if (!this.#scale) return null;
        const far = level => Math.abs(this.#scale.y(level.units) - y);
        return this.#levels.filter(level => far(level) <= near).sort((a, b) => far(a) - far(b))[0] ?? null;
    }

    moveLine({ id }, y) {
        this.#lifted = { id, units: this.#level(y) };
        this.draw();
    }

    dropLine(level, isMeant) {
        const lifted = this.#lifted;
        this.#lifted = null;
        this.draw();
        if (isMeant && lifted && lifted.units > 0n && lifted.units !== level.units) this.moved(level, plainOf(lifted.units));
    }

    pick({ x, y }, near) {
        const { width, height } = this.#plot;
        if (!this.#scale || y < 0 || y >= height || x < 0 || x > this.#box.width) return;
        const line = this.lineAt(y, near);
        if (line) return this.opened(line);
        const level = this.#level(y);
        if (level > 0n && x < width) this.picked(plainOf(level));
    }

    // The crosshair.

    #show(cross) {
        this.#cross = cross;
        const candle = cross && this.#candles[cross.index];
        this.told(candle ?? null);
        if (candle) {
            const level = cross.hasLevel ? `Level ${textOf(cross.units, levelPlaces(this.#candles, cross.units), 2)}. ` : '';
            this.element.setAttribute('aria-valuemax', String(this.#candles.length - 1));
            this.element.setAttribute('aria-valuenow', String(cross.index));
            this.element.setAttribute('aria-valuetext', level + candleWords(candle));
        }
        this.draw();
    }

    #key(event) {
        const newest = this.#candles.length - 1;
        if (newest < 0 || event.altKey || event.ctrlKey || event.metaKey) return;
        const from = this.#cross?.index ?? this.#view().last + 1;
        const to = {
            ArrowLeft: from - 1, ArrowRight: from + 1, PageUp: from - this.#count, PageDown: from + this.#count, Home: 0, End: newest,
        }[event.key];
        const up = { ArrowUp: -1, ArrowDown: 1 }[event.key];
        if (event.key === '+' || event.key === '=') this.zoom(1.25);
        else if (event.key === '-') this.zoom(0.8);
        else if (event.key === 'Escape' && this.#cross) this.#show(null);
        else if (event.key === 'Enter' && this.#cross) this.picked(plainOf(this.#cross.units, levelPlaces(this.#candles, this.#cross.units)));
        else if (up) this.#levelByKey(up * (event.shiftKey ? KEY_LEAP : KEY_STEP));
        else if (to === undefined) return;
        else this.#pointByKey(Math.max(0, Math.min(newest, to)));
        event.preventDefault();
    }

    /** By keyboard one begins at the newest. */
    #focused() {
        const newest = this.#candles.length - 1;
        if (newest >= 0 && this.element.matches(':focus-visible')) this.#pointByKey(newest);
    }

    #pointByKey(index) {
        const { first, last } = this.#view();
        if (index < first) this.#scroll(first - index);
        if (index > last) this.#scroll(last - index);
        if (index < AHEAD) this.series.older();
        const { hasLevel = false, units } = this.#cross ?? {};
        this.#show({ index, isByKey: true, hasLevel, units: hasLevel ? units : this.#candles[index].units.close });
    }

    #levelByKey(pixels) {
        if (!this.#scale) return;
        const cross = this.#cross ?? { index: this.#view().last, units: this.#candles[this.#view().last].units.close };
        const y = this.#scale.y(cross.units);
        const units = this.#level(y + pixels);
        this.#show({ index: cross.index, isByKey: true, hasLevel: true, units: units > 0n ? units : cross.units });
    }

    // Painting.

    #paint() {
        const { width, height } = this.#box;
        if (!width || !height) return;
        const ratio = devicePixelRatio || 1;
        const [w, tall] = [Math.round(width * ratio), Math.round(height * ratio)];
        if (this.canvas.width !== w || this.canvas.height !== tall) Object.assign(this.canvas, { width: w, height: tall });
        const pen = this.canvas.getContext('2d');
        pen.setTransform(ratio, 0, 0, ratio, 0, 0);
        pen.clearRect(0, 0, width, height);
        const candles = this.#candles;
        if (!candles.length) return;
        this.#scale = this.#scaled();
        this.#repoint();
        // Beside longer labels there is room for fewer candles.
        const { first, last } = this.#view();
        const { width: room } = this.#plot;
        new ChartPainter({
            element: this.element, canvas: this.canvas, box: this.#box, plot: this.#plot, series: this.series, candles, first, last, step: this.#step, scale: this.#scale,
            x: index => room - (last - index + 0.5) * this.#step - 4, cross: this.#cross,
            levels: this.#levels.map(level => level.id === this.#lifted?.id ? { ...level, units: this.#lifted.units, text: textOf(this.#lifted.units, 18, 0) } : level),
        }).paint();
    }

    /** What is under a pointer that rests changes where the view does. */
    #repoint() {
        if (!this.#cross?.place) return;
        const before = this.#cross.index;
        this.#cross = this.#crossAt(this.#cross.place);
        if (this.#cross.index !== before) this.told(this.#candles[this.#cross.index] ?? null);
    }

    #scaled() {
        const { first, last } = this.#view();
        return scaleOf(this.#candles.slice(first, last + 1), this.#candles.at(-1), this.#plot.height);
    }
}

export const candleWords = candle => `${candleTime(candle)}: open ${priceText(candle.open)}, high ${priceText(candle.high)}, low ${priceText(candle.low)}, close ${priceText(candle.close)}, ${candle.ticks} ticks`;
