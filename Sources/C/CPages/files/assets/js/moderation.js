// What owners and moderators do with a room: its settings, bans, reports.

import { h, fill, button } from './dom.js';
import { ago } from './format.js';
import { attempt, field, openDialog, openForm, sentence } from './overlay.js';
import { messageCard } from './pins.js';
import { skeleton } from './room-state.js';

const SLOW_MODE = [[0, 'Off'], [5, '5 seconds'], [10, '10 seconds'], [30, '30 seconds'], [60, 'A minute'], [300, '5 minutes'], [3600, 'An hour']];

export function roomSettings(workspace, id) {
    const { api } = workspace;
    const info = { ...workspace.rooms.get(id), ...workspace.client.room(id).info };
    const slow = (info.slow_mode_ms ?? 0) / 1_000;
    const options = SLOW_MODE.some(([value]) => value === slow) ? SLOW_MODE : [...SLOW_MODE, [slow, `${slow} seconds`]];
    return openForm('Room settings', {
        submit: 'Save',
        fields: [
            field('Name', 'name', { required: true, maxlength: 100, value: info.name, autofocus: true, autocomplete: 'off' }),
            field('Description', 'description', { maxlength: 500, value: info.description, autocomplete: 'off' }),
            field('Seats', 'seats', { type: 'number', min: 2, max: 10_000, value: String(info.max_participants ?? 50) }),
            field('Slow mode', 'slow', { tag: 'select', value: String(slow), options: options.map(([value, text]) => [String(value), text]) }, 'How long members wait between two messages.'),
            h('label', { class: 'check' }, h('input', { type: 'checkbox', name: 'locked', checked: Boolean(info.locked) }), h('span', null, 'Locked: nobody new may enter')),
        ],
        save: async ({ name, description, seats, slow: seconds, locked }) => {
            await api.patch(api.room(id), {
                name: name.trim(), description: description.trim(), max_participants: Number(seats), slow_mode_ms: Number(seconds) * 1_000, locked: locked === 'on',
            });
        },
    });
}

export const setLocked = (workspace, id, locked) => attempt(() => workspace.api.patch(workspace.api.room(id), { locked }));

export function archiveRoom(workspace, id) {
    return openForm('Archive this room?', {
        note: 'Everybody leaves it and nobody can enter any more.', submit: 'Archive', isDanger: true,
        save: async () => { await workspace.api.delete(workspace.api.room(id)); workspace.forget(id); },
    });
}

/** A dialog over a list that is fetched; `row(item, reload)` makes an element of each. */
function listDialog(title, empty, load, row) {
    return openDialog(title, close => {
        const list = h('div', { class: 'cards' }, skeleton(3));
        const reload = async () => {
            try {
                const items = await load();
                fill(list, items.length ? items.map(item => row(item, reload, close)) : h('p', { class: 'side-note' }, empty));
            } catch (error) { fill(list, h('p', { class: 'side-note' }, sentence(error), ' ', button('Try again', reload, 'is-link'))); }
        };
        reload();
        return list;
    }, { wide: true });
}

export function showBans(workspace, id) {
    const { api } = workspace;
    return listDialog('Banned people', 'Nobody is banned.', async () => (await api.get(api.room(id, '/bans'))).bans, (ban, reload) => {
        const person = ban.user.id ? ban.user : workspace.directory.get(ban.user);
        const lift = () => attempt(async () => { await api.delete(api.room(id, `/bans/${encodeURIComponent(person.id)}`)); await reload(); });
        return h('div', { class: 'card is-row' }, h('span', { class: 'card-text' }, h('b', null, person.name ?? person.id), ban.reason ? `: ${ban.reason}` : null,
            ban.until ? h('small', null, ` until ${new Date(ban.until).toLocaleString()}`) : null), button('Lift', lift));
    });
}

export function showReports(workspace, id, jump) {
    const { api } = workspace;
    return listDialog('Reports', 'Nothing has been reported.', async () => (await api.get(api.room(id, '/reports'))).reports, (report, _, close) => h('div', { class: 'report' },
        messageCard(report.message, seq => { close(); jump(seq); }), h('p', { class: 'note' }, h('b', null, report.reporter.name), `, ${ago(report.at)}: ${report.reason}`)));
}
