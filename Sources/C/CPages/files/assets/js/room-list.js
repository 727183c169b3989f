// The left column: rooms by what happened last, with what is unread, and who I am.

import { skeleton } from './blank.js';
import { h, fill, icon, iconButton, button, reconcile } from './dom.js';
import { avatar } from './avatar.js';
import { Bell } from './bell.js';
import { badge, count, shortTime } from './format.js';
import { gateInShort, gateOf, isGated } from './gate.js';
import { plainText } from './markup.js';
import { sentence } from './overlay.js';
import { placeOf } from './router.js';

export class RoomList {
    constructor(workspace, { create, browse, profile, toggleTheme }) {
        this.workspace = workspace;
        this.list = h('div', { class: 'room-list' });
        this.status = h('span', { class: 'status' });
        this.me = h('button', { type: 'button', class: 'me', 'aria-haspopup': 'menu', onclick: event => profile(event.currentTarget) });
        this.#drawMe();
        this.empty = () => h('div', { class: 'rail-note' }, h('p', null, 'You are in no room yet.'),
            button('Find a room', browse, 'is-primary'), button('Create one', create));
        this.element = h('nav', { class: 'rail', 'aria-label': 'Rooms' },
            h('header', { class: 'rail-head' }, h('span', { class: 'brand' }, icon('stoa'), 'Stoa'),
                new Bell(workspace).element, iconButton('search', 'Find a room', browse), iconButton('add', 'Create a room', create)),
            h('div', { class: 'page-links' }, pageLink('prices', 'chart', 'Prices'), pageLink('progress', 'medal', 'Progress')),
            this.list,
            h('footer', { class: 'rail-foot' },
                this.me,
                iconButton('moon', 'Light or dark', toggleTheme, { class: 'icon-button theme-switch' })));
        workspace.on('me', () => this.#drawMe());
        for (const type of ['rooms', 'open', 'room', 'hidden']) workspace.on(type, () => this.render());
        this.render();
    }

    render() {
        const { workspace } = this;
        const newestFirst = (a, b) => (b.last_message?.at ?? 0) - (a.last_message?.at ?? 0);
        const rooms = [...workspace.rooms.values()]
            .sort((a, b) => newestFirst(a, b) || (a.name ?? '').localeCompare(b.name ?? ''));
        if (!rooms.length) return this.#none();
        reconcile(this.list, rooms.map(room => ({ key: room.id, mark: this.#mark(room), build: () => this.#row(room) })));
    }

    #drawMe() {
        const { me } = this.workspace;
        fill(this.me, avatar(me), h('span', { class: 'me-words' }, h('bdi', { class: 'me-name' }, me.name), this.status));
    }

    #none() {
        const { areRoomsLoaded, roomsError } = this.workspace;
        fill(this.list, !areRoomsLoaded ? skeleton(4) : roomsError
            ? h('div', { class: 'rail-note' }, h('p', null, sentence(roomsError)), button('Try again', () => this.workspace.loadRooms()))
            : this.empty());
    }

    #mark(room) {
        const last = room.last_message;
        const isHidden = this.workspace.hidden.has(last?.author.id);
        return JSON.stringify([room.id === this.workspace.current, room.name, room.unread, room.mentions, room.locked,
            room.type, gateOf(room), last?.id, last?.deleted, last?.content, isHidden]);
    }

    #row(room) {
        const last = room.last_message;
        const isCurrent = room.id === this.workspace.current;
        const by = last?.author.id === this.workspace.me.id ? 'You' : last?.author.name;
        const look = `room-row${room.unread ? ' is-unread' : ''}`;
        return h('a', { class: look, href: placeOf(room.id), 'aria-current': isCurrent ? 'page' : null },
            h('span', { class: 'room-name' }, h('bdi', null, room.name ?? 'Room'), lock(room)),
            last?.at ? h('time', { class: 'room-time' }, shortTime(last.at)) : null,
            h('span', { class: 'room-last', dir: 'auto' },
                last && !last.deleted ? [h('bdi', null, by), ': '] : null, this.#lastWords(room)),
            room.unread ? unreadBadge(room) : null);
    }

    #lastWords({ last_message: last, description }) {
        if (!last) return description || 'No messages yet';
        if (last.deleted) return 'Message deleted';
        return this.workspace.hidden.has(last.author.id) ? 'Hidden' : plainText(last.content ?? '', 80);
    }
}

const pageLink = (href, drawing, words) => h('a', { class: 'page-link', href }, icon(drawing), words);

const unreadBadge = ({ unread, mentions }) => h('span', { class: mentions ? 'badge is-mention' : 'badge' },
    mentions ? '@' : null, badge(unread), h('span', { class: 'unseen' }, ` ${count(unread, 'unread message')}`));

function lock(room) {
    if (room.type === 'public' && !room.locked) return null;
    const words = lockWords(room);
    return h('span', { class: 'room-lock', title: words }, icon(isGated(room) && !room.locked ? 'wallet' : 'lock'), h('span', { class: 'unseen' }, words));
}

function lockWords(room) {
    const gate = gateOf(room);
    const words = room.type === 'private' ? 'Private' : gate ? `For ${gateInShort(gate)}` : isGated(room) ? 'Holders only' : '';
    return room.locked ? ['Locked', words].filter(Boolean).join('. ') : words;
}
