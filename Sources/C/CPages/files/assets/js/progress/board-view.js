// A leaderboard as a table: the first ten, then those around oneself; equal experience shares a rank.

import { avatar } from '../avatar.js';
import { emptyState, skeleton } from '../blank.js';
import { button, fill, h, reconcile } from '../dom.js';
import { count } from '../format.js';
import { sentence } from '../overlay.js';
import { BOARDS, goTo, roomOf } from './place.js';

export class BoardView {
    constructor(desk) {
        this.desk = desk;
        this.tabs = h('div', { class: 'board-tabs', role: 'group', 'aria-label': 'Whose leaderboard' },
            Object.entries(BOARDS).map(([name, words]) => h('button', { type: 'button', class: 'tab', 'data-board': name, onclick: () => goTo(name) }, words)));
        this.pick = h('select', { class: 'field board-room', 'aria-label': 'A room\'s leaderboard', onchange: () => { if (this.pick.value) goTo(this.pick.value); } });
        this.own = h('p', { class: 'board-own' });
        this.note = h('p', { class: 'note board-note', role: 'status' });
        this.rows = h('tbody');
        this.table = h('table', { class: 'board-table' }, h('caption', { class: 'unseen' }, 'Leaderboard'),
            h('thead', null, h('tr', null, [['Rank', 'board-rank'], ['Who', ''], ['Experience', 'board-xp']].map(([words, look]) => h('th', { scope: 'col', class: look }, words)))), this.rows);
        this.box = h('div', { class: 'board-box', tabindex: '0', role: 'region', 'aria-label': 'Leaderboard table' }, this.table);
        this.state = h('div', { class: 'board-state' });
        this.element = h('section', { class: 'panel board', 'aria-labelledby': 'board-title' },
            h('header', { class: 'board-head' }, h('h2', { id: 'board-title' }, 'Leaderboard'), h('div', { class: 'board-pick' }, this.tabs, this.pick)),
            this.own, this.note, this.state, this.box);
        desk.board.on('change', () => this.#draw());
        desk.on('rooms', () => this.#drawRooms());
        desk.on('own', () => this.#draw());
        this.#drawRooms();
        this.#draw();
    }

    #drawRooms() {
        const { rooms, board } = this.desk;
        const chosen = roomOf(board.name ?? '') ?? '';
        const named = [...rooms].sort((a, b) => (a.name ?? '').localeCompare(b.name ?? ''));
        if (chosen && !named.some(({ id }) => id === chosen)) named.unshift({ id: chosen, name: 'This room' });
        const mark = JSON.stringify([chosen, named.map(({ id, name }) => [id, name])]);
        this.pick.hidden = !named.length;
        if (this.pick.dataset.mark === mark) return;
        this.pick.dataset.mark = mark;
        fill(this.pick, h('option', { value: '', disabled: true, selected: !chosen }, 'A room'),
            named.map(({ id, name }) => h('option', { value: `room:${id}`, selected: id === chosen }, name ?? 'Room')));
        this.pick.classList.toggle('is-chosen', Boolean(chosen));
    }

    #draw() {
        const { view, error, streamError, name } = this.desk.board;
        for (const tab of this.tabs.children) tab.setAttribute('aria-pressed', String(tab.dataset.board === name));
        this.#drawRooms();
        const isEmpty = !view?.top.length;
        this.box.hidden = isEmpty;
        this.#drawState(this.desk.isOff ? null : view ? isEmpty ? 'empty' : null : error ? 'error' : 'loading', error);
        this.#drawWords(view, view ? error : null, streamError);
        if (view) reconcile(this.rows, rowsOf(view, this.desk.me.id).map(row => ({ ...row, build: () => row.at ? this.#row(row) : aroundRow() })));
    }

    #drawState(kind, error) {
        const mark = `${kind} ${error?.request_id ?? ''}`;
        if (this.state.dataset.mark === mark) return;
        this.state.dataset.mark = mark;
        fill(this.state, kind === 'loading' ? skeleton(5)
            : kind === 'empty' ? emptyState('Nobody is on it yet', 'Whoever gets experience first is first.')
                : kind === 'error' ? h('div', { class: 'rail-note', role: 'alert' }, h('p', null, sentence(error)), button('Try again', () => this.desk.board.ask())) : null);
    }

    #drawWords(view, error, streamError) {
        const own = view?.own;
        const words = !view?.top.length ? '' : own ? `You are number ${own.rank.toLocaleString()} of ${view.count.toLocaleString()}, with ${count(own.xp, 'point')}.`
            : `You are not on it yet; ${count(view.count, 'person is', 'people are')}.`;
        if (this.own.textContent !== words) this.own.textContent = words;
        this.own.hidden = !words;
        const note = error ? `This may be old: ${sentence(error)}` : streamError && view ? `Not live: ${sentence(streamError)}` : '';
        if (this.note.textContent !== note) this.note.textContent = note;
        this.note.hidden = !note;
    }

    #row({ at: { rank, user: { id, name }, xp }, isShared, isOwn }) {
        // Who has never written has no name there; one's own is known.
        const user = { id, name: isOwn ? this.desk.me.name : name ?? id };
        return h('tr', { class: isOwn ? 'is-own' : null, 'data-user': user.id, 'aria-current': isOwn ? 'true' : null },
            h('td', { class: 'board-rank number' }, rank.toLocaleString(), isShared ? [h('span', { 'aria-hidden': 'true', title: 'Shared' }, ' ='), h('span', { class: 'unseen' }, ' shared')] : null),
            h('td', { class: 'board-who' }, h('span', null, avatar(user, { small: true }), h('bdi', null, user.name), isOwn ? h('span', { class: 'tag' }, 'You') : null)),
            h('td', { class: 'board-xp number' }, xp.toLocaleString()));
    }
}

const aroundRow = () => h('tr', { class: 'board-around' }, h('td', { colspan: '3' }, 'Around you'));

/** Each person once: whoever is among the first is there. */
function rowsOf({ top, neighbours, own }, me) {
    const known = new Set(top.map(({ user }) => user.id));
    const around = own && known.has(me) ? [] : neighbours.filter(({ user }) => !known.has(user.id));
    const all = [...top, ...around];
    const times = new Map();
    for (const { rank } of all) times.set(rank, (times.get(rank) ?? 0) + 1);
    const rows = all.map(at => {
        const [isShared, isOwn] = [times.get(at.rank) > 1, at.user.id === me];
        return { key: at.user.id, at, isShared, isOwn, mark: JSON.stringify([at, isShared, isOwn]) };
    });
    // With somebody who is in both there is no gap between them.
    const isApart = around.length && around.length === neighbours.length;
    if (isApart) rows.splice(top.length, 0, { key: '', mark: '' });
    return rows;
}
