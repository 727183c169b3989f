// The chosen symbol: its price, its candles by length, the same as a table and as a file.

import { emptyState, skeleton } from '../blank.js';
import { button, fill, h, icon, iconButton } from '../dom.js';
import { ageText } from '../format.js';
import { attempt, sentence } from '../overlay.js';
import { openAlertForm, sensible } from './alert-form.js';
import { AlertView } from './alert-view.js';
import { levelsOf } from './alert-words.js';
import { CandleChart } from './candle-chart.js';
import { candleTime } from './chart-painter.js';
import { change, priceText } from './decimal.js';
import { INTERVALS, goTo } from './place.js';
import { isUsedUp } from './quota.js';
import { RiskView } from './risk-view.js';
import { CONFIDENCE } from './words.js';

const NAMES = { '1m': '1 minute', '5m': '5 minutes', '15m': '15 minutes', '1h': '1 hour', '4h': '4 hours', '1d': '1 day' };
/** Rows of the table: what one can listen to. */
const ROWS = 100;

export class ChartView {
    #series = null;
    #pointed = null;
    #stop = null;

    constructor(desk) {
        this.desk = desk;
        this.head = h('header', { class: 'room-head chart-head' });
        this.price = h('p', { class: 'chart-price' });
        this.intervals = h('div', { class: 'intervals', role: 'group', 'aria-label': 'Length of a candle' },
            Object.keys(INTERVALS).map(name => h('button', {
                type: 'button', class: 'tab', 'data-interval': name, 'aria-label': NAMES[name], title: NAMES[name], onclick: () => goTo({ symbol: this.#series.symbol, interval: name }),
            }, name)));
        this.readout = h('p', { class: 'readout number' });
        this.alerts = new AlertView(desk);
        this.risk = new RiskView(desk);
        this.chart = new CandleChart({
            told: candle => { this.#pointed = candle; this.#drawReadout(); },
            picked: price => this.#alertAt(price),
            opened: ({ alert }) => openAlertForm(desk, { symbol: alert.symbol }, alert),
            moved: ({ alert }, price) => attempt(() => desk.alerts.change(alert, { value: price, operator: this.#turned(alert, price) })),
            scrolled: isBack => { this.newest.hidden = !isBack; },
        });
        this.newest = button('Newest', () => this.chart.toNewest(), 'chart-newest');
        this.newest.hidden = true;
        this.state = h('div', { class: 'chart-state' });
        this.table = h('details', { class: 'chart-table', 'aria-label': 'Table', ontoggle: () => this.#drawTable() }, h('summary', null, 'Candles as a table'));
        this.element = h('section', { class: 'chart', 'aria-label': 'Chart' }, this.head, this.price,
            h('div', { class: 'chart-bar' }, this.intervals, h('div', { class: 'chart-tools' },
                h('span', { class: 'is-wide-only' }, iconButton('minus', 'Narrower candles', () => this.chart.zoom(1 / 1.4)), iconButton('add', 'Wider candles', () => this.chart.zoom(1.4))),
                button([icon('download'), 'CSV'], () => attempt(() => this.#download()), 'is-quiet'))),
            this.readout, h('div', { class: 'chart-box' }, this.chart.element, this.newest, this.state), this.table,
            h('div', { class: 'chart-foot' }, this.alerts.element, this.risk.element));
        this.element.querySelector('.chart-bar .is-quiet').setAttribute('aria-label', 'Download these candles as CSV');
        desk.on('quote', symbol => { if (symbol === this.#series?.symbol) this.#drawPrice(); });
        desk.on('history', symbol => { if (symbol === this.#series?.symbol) this.#drawPrice(); });
        desk.on('waiting', () => this.#drawPrice());
        desk.alerts.on('change', () => this.#drawLevels());
        desk.quota.on('change', () => { if (this.#series) this.#draw(); });
        setInterval(() => this.#drawPrice(), 1_000);
    }

    show({ symbol, interval }) {
        if (this.#series?.symbol === symbol && this.#series.interval === interval) return;
        const series = this.desk.candles.show(symbol, interval);
        this.#series = series;
        this.#pointed = null;
        this.newest.hidden = true;
        fill(this.head, iconButton('back', 'All prices', () => goTo({}), { class: 'icon-button back' }), h('div', { class: 'room-title' }, h('h1', null, h('bdi', null, symbol))));
        for (const one of this.intervals.children) one.setAttribute('aria-pressed', String(one.dataset.interval === interval));
        this.chart.show(series);
        this.alerts.show({ symbol });
        this.risk.show(symbol);
        this.#drawLevels();
        this.#stop?.();
        this.#stop = series.on('change', () => this.#draw());
        this.#drawPrice();
        this.#draw();
    }

    hide() {
        this.#stop?.();
        this.desk.candles.hide();
        this.risk.hide();
        this.#series = null;
    }

    // Alerts in the chart.

    #drawLevels() {
        if (this.#series) this.chart.setLevels(levelsOf(this.desk.alerts.of(this.#series.symbol) ?? []));
    }

    #alertAt(price) {
        const { symbol } = this.#series;
        openAlertForm(this.desk, { symbol }, { value: price });
    }

    /** One that is dragged to the other side of the price waits for the other way. */
    #turned({ operator, symbol }, price) {
        const way = sensible(price, this.desk.quotes.get(symbol)?.price);
        if (operator === 'crosses') return operator;
        return operator.endsWith('=') ? `${way}=` : way;
    }

    #drawPrice() {
        const symbol = this.#series?.symbol;
        const quote = this.desk.quotes.get(symbol);
        if (!symbol) return;
        if (!quote) {
            this.price.dataset.mark = '';
            return fill(this.price, h('span', { class: 'muted' }, this.desk.isWaiting ? 'Not read yet' : 'No price yet'));
        }
        const reference = this.desk.history.reference(symbol);
        const moved = reference && change(quote.price, reference.price);
        const [word, meaning] = CONFIDENCE[quote.confidence] ?? [quote.confidence, ''];
        const age = `${ageText(this.desk.now() - quote.at)} ago`;
        const mark = JSON.stringify([quote.price, moved?.text, word, age, quote.source]);
        if (this.price.dataset.mark === mark) return;
        this.price.dataset.mark = mark;
        fill(this.price, h('b', { class: 'number', title: quote.price }, priceText(quote.price)),
            moved ? h('span', { class: 'watch-change number', 'data-direction': String(moved.direction) }, `${moved.text} ${reference.isDay ? 'in 24 h' : 'since first seen'}`) : null,
            h('span', { class: 'chart-trust' }, h('span', { class: quote.confidence === 'stale' ? 'tag is-stale' : 'tag', title: meaning }, word),
                h('span', { class: 'muted number' }, quote.source === 'demo' ? `${age}, made up` : age)));
    }

    #draw() {
        const { candles, error, isLoaded, isLoading } = this.#series;
        const again = button('Try again', () => this.#series.mend());
        // Above it says until when.
        const isHeld = isUsedUp(error) && this.desk.quota.over;
        const content = isHeld
            ? candles.length ? h('p', { class: 'chart-loading muted', role: 'status' }, 'Older candles wait until requests are taken again.')
                : emptyState('The candles wait', 'They are drawn here as soon as requests are taken again.')
            : candles.length ? error ? h('p', { class: 'chart-problem problem', role: 'alert' }, `Older candles: ${sentence(error)} `, again)
                : isLoading ? h('p', { class: 'chart-loading muted', role: 'status' }, 'Older candles are loading…') : null
            : error ? h('div', { class: 'empty', role: 'alert' }, h('h2', null, 'The candles cannot be shown'), h('p', null, sentence(error)), again)
                : isLoaded ? emptyState('No candles yet', 'They are made of ticks: the first one draws the first candle.') : skeleton(5);
        fill(this.state, content);
        this.state.classList.toggle('is-over', !candles.length);
        this.#drawReadout();
        if (this.table.open) this.#drawTable();
    }

    #drawReadout() {
        const candle = this.#pointed ?? this.#series?.candles.at(-1);
        const mark = candle ? JSON.stringify([candle.start, candle.open, candle.high, candle.low, candle.close]) : '';
        if (this.readout.dataset.mark === mark) return;
        this.readout.dataset.mark = mark;
        const part = (name, text) => h('span', null, h('abbr', { title: name }, name[0]), ' ', h('span', { title: text }, priceText(text)));
        fill(this.readout, candle ? [h('time', null, candleTime(candle)), ...[['Open', candle.open], ['High', candle.high], ['Low', candle.low], ['Close', candle.close]].map(([name, text]) => part(name, text))] : null);
    }

    #drawTable() {
        const { candles, symbol, interval } = this.#series ?? { candles: [] };
        const shown = this.table.open ? candles.slice(-ROWS).reverse() : [];
        const row = candle => h('tr', null, h('th', { scope: 'row' }, candleTime(candle)), [candle.open, candle.high, candle.low, candle.close].map(text => h('td', null, text)), h('td', null, String(candle.ticks)));
        const head = h('thead', null, h('tr', null, ['Begins', 'Open', 'High', 'Low', 'Close', 'Ticks'].map(name => h('th', { scope: 'col' }, name))));
        const table = shown.length ? h('div', { class: 'table-box', tabindex: '0', role: 'region', 'aria-label': 'Table of candles' }, h('table', null,
            h('caption', { class: 'unseen' }, `Candles of ${symbol}, ${NAMES[interval]} each, newest first`), head, h('tbody', null, shown.map(row)))) : null;
        const old = this.table.querySelector('.table-box');
        const at = old?.scrollTop;
        if (!old) this.table.append(table ?? '');
        else if (table) {
            // The box stays, and with it focus and place.
            old.replaceChildren(...table.children);
            old.scrollTop = at;
        } else old.remove();
    }

    /** With the sign-in, which a plain link would not carry. */
    async #download() {
        const { symbol, interval, path, candles } = this.#series;
        const from = candles[0]?.start ?? 0;
        const text = await this.desk.quota.text(`${path}?interval=${interval}&from=${from}&limit=1000&format=csv&time=iso`);
        const url = URL.createObjectURL(new Blob([text], { type: 'text/csv' }));
        h('a', { href: url, download: `${symbol}-${interval}.csv` }).click();
        setTimeout(() => URL.revokeObjectURL(url), 10_000);
    }
}
