// The chosen portfolio: what it is worth, what it holds, who sees it, and what one wants to be told of it.

import { emptyState, skeleton } from '../blank.js';
import { announce, button, fill, h, icon, iconButton, reconcile } from '../dom.js';
import { attempt, field, openDialog, openForm, openMenu, sentence, toast } from '../overlay.js';
import { AlertView } from './alert-view.js';
import { amountText, exactText, plainText, shareText, signedText, unitsOf } from './decimal.js';
import { goTo, placeOf } from './place.js';

export class PortfolioView {
    #id = null;

    constructor(desk) {
        this.desk = desk;
        this.head = h('header', { class: 'room-head chart-head' });
        this.worth = h('p', { class: 'chart-price portfolio-value' });
        this.state = h('div', { class: 'portfolio-state' });
        this.body = h('tbody');
        this.table = h('table', { class: 'holdings' }, h('caption', { class: 'unseen' }, 'What it holds'),
            h('thead', null, h('tr', null, ['Symbol', 'Amount', 'Value', 'Share', ''].map(name => h('th', { scope: 'col' }, name || h('span', { class: 'unseen' }, 'Change it'))))), this.body);
        this.form = this.#form();
        this.alerts = new AlertView(desk);
        this.element = h('section', { class: 'chart portfolio', 'aria-label': 'Portfolio', hidden: true }, this.head, this.worth,
            h('div', { class: 'portfolio-body' }, this.state, this.table, this.form), this.alerts.element);
        desk.portfolios.on('change', () => this.#draw());
        desk.portfolios.on('value', id => { if (id === this.#id) this.frame ??= requestAnimationFrame(() => { this.frame = null; this.#draw(); }); });
        desk.on('state', () => this.element.classList.toggle('is-offline', desk.client.state.name !== 'live'));
    }

    get #portfolio() { return this.desk.portfolios.of(this.#id); }
    get #isOwn() { return this.#portfolio && this.desk.portfolios.isOwn(this.#portfolio); }

    show(id) {
        if (id === this.#id) return;
        this.#id = id;
        this.body.replaceChildren();
        this.form.reset();
        this.#blame(null);
        this.alerts.show({ portfolio: id });
        this.#draw();
    }

    hide() { this.#id = null; }

    #draw() {
        if (!this.#id) return;
        const { portfolios } = this.desk;
        const portfolio = this.#portfolio;
        const valuation = portfolios.valuation(this.#id);
        const isThere = Boolean(portfolio);
        const isEmpty = isThere && !Object.keys(portfolio.holdings).length;
        this.#drawHead(portfolio);
        this.#drawWorth(isThere && valuation);
        this.table.hidden = !isThere || isEmpty;
        this.form.hidden = !this.#isOwn;
        this.alerts.element.hidden = !isThere;
        this.#drawState(isThere, isEmpty);
        if (isThere) reconcile(this.body, Object.entries(portfolio.holdings).sort(([a], [b]) => a < b ? -1 : 1).map(([symbol, amount]) => this.#holding(symbol, amount, valuation)));
    }

    #drawState(isThere, isEmpty) {
        const { portfolios } = this.desk;
        const isHeld = !isThere && !portfolios.all && this.desk.quota.over;
        const mark = isThere ? String(isEmpty && this.#isOwn) : portfolios.all ? 'gone' : isHeld ? 'held' : portfolios.error ? sentence(portfolios.error) : 'reading';
        if (this.state.dataset.mark === mark) return;
        this.state.dataset.mark = mark;
        fill(this.state, isThere
            ? isEmpty ? emptyState('It holds nothing yet', this.#isOwn ? 'Say below of what you have how much: its value moves with the prices.' : 'Its owner has put nothing in.') : null
            : portfolios.all ? emptyState('There is no such portfolio', 'It was deleted, or is not shared with you any more.', button('All prices', () => goTo({})))
                : isHeld ? emptyState('It waits', 'It is shown as soon as requests are taken again.')
                : portfolios.error ? h('div', { class: 'empty', role: 'alert' }, h('h2', null, 'It cannot be shown'), h('p', null, sentence(portfolios.error)), button('Try again', () => portfolios.load())) : skeleton(4));
    }

    #drawHead(portfolio) {
        const mark = JSON.stringify([this.#id, portfolio?.name, portfolio?.owner, portfolio?.shared_with]);
        if (this.head.dataset.mark === mark) return;
        this.head.dataset.mark = mark;
        const seen = portfolio?.shared_with?.length;
        fill(this.head, iconButton('back', 'All prices', () => goTo({}), { class: 'icon-button back' }),
            h('div', { class: 'room-title' }, h('h1', null, h('bdi', null, portfolio?.name ?? 'Portfolio')),
                portfolio && !this.#isOwn ? h('p', { class: 'muted' }, 'Shared with you by ', h('bdi', null, portfolio.owner)) : null),
            this.#isOwn ? [button([icon('people'), seen ? `Shared with ${seen}` : 'Share'], () => this.#share(), 'is-quiet'),
                iconButton('more', 'More for this portfolio', event => this.#menu(event.currentTarget), { 'aria-haspopup': 'menu' })] : null);
    }

    #drawWorth(valuation) {
        const mark = JSON.stringify([valuation?.value, valuation?.change, valuation?.change_share, valuation?.missing]);
        if (this.worth.dataset.mark === mark) return;
        this.worth.dataset.mark = mark;
        if (!valuation) return fill(this.worth);
        const { value, change, change_share: share, missing } = valuation;
        const moved = change && signedText(change);
        fill(this.worth, h('b', { class: 'number', title: value }, amountText(value)),
            moved ? h('span', { class: 'watch-change number', 'data-direction': String(moved.direction) }, `${moved.text}${share ? ` (${shareText(share, { signed: true })})` : ''} in 24 h`) : null,
            missing.length ? h('span', { class: 'tag is-stale', title: missing.join(', ') }, missing.length === 1 ? `${missing[0]} has no price` : `${missing.length} have no price`) : null);
    }

    #holding(symbol, amount, valuation) {
        const row = valuation?.holdings.find(one => one.symbol === symbol);
        const isOwn = this.#isOwn;
        return {
            key: symbol, mark: JSON.stringify([amount, row?.value, row?.share, isOwn]),
            build: () => {
                const change = isOwn ? iconButton('edit', `Change the amount of ${symbol}`, () => this.#edit(symbol, amount)) : null;
                const line = h('tr', null, h('th', { scope: 'row' }, h('a', { href: placeOf({ symbol }) }, h('bdi', null, symbol))), h('td', { class: 'number' }, exactText(amount)),
                    h('td', { class: 'number', title: row?.value }, row ? amountText(row.value) : h('span', { class: 'muted' }, 'No price')),
                    h('td', { class: 'number holding-share' }, row?.share ? shareText(row.share) : '–'),
                    h('td', { class: 'holding-tools' }, change, isOwn ? iconButton('trash', `Take ${symbol} out`, () => this.#takeOut(symbol, amount)) : null));
                line.focus = options => change?.focus(options);
                return line;
            },
        };
    }

    // Changing.

    #form() {
        this.problem = h('p', { class: 'problem', role: 'alert', id: 'hold-problem' });
        const input = (name, label, props) => h('input', { class: 'field', name, 'aria-label': label, placeholder: label, autocomplete: 'off', required: true, 'aria-describedby': 'hold-problem', ...props });
        return h('form', { class: 'hold-add', onsubmit: event => this.#add(event) },
            h('div', { class: 'inline-form' }, input('symbol', 'Symbol', { autocapitalize: 'characters', spellcheck: 'false', maxlength: 32 }),
                input('amount', 'Amount', { inputmode: 'decimal', maxlength: 40 }), h('button', { class: 'button' }, icon('add'), 'Add')), this.problem);
    }

    async #add(event) {
        event.preventDefault();
        const { symbol, amount } = Object.fromEntries(new FormData(this.form));
        this.#blame(null);
        try {
            await this.desk.portfolios.hold(this.#id, symbol.trim(), amountOf(amount));
            this.form.reset();
            this.form.elements.symbol.focus();
            announce(`${symbol.trim()} is in`);
        } catch (error) { this.#blame(error); }
    }

    /** Says what was refused, at the field that it is about; with null there is nothing to say. */
    #blame(error) {
        for (const one of this.form.querySelectorAll('[aria-invalid]')) one.removeAttribute('aria-invalid');
        fill(this.problem, error && sentence(error));
        const control = error?.field && this.form.elements.namedItem(error.field);
        control?.setAttribute('aria-invalid', 'true');
        control?.focus();
    }

    #edit(symbol, amount) {
        return openForm(`Amount of ${symbol}`, {
            fields: [field('Amount', 'amount', { inputmode: 'decimal', autocomplete: 'off', required: true, autofocus: true, value: exactText(amount) }, 'Nought takes it out.')],
            submit: 'Keep', save: async values => { await this.desk.portfolios.hold(this.#id, symbol, amountOf(values.amount)); },
        });
    }

    #takeOut(symbol, amount) {
        const id = this.#id;
        return attempt(async () => {
            await this.desk.portfolios.hold(id, symbol, '0');
            toast(`${symbol} is out`, { action: 'Put back', run: () => attempt(() => this.desk.portfolios.hold(id, symbol, amount)) });
        });
    }

    #menu(anchor) {
        const { id, name } = this.#portfolio;
        openMenu(anchor, name, [
            { label: 'Rename…', icon: 'edit', run: () => this.#rename(id, name) }, null,
            { label: 'Delete…', icon: 'trash', isDanger: true, run: () => this.#remove(id, name) },
        ]);
    }

    #rename(id, name) {
        return openForm('Rename the portfolio', {
            fields: [field('Name', 'name', { maxlength: 64, autocomplete: 'off', required: true, autofocus: true, value: name })],
            submit: 'Rename', save: async values => { await this.desk.portfolios.rename(id, values.name.trim()); },
        });
    }

    #remove(id, name) {
        return openForm(`Delete ${name}?`, {
            note: 'What it holds is forgotten, and so are all alerts on it, those of people who see it too.', isDanger: true, submit: 'Delete it',
            save: async () => { await this.desk.portfolios.remove(id); goTo({}); },
        });
    }

    #share() {
        const id = this.#id;
        return openDialog('Who sees this portfolio', () => {
            const people = h('ul', { class: 'share-list', 'aria-label': 'People who see it' });
            const problem = h('p', { class: 'problem', role: 'alert' });
            const draw = () => {
                const shared = this.desk.portfolios.of(id)?.shared_with ?? [];
                fill(people, shared.length ? shared.map(user => h('li', { class: 'alert-row' }, h('bdi', null, user),
                    iconButton('trash', `${user} sees it no more`, () => change(() => this.desk.portfolios.unshare(id, user))))) : h('li', { class: 'muted' }, 'Nobody but you.'));
            };
            const change = async run => {
                try { await run(); fill(problem); draw(); return true; } catch (error) { fill(problem, sentence(error)); return false; }
            };
            const input = h('input', { class: 'field', name: 'user', 'aria-label': 'Id of a person', placeholder: 'Id of a person', autocomplete: 'off', spellcheck: 'false', required: true, autofocus: true });
            const add = async event => {
                event.preventDefault();
                if (await change(() => this.desk.portfolios.share(id, input.value.trim()))) input.value = '';
                input.focus();
            };
            draw();
            return h('div', { class: 'share' }, h('p', { class: 'note' }, 'Whoever is named here sees what it holds and is worth, and changes nothing. They find their id in the menu under their name.'),
                people, h('form', { class: 'inline-form', onsubmit: add }, input, h('button', { class: 'button is-primary' }, 'Share')), problem);
        });
    }
}

/** What somebody wrote as an amount, for the wire; throws what is wrong with it, as the server would say it. */
function amountOf(text) {
    const plain = plainText(text);
    const units = unitsOf(plain);
    if (units !== null && units >= 0n) return plain;
    throw Object.assign(new Error('An amount is a decimal, not negative, with at most 18 digits on either side.'), { field: 'amount' });
}
