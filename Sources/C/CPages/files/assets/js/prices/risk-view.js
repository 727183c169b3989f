// How risky the chosen symbol is: the score, what it is made of, and what of that nobody knows.

import { skeleton } from '../blank.js';
import { button, fill, h, icon } from '../dom.js';
import { ageText } from '../format.js';
import { sentence } from '../overlay.js';
import { openAlertForm } from './alert-form.js';
import { exactText } from './decimal.js';
import { isUsedUp } from './quota.js';

/** The factors with what they count, in per cent, and what they look at. */
const FACTORS = [
    ['volatility', 'Volatility', 25, 'How far the price moves from day to day, over 90 days.'],
    ['market_cap', 'Market value', 20, 'What all of it is worth: the less, the riskier.'],
    ['liquidity', 'Liquidity', 20, 'How much is traded in a day, beside what all of it is worth.'],
    ['contract', 'Smart contract', 15, 'Whether there is one, and what an audit says of it.'],
    ['sentiment', 'Sentiment', 10, 'What people say of it.'],
    ['whales', 'Large holders', 10, 'How much the ten largest holders have.'],
];
const BANDS = {
    low: ['Low', 'Below 30: moves little, and can be sold.'], medium: ['Medium', '30 to 59: take a look at what makes it so.'],
    high: ['High', '60 to 79: much can be lost.'], extreme: ['Extreme', '80 and more: all of it can be lost.'],
};
const INPUTS = { market_cap: 'the market value', volatility: 'the volatility (30 days of prices are needed)', volume: 'what is traded in a day' };

export class RiskView {
    #symbol = null;

    constructor(desk) {
        this.desk = desk;
        this.body = h('div', { class: 'risk-body' });
        this.element = h('section', { class: 'risk', 'aria-label': 'Risk' },
            h('header', { class: 'alerts-head' }, h('h2', null, 'Risk'), this.tool = button([icon('bell'), 'Alert on risk'], () => this.#alert(), 'is-quiet')), this.body);
        desk.risks.on('change', symbol => { if (symbol === this.#symbol) this.#draw(); });
        desk.on('state', () => this.element.classList.toggle('is-offline', desk.client.state.name !== 'live'));
        desk.on('quote', symbol => { if (symbol === this.#symbol && !this.isMadeUp) this.#draw(); });
        desk.quota.on('change', () => this.#draw());
        setInterval(() => this.#age(), 1_000);
    }

    show(symbol) {
        if (symbol === this.#symbol) return;
        this.#symbol = symbol;
        this.desk.risks.want(symbol);
        this.#draw();
    }

    hide() { this.#symbol = null; }

    /** What a server makes up is said to be so wherever it is shown. */
    get isMadeUp() { return this.desk.quotes.get(this.#symbol)?.source === 'demo'; }

    #draw() {
        if (!this.#symbol) return;
        const report = this.desk.risks.of(this.#symbol);
        const error = this.desk.risks.errorOf(this.#symbol);
        const { over } = this.desk.quota;
        const mark = JSON.stringify([this.#symbol, report, error?.message, Boolean(over), this.isMadeUp]);
        if (this.body.dataset.mark === mark) return;
        this.body.dataset.mark = mark;
        this.tool.hidden = report?.score === undefined;
        if (report?.score !== undefined) this.#full(report);
        else if (report && !error) this.#missing(report.missing);
        else if (over && (!error || isUsedUp(error))) fill(this.body, h('p', { class: 'muted risk-none' }, 'The score is read as soon as requests are taken again.'));
        else if (error) this.#failed(error);
        else fill(this.body, skeleton(2));
        this.#age();
    }

    #failed(error) {
        fill(this.body, h('p', { class: 'problem', role: 'alert' }, `The score cannot be read: ${sentence(error)} `, button('Try again', () => this.desk.risks.again(this.#symbol), 'is-link')));
    }

    #missing(names) {
        if (!names) {
            return fill(this.body, h('p', { class: 'risk-none' }, h('b', null, 'No score yet. '), 'Nobody has said enough of it. ', button('What is missing?', () => this.desk.risks.ask(this.#symbol), 'is-link')));
        }
        const words = names.map(name => INPUTS[name] ?? name);
        const list = words.length > 1 ? `${words.slice(0, -1).join(', ')} and ${words.at(-1)}` : words[0];
        fill(this.body, h('p', { class: 'risk-none' }, h('b', null, 'No score yet. '), `${list ? `Nobody has said ${list}.` : 'Too little is known.'} As soon as that is known, the score is here.`));
    }

    #full({ score, category, breakdown, assumed = [], at, sources = {} }) {
        const [band, meaning] = BANDS[category] ?? [category, ''];
        this.at = at;
        this.aged = h('span', { class: 'muted number risk-age' });
        fill(this.body,
            h('p', { class: 'risk-score' }, h('b', { class: 'number' }, String(score)), h('span', { class: 'muted' }, 'of 100'),
                h('span', { class: `tag risk-band is-${category}` }, band), h('span', { class: 'risk-meaning' }, meaning), this.aged),
            h('ul', { class: 'risk-factors', 'aria-label': 'What the score is made of' },
                FACTORS.map(factor => this.#factor(factor, breakdown?.[factor[0]], assumed.includes(factor[0]), sources[factor[0]]))));
    }

    #factor([name, words, weight, meaning], value, isAssumed, source) {
        const bar = h('i', { class: 'risk-fill' });
        bar.style.inlineSize = `${Math.max(0, Math.min(100, Number(value ?? 0)))}%`;
        const from = { candles: 'From the prices of this server.', demo: 'Made up.', given: '' }[source] ?? (source ? `From ${source}.` : '');
        return h('li', { class: isAssumed ? 'risk-factor is-assumed' : 'risk-factor', title: `${meaning} ${from}`.trim() },
            h('span', { class: 'risk-name' }, words, isAssumed ? h('small', { class: 'muted' }, ' not known, counted as 50') : null),
            h('span', { class: 'muted number' }, h('span', { class: 'unseen' }, 'counts '), `${weight} %`),
            h('span', { class: 'risk-bar', 'aria-hidden': 'true' }, bar),
            h('span', { class: 'number risk-value' }, exactText(value ?? ''), h('span', { class: 'unseen' }, ' of 100')));
    }

    #age() {
        if (!this.aged?.isConnected) return;
        const text = `${this.isMadeUp ? 'made up, ' : ''}${ageText(this.desk.now() - this.at)} ago`;
        if (this.aged.textContent !== text) this.aged.textContent = text;
    }

    #alert() {
        const { score } = this.desk.risks.of(this.#symbol) ?? {};
        return openAlertForm(this.desk, { symbol: this.#symbol, kind: 'risk_score' }, { value: String(score ?? 50), operator: '>' });
    }
}
