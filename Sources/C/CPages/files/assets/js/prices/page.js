// The page of prices once somebody is signed in: the list beside the chart; on a phone one at a time.

import { avatar } from '../avatar.js';
import { Bell } from '../bell.js';
import { ConnectionBar } from '../connection-bar.js';
import { h, icon, iconButton } from '../dom.js';
import { listenForPageKeys, openProfile } from '../profile-menu.js';
import { toggleTheme } from '../theme.js';
import { ChartView } from './chart-view.js';
import { readPlace, placeOf } from './place.js';
import { PortfolioRail } from './portfolio-rail.js';
import { PortfolioView } from './portfolio-view.js';
import { QuotaBar } from './quota-bar.js';
import { WatchView } from './watch-view.js';

const USUAL = '1m';
const KEYS = [
    ['List', [['↑ ↓', 'From one to the next'], ['Enter', 'Show its chart'], ['Alt ↑ ↓', 'Move it up or down'], ['Del', 'Take it off the list']]],
    ['Chart', [['← →', 'From candle to candle'], ['↑ ↓', 'Choose a level'], ['Enter', 'Set an alert there'], ['Home End', 'Oldest, newest'], ['+ -', 'Wider, narrower'], ['Esc', 'No crosshair']]],
    ['Everywhere', [['/', 'Add a symbol'], ['?', 'This list']]],
];

export class PricePage {
    #interval = USUAL;
    /** Whether the list has been there once. */
    #isBegun = false;

    constructor(desk, { signOut, signIn }) {
        Object.assign(this, { desk, signOut });
        this.watch = new WatchView(desk);
        this.chart = new ChartView(desk);
        this.portfolios = new PortfolioRail(desk);
        this.portfolio = new PortfolioView(desk);
        this.status = h('span', { class: 'status' });
        const me = h('button', { type: 'button', class: 'me', 'aria-haspopup': 'menu', onclick: event => this.#profile(event.currentTarget) },
            avatar(desk.me), h('span', { class: 'me-words' }, h('bdi', { class: 'me-name' }, desk.me.name), this.status));
        this.bar = new ConnectionBar(desk, { signIn, status: this.status, offline: 'The last known prices are shown.' });
        this.welcome = h('div', { class: 'welcome' }, h('p', { class: 'empty muted' }, 'The candles of the symbol that you pick are drawn here.'));
        this.rail = h('nav', { class: 'rail price-rail', 'aria-label': 'Prices' },
            h('header', { class: 'rail-head' }, h('h1', { class: 'brand' }, icon('chart'), 'Prices'),
                new Bell(desk).element, h('a', { class: 'icon-button', href: 'progress', 'aria-label': 'Progress', title: 'Progress' }, icon('medal')),
                h('a', { class: 'button is-quiet', href: './' }, icon('stoa'), 'Rooms')),
            this.watch.element, this.portfolios.element,
            h('footer', { class: 'rail-foot' }, me, iconButton('moon', 'Light or dark', toggleTheme, { class: 'icon-button theme-switch' })));
        this.main = h('main', { class: 'main', 'aria-label': 'Chart' }, this.welcome, this.chart.element, this.portfolio.element);
        this.columns = h('div', { class: 'frame no-side price-frame' }, this.rail, this.main);
        this.element = h('div', { class: 'price-page' }, this.bar.element, new QuotaBar(desk).element, this.columns);
        window.addEventListener('hashchange', () => this.#go());
        listenForPageKeys(KEYS, { '/': () => this.watch.input.focus() });
        desk.on('list', () => this.#listed());
        this.#go();
        this.#listed();
    }

    #go() {
        const { symbol, interval, portfolio } = readPlace();
        this.#interval = interval ?? this.#interval;
        this.desk.place = { symbol, interval: this.#interval, portfolio };
        this.columns.dataset.screen = symbol || portfolio ? 'conversation' : 'rooms';
        this.welcome.hidden = Boolean(symbol || portfolio);
        this.main.setAttribute('aria-label', portfolio ? 'Portfolio' : 'Chart');
        this.portfolio.element.hidden = !portfolio;
        if (portfolio) this.portfolio.show(portfolio); else this.portfolio.hide();
        this.portfolios.draw();
        this.chart.element.hidden = !symbol;
        document.title = symbol ? `${symbol} · Prices · Stoa` : 'Prices · Stoa';
        if (symbol) {
            this.chart.show(this.desk.place);
            this.desk.history.want(symbol);
            this.#watched(symbol);
        } else this.chart.hide();
        this.watch.mark();
    }

    /** A link may name a symbol that is on no list: it is put there, else it would have no price. */
    #watched(symbol) {
        const { list } = this.desk;
        if (this.desk.isLoaded && !list.has(symbol) && !list.problemWith(symbol)) list.add(symbol);
    }

    /** Where there is space for both, the first one is shown until one chooses; so too when the chosen one is taken off. */
    #listed() {
        const { list, isLoaded, place } = this.desk;
        if (!isLoaded) return;
        if (!this.#isBegun && place.symbol) this.#watched(place.symbol);
        this.#isBegun = true;
        if (place.portfolio || place.symbol && list.has(place.symbol)) return;
        const isNarrow = matchMedia('(max-width: 719px)').matches;
        const next = isNarrow ? null : list.symbols[0] ?? null;
        if (next !== place.symbol) location.replace(placeOf({ symbol: next }));
    }

    #profile(anchor) {
        openProfile(this.desk, anchor, {
            links: [{ label: 'Study rooms', icon: 'stoa', href: './' }, { label: 'Progress', icon: 'medal', href: 'progress' }], keys: KEYS, signOut: () => this.signOut(),
        });
    }
}
