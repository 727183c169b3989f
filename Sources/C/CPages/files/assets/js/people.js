// Who belongs to the room: present first, then the others with when they were last here.

import { h, button, reconcile } from './dom.js';
import { avatar } from './avatar.js';
import { ago } from './format.js';
import { banSomebody } from './moderation.js';
import { attempt, openForm, openMenu, sentence } from './overlay.js';

const RANK = { owner: 0, moderator: 1, member: 2 };
const ROLE_NAMES = { owner: 'Owner', moderator: 'Moderator' };

export class PeoplePanel {
    #off = [];
    #members = new Map();
    #cursor = null;
    #error = null;
    #timer = null;

    constructor(workspace, actions) {
        Object.assign(this, { workspace, actions, model: null });
        this.list = h('div', { class: 'people' });
        this.element = h('div', null, this.list);
        workspace.on('hidden', () => this.#draw());
    }

    show(model) {
        if (model !== this.model) {
            for (const off of this.#off.splice(0)) off();
            this.model = model;
            this.#members.clear();
            this.#off = [
                model.room.on('presence', ({ joined, left, isWhole }) => { this.#draw(); if (isWhole || joined.some(one => !this.#members.has(one.id)) || left.length) this.#loadSoon(); }),
                model.room.on('joined', () => this.#loadSoon()),
                model.room.on('state', () => this.#draw()),
                model.room.on('push', ({ type }) => { if (/member|role|user_updated/.test(type)) { this.#draw(); this.#loadSoon(); } }),
            ];
        }
        this.#draw();
        this.#loadSoon();
    }

    /** Many may come at once; the list is asked for once. */
    #loadSoon() {
        clearTimeout(this.#timer);
        this.#timer = setTimeout(() => this.load(), 150);
    }

    async load(cursor = null) {
        const { model, workspace } = this;
        if (!model.room.joined) return;
        try {
            const page = await workspace.api.get(workspace.api.room(model.id, `/members?limit=100${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`));
            if (model !== this.model) return;
            if (!cursor) this.#members.clear();
            for (const member of page.members) {
                this.#members.set(member.user.id, member);
                workspace.directory.learn(member.user);
            }
            const mine = this.#members.get(workspace.me.id)?.role;
            if (mine && mine !== model.room.role) workspace.setRole(model.id, mine);
            this.#cursor = page.cursor;
            this.#error = null;
        } catch (error) { this.#error = error; }
        this.#draw();
    }

    #draw() {
        const { model } = this;
        if (!model) return;
        const present = new Map(model.room.people);
        for (const [id, { user, present: isHere }] of this.#members) if (isHere && model.room.peopleCount > present.size) present.set(id, user);
        const isOn = model.room.joined;
        // Who was here when the line broke may be gone: still listed, no longer vouched for.
        this.list.classList.toggle('is-stale', !isOn);
        const order = (a, b) => (RANK[this.#role(a.id)] ?? 2) - (RANK[this.#role(b.id)] ?? 2) || a.name.localeCompare(b.name);
        const here = [...present.values()].sort(order);
        const away = [...this.#members.values()].map(member => member.user).filter(user => !present.has(user.id)).sort(order);
        const heading = (key, text) => ({ key, mark: text, build: () => h('h3', { class: 'side-title' }, text) });
        const more = this.#cursor ? [{ key: 'more', mark: this.#cursor, build: () => button('Show more', () => this.load(this.#cursor)) }] : [];
        const problem = this.#error ? [{ key: 'error', mark: this.#error.message, build: () => h('p', { class: 'problem' }, sentence(this.#error), ' ', button('Try again', () => this.load(), 'is-link')) }] : [];
        reconcile(this.list, [
            heading('h-here', isOn ? `Here now · ${model.room.peopleCount}` : 'Last seen here'), ...here.map(one => this.#row(one, true, isOn)),
            ...away.length ? [heading('h-away', `Members · ${away.length}${this.#cursor ? '+' : ''}`), ...away.map(one => this.#row(one, false))] : [], ...more, ...problem,
        ]);
    }

    #role(id) { return id === this.workspace.me.id ? this.model.room.role : this.#members.get(id)?.role; }

    #row(person, isPresent, isSure = true) {
        const { workspace } = this;
        const role = ROLE_NAMES[this.#role(person.id)];
        const seen = this.#members.get(person.id)?.last_seen_at;
        const isMe = person.id === workspace.me.id;
        const isHidden = workspace.hidden.has(person.id);
        const note = isPresent ? (isHidden ? 'hidden' : null) : seen ? `here ${ago(seen)}` : null;
        return {
            key: `p-${person.id}`, mark: [person.name, isPresent, isSure, role, note].join('|'),
            build: () => h('button', { type: 'button', class: `person${isPresent ? '' : ' is-away'}`, 'aria-haspopup': 'menu', onclick: event => this.menu(person, event.currentTarget) },
                avatar(person, { small: true, isPresent }), h('span', { class: 'person-name' }, h('bdi', null, person.name), isMe ? h('span', { class: 'muted' }, ' (you)') : null, note ? h('small', null, note) : null),
                isPresent && isSure ? h('span', { class: 'unseen' }, 'present') : null, role ? h('span', { class: 'tag' }, role) : null),
        };
    }

    /** What one can do with a person. Who may do what is the server's to say; this shows what makes sense. */
    menu(person, anchor) {
        const { workspace, model } = this;
        const { api } = workspace;
        const role = this.#role(person.id) ?? 'member';
        const isMe = person.id === workspace.me.id;
        const mayModerate = !isMe && workspace.isModerator(model.id) && (workspace.isOwner(model.id) || role === 'member');
        const path = `/members/${encodeURIComponent(person.id)}`;
        const setRole = to => attempt(async () => { await api.put(api.room(model.id, path), { role: to }); await this.load(); });
        const isHidden = workspace.hidden.has(person.id);
        const items = [
            isMe ? false : { label: `Mention ${person.name}`, icon: 'reply', run: () => this.actions.on.mention(person) },
            isMe ? false : { label: isHidden ? 'Show messages again' : 'Hide for me', icon: 'hide', run: () => workspace.setHidden(person.id, !isHidden) },
            ...!isMe && workspace.isOwner(model.id) && role !== 'owner' ? [null, ...['member', 'moderator'].map(one => ({
                label: one === 'member' ? 'Member' : 'Moderator', isChecked: one === role, run: () => one === role || setRole(one),
            })), { label: 'Owner…', isChecked: false, run: () => this.#handOver(person, path) }] : [],
            ...mayModerate ? [null,
                { label: 'Remove from room…', icon: 'close', isDanger: true, run: () => this.#remove(person, path) },
                { label: 'Ban…', icon: 'lock', isDanger: true, run: () => this.#ban(person) }] : [],
            isMe ? { label: 'Leave this room…', icon: 'leave', isDanger: true, run: () => this.actions.on.leave() } : false,
        ].filter(item => item !== false);
        openMenu(anchor, person.name, items);
    }

    #remove(person, path) {
        const { api } = this.workspace;
        return openForm(`Remove ${person.name}?`, {
            note: 'They leave at once and may come back unless the room is locked or private.', submit: 'Remove', isDanger: true,
            save: async () => { await api.delete(api.room(this.model.id, path)); await this.load(); },
        });
    }

    async #ban(person) {
        if (await banSomebody(this.workspace, this.model.id, person)) await this.load();
    }

    /** A room has one owner: who gives it away is a moderator from then on, and cannot take it back. */
    #handOver(person, path) {
        const { api } = this.workspace;
        return openForm(`Hand the room to ${person.name}?`, {
            note: `${person.name} becomes the owner. You stay as a moderator, and only they could give it back.`, submit: 'Hand over', isDanger: true,
            save: async () => { await api.put(api.room(this.model.id, path), { role: 'owner' }); await this.load(); },
        });
    }
}
