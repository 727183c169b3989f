// Badges: those one has, with when and where, and those one has not yet, with how far one is.

import { emptyState } from '../blank.js';
import { h, reconcile, fill } from '../dom.js';
import { count, exactTime } from '../format.js';

const SVG = 'http://www.w3.org/2000/svg';
const RARITIES = ['common', 'rare', 'epic', 'legendary'];
const WORDS = { common: 'Common', rare: 'Rare', epic: 'Epic', legendary: 'Legendary' };
/** Each has a shape of its own, so that colour alone says nothing. */
const SHAPES = {
    common: 'M14 3a11 11 0 1 0 0 22 11 11 0 0 0 0-22z', rare: 'M14 2 26 14 14 26 2 14z', epic: 'M14 2 24.5 8v12L14 26 3.5 20V8z',
    legendary: 'm14 2 3.6 7.9 8.6 1-6.4 5.8 1.7 8.5L14 21l-7.5 4.2 1.7-8.5-6.4-5.8 8.6-1z',
};
const dated = new Intl.DateTimeFormat([], { day: 'numeric', month: 'short', year: 'numeric', hour: 'numeric', minute: '2-digit' });

export class BadgeView {
    constructor(desk) {
        this.desk = desk;
        this.has = h('ul', { class: 'badge-list', role: 'list', 'aria-label': 'Badges that you have' });
        this.lacks = h('ul', { class: 'badge-list', role: 'list', 'aria-label': 'Badges still to earn' });
        this.none = h('div');
        this.left = h('h2', null, 'Still to earn');
        this.title = h('h2', { id: 'badges-title' }, 'Badges');
        this.element = h('section', { class: 'panel badges', 'aria-labelledby': 'badges-title' }, this.title, this.none, this.has, this.left, this.lacks);
        for (const type of ['own', 'rooms']) desk.on(type, () => this.#draw());
        desk.on('show', id => this.show(id));
    }

    #draw() {
        const { own } = this.desk;
        if (!own) return;
        const badges = [...own.badges].sort((a, b) => b.at - a.at);
        // Not by how near they are: rows that change places under one's eyes cannot be read.
        const rest = [...own.achievements].sort((a, b) => RARITIES.indexOf(a.rarity) - RARITIES.indexOf(b.rarity) || a.name.localeCompare(b.name));
        this.title.textContent = badges.length ? `Badges, ${badges.length} of ${badges.length + rest.length}` : 'Badges';
        reconcile(this.has, badges.map(badge => ({ key: badge.achievement, mark: JSON.stringify([badge, this.#place(badge), this.desk.isFresh(badge.achievement)]), build: () => this.#earned(badge) })));
        reconcile(this.lacks, rest.map(one => ({ key: one.id, mark: JSON.stringify(one), build: () => missing(one) })));
        this.has.hidden = !badges.length;
        this.left.hidden = !rest.length;
        this.lacks.hidden = !rest.length;
        const kind = badges.length ? '' : rest.length ? 'begin' : 'nothing';
        this.none.hidden = !kind;
        if (this.none.dataset.kind === kind) return;
        this.none.dataset.kind = kind;
        fill(this.none, kind === 'begin' ? emptyState('No badge yet', 'The first one is near: say something in a room.', h('a', { class: 'button is-primary', href: './' }, 'Go to the rooms'))
            : kind === 'nothing' ? emptyState('Nothing to earn yet', 'Whoever runs this server has made no badges. What you do counts all the same.') : null);
    }

    #place({ room }) { return room ? this.desk.roomName(room) : null; }

    #earned(badge) {
        const { achievement, name = achievement, description, rarity = 'common', xp, at, mint } = badge;
        const room = this.#place(badge);
        return h('li', { class: `badge-card is-${rarity}`, 'data-badge': achievement, tabindex: '-1' }, shape(rarity, true),
            h('div', { class: 'badge-words' }, h('h3', null, name, this.desk.isFresh(achievement) ? h('span', { class: 'tag is-new' }, 'New') : null),
                description ? h('p', null, description) : null,
                h('p', { class: 'muted' }, h('time', { datetime: new Date(at).toISOString(), title: exactTime(at) }, dated.format(at)), room ? [' in ', h('a', { href: `./#/${badge.room}` }, h('bdi', null, room))] : null),
                facts(rarity, xp, mint ? h('span', { class: 'tag', title: mint }, 'Minted') : null)));
    }

    /** Leads to a badge, as a toast offers it. */
    show(id) {
        const card = [...this.has.children].find(one => one.dataset.badge === id);
        card?.scrollIntoView({ block: 'center' });
        card?.focus({ preventScroll: true });
    }
}

function missing({ id, name, description, rarity, xp, current, target }) {
    const part = Math.max(0, Math.min(1, Number(current) / Number(target))) || 0;
    const bar = h('i');
    // By property: the page takes no style written into it.
    bar.style.width = `${part * 100}%`;
    const words = `${current} of ${target}`;
    return h('li', { class: `badge-card is-missing is-${rarity}`, 'data-badge': id }, shape(rarity, false),
        h('div', { class: 'badge-words' }, h('h3', null, name), description ? h('p', null, description) : null,
            h('div', { class: 'badge-way' }, h('div', { class: 'bar', role: 'progressbar', 'aria-label': name, 'aria-valuemin': '0', 'aria-valuemax': '100', 'aria-valuenow': String(Math.round(part * 100)), 'aria-valuetext': words }, bar),
                h('span', { class: 'number', 'aria-hidden': 'true' }, words)),
            facts(rarity, xp)));
}

const facts = (rarity, xp, ...more) => h('p', { class: 'badge-facts' }, h('span', { class: 'tag rarity' }, WORDS[rarity] ?? rarity), h('span', { class: 'muted number' }, count(xp, 'point')), more);

function shape(rarity, isEarned) {
    const [svg, path] = [document.createElementNS(SVG, 'svg'), document.createElementNS(SVG, 'path')];
    for (const [name, value] of [['viewBox', '0 0 28 28'], ['class', isEarned ? 'badge-shape' : 'badge-shape is-open'], ['aria-hidden', 'true']]) svg.setAttribute(name, value);
    path.setAttribute('d', SHAPES[rarity] ?? SHAPES.common);
    svg.append(path);
    return svg;
}
