// The portfolios below the watch-list: what each is worth, and a new one.

import { button, fill, h, icon, reconcile } from '../dom.js';
import { field, openForm, sentence } from '../overlay.js';
import { amountText } from './decimal.js';
import { goTo, placeOf } from './place.js';

export class PortfolioRail {
    constructor(desk) {
        this.desk = desk;
        this.rows = h('ul', { class: 'portfolio-rows', role: 'list', 'aria-label': 'Portfolios' });
        this.state = h('p', { class: 'portfolio-note muted' });
        this.element = h('section', { class: 'portfolio-rail', 'aria-label': 'Portfolios' },
            h('header', { class: 'portfolio-rail-head' }, h('h2', null, 'Portfolios'), button([icon('add'), 'New portfolio'], () => this.#make(), 'is-quiet')),
            this.state, this.rows);
        desk.portfolios.on('change', () => this.draw());
        desk.quota.on('change', () => this.draw());
        desk.portfolios.on('value', () => { this.frame ??= requestAnimationFrame(() => { this.frame = null; this.draw(); }); });
        this.draw();
    }

    draw() {
        const { portfolios, place } = this.desk;
        const { all, error } = portfolios;
        if (!all && this.desk.quota.over) return fill(this.state, 'They are read as soon as requests are taken again.');
        if (!all) return fill(this.state, error ? [`${sentence(error)} `, button('Try again', () => portfolios.load(), 'is-link')] : 'They are being read …');
        fill(this.state, all.length ? null : 'None yet: say what you have, and see what it is worth.');
        reconcile(this.rows, all.map(one => {
            const value = portfolios.valuation(one.id);
            const isChosen = place?.portfolio === one.id;
            return { key: one.id, mark: JSON.stringify([one.name, one.owner, value?.value, value?.change_share, isChosen]), build: () => this.#row(one, value, isChosen) };
        }));
    }

    #row(one, value, isChosen) {
        const link = h('a', { class: 'portfolio-link', href: placeOf({ portfolio: one.id }), 'aria-current': isChosen ? 'true' : null },
            h('span', { class: 'watch-name' }, h('bdi', null, one.name), this.desk.portfolios.isOwn(one) ? null : h('span', { class: 'watch-age' }, 'Shared with you')),
            h('span', { class: 'watch-figures' }, h('span', { class: 'number portfolio-worth' }, value ? amountText(value.value) : '–')));
        const row = h('li', { class: isChosen ? 'portfolio-row is-chosen' : 'portfolio-row' }, link);
        // A row that is built anew under the focus hands it to its link.
        row.focus = options => link.focus(options);
        return row;
    }

    #make() {
        return openForm('New portfolio', {
            fields: [field('Name', 'name', { maxlength: 64, autocomplete: 'off', required: true, autofocus: true, placeholder: 'Savings' })],
            submit: 'Make it', save: async ({ name }) => goTo({ portfolio: (await this.desk.portfolios.make(name.trim())).id }),
        });
    }
}
