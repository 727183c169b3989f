// Draws a chart: what is where comes from the chart, here are only pens and colours.

import { PLACES, priceText, textOf } from './decimal.js';

/** Below the candles, for the times. */
export const FOOT = 24;

const clock = new Intl.DateTimeFormat([], { hour: '2-digit', minute: '2-digit' });
const day = new Intl.DateTimeFormat([], { day: 'numeric', month: 'short' });
const exact = new Intl.DateTimeFormat([], { dateStyle: 'medium', timeStyle: 'short' });

const dayOf = at => new Date(at).toDateString();
export const candleTime = ({ start }) => exact.format(start);

function coloursOf(element) {
    const style = getComputedStyle(element);
    const of = name => style.getPropertyValue(`--${name}`).trim();
    return {
        ground: of('ground'), line: of('line'), text: of('text-muted'), strong: of('text'), cross: of('line-strong'), up: of('text-good'), down: of('text-problem'),
        raised: of('ground-raised'), accent: of('accent'), onAccent: of('on-accent'), level: of('text-accent'), font: `12px ${style.fontFamily}`,
    };
}

/** One picture of `stage`: { element, canvas, box, plot, series, candles, first, last, step, scale, x, cross, levels }. */
export class ChartPainter {
    constructor(stage) {
        Object.assign(this, stage, { colours: coloursOf(stage.element), pen: stage.canvas.getContext('2d') });
    }

    paint() {
        const { pen, colours } = this;
        pen.font = colours.font;
        pen.textBaseline = 'middle';
        this.#grid();
        this.#times();
        this.#bodies();
        this.#lastPrice();
        this.#levels();
        this.#crosshair();
    }

    #grid() {
        const { pen, colours, candles, plot, scale: { low, high, step, places, y } } = this;
        const newest = y(candles.at(-1).units.close);
        pen.textAlign = 'left';
        for (let tick = low / step * step + (low > 0n ? step : 0n); tick < high; tick += step) {
            const at = Math.round(y(tick)) + 0.5;
            pen.fillStyle = colours.line;
            pen.fillRect(0, at - 0.5, plot.width, 1);
            pen.fillStyle = colours.text;
            // Nothing half hidden behind the label of the newest price.
            if (at > 8 && at < plot.height - 6 && Math.abs(at - newest) > 16) pen.fillText(textOf(tick, places), plot.width + 8, at);
        }
    }

    #times() {
        const { pen, colours, candles, series, first, last, step, plot: { height, width } } = this;
        const every = Math.max(1, Math.ceil(84 / step));
        pen.textAlign = 'center';
        pen.fillStyle = colours.text;
        // By the candle's own number, so that labels travel with their candles.
        const unit = series.length * every;
        let before = null;
        for (let i = first; i <= last; i++) {
            const { start } = candles[i];
            const place = Math.floor(start / unit);
            const isFirst = place !== before;
            before = place;
            const x = this.x(i);
            if (!isFirst || i === first || x < 24 || x > width - 20) continue;
            const isDay = series.length >= 86_400_000 || dayOf(start) !== dayOf(start - unit);
            pen.fillText((isDay ? day : clock).format(start), x, height + FOOT / 2 + 1);
        }
    }

    #bodies() {
        const { pen, candles, first, last, step, plot } = this;
        const body = Math.max(1, Math.min(step - 2, Math.round(step * 0.7)));
        pen.save();
        pen.beginPath();
        pen.rect(0, 0, plot.width, plot.height);
        pen.clip();
        for (let i = first; i <= last; i++) this.#body(candles[i].units, Math.round(this.x(i)), body);
        pen.restore();
    }

    #body(units, x, body) {
        const { pen, colours, scale: { y } } = this;
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
    }

    #lastPrice() {
        const { colours, candles, plot, scale: { y, low, high } } = this;
        const { units, close } = candles.at(-1);
        if (units.close < low || units.close > high) return;
        const at = Math.round(y(units.close)) + 0.5;
        this.#dashes(colours.accent, [[0, at], [plot.width, at]]);
        this.#label({ text: priceText(close), y: at, ground: colours.accent, colour: colours.onAccent });
    }

    /** Alerts: a dashed line each, with what it waits for at its left end; two that are close stand side by side. */
    #levels() {
        const { pen, colours, plot, scale } = this;
        const placed = [];
        for (const { units, text, isMuted } of this.levels) {
            if (units < scale.low || units > scale.high) continue;
            const at = Math.round(scale.y(units)) + 0.5;
            const colour = isMuted ? colours.text : colours.level;
            this.#dashes(colour, [[0, at], [plot.width, at]], isMuted ? [2, 6] : [6, 4]);
            const width = pen.measureText(text).width + 12;
            const y = Math.max(9, Math.min(plot.height - 9, at));
            const beside = placed.filter(one => Math.abs(one.y - y) < 18).map(one => one.right + 4);
            const left = Math.max(4, ...beside);
            placed.push({ y, right: left + width });
            pen.fillStyle = colours.raised;
            pen.fillRect(left, y - 9, width, 18);
            pen.strokeStyle = colour;
            pen.strokeRect(left + 0.5, Math.round(y) - 8.5, width - 1, 17);
            pen.fillStyle = colour;
            pen.textAlign = 'left';
            pen.fillText(text, left + 6, y);
        }
    }

    #dashes(colour, [from, to], pattern = [3, 3]) {
        const { pen } = this;
        pen.save();
        pen.setLineDash(pattern);
        pen.strokeStyle = colour;
        pen.beginPath();
        pen.moveTo(...from);
        pen.lineTo(...to);
        pen.stroke();
        pen.restore();
    }

    #label({ text, y, ground, colour }) {
        const { pen, plot, box } = this;
        const at = Math.max(9, Math.min(plot.height - 9, y));
        pen.fillStyle = ground;
        pen.fillRect(plot.width + 2, at - 9, box.width - plot.width - 2, 18);
        pen.fillStyle = colour;
        pen.textAlign = 'left';
        pen.fillText(text, plot.width + 8, at);
    }

    #timeLabel(x, candle) {
        const { pen, colours, plot, box } = this;
        const text = candleTime(candle);
        const half = pen.measureText(text).width / 2 + 6;
        const middle = Math.max(half, Math.min(box.width - half, x));
        pen.fillStyle = colours.strong;
        pen.fillRect(middle - half, plot.height + 3, half * 2, 18);
        pen.fillStyle = colours.ground;
        pen.textAlign = 'center';
        pen.fillText(text, middle, plot.height + 12);
    }

    #crosshair() {
        const { colours, candles, cross, plot, scale: { y, places } } = this;
        const candle = cross && candles[cross.index];
        if (!candle) return;
        const x = Math.round(this.x(cross.index)) + 0.5;
        const line = Math.round(y(cross.units)) + 0.5;
        this.#dashes(colours.cross, [[x, 0], [x, plot.height]]);
        this.#dashes(colours.cross, [[0, line], [plot.width, line]]);
        this.#label({ text: textOf(cross.units, Math.min(PLACES, places + 1)), y: line, ground: colours.strong, colour: colours.ground });
        this.#timeLabel(x, candle);
    }
}
