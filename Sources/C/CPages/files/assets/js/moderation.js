// What owners and moderators do with a room: its settings, bans, reports.

import { h, fill, button } from './dom.js';
import { ago } from './format.js';
import { gateOf, isGated, learnTokens } from './gate.js';
import { CONTROLS, gateBody, gateFields, isSameGate } from './gate-fields.js';
import { confirmGate } from './gate-trial.js';
import { attempt, field, openDialog, openForm, sentence } from './overlay.js';
import { messageCard } from './pins.js';
import { skeleton } from './room-state.js';

const SLOW_MODE = [[0, 'Off'], [5, '5 seconds'], [10, '10 seconds'], [30, '30 seconds'], [60, 'A minute'], [300, '5 minutes'], [3600, 'An hour']];

export async function roomSettings(workspace, id) {
    const { api } = workspace;
    const info = { ...workspace.rooms.get(id), ...workspace.client.room(id).info };
    const isOwner = workspace.isOwner(id);
    // An amount is shown in whole tokens, for which one has to know the token.
    if (isOwner && isGated(info)) await api.get(api.room(id, '/gate')).then(({ tokens }) => learnTokens(tokens), () => {});
    const slow = (info.slow_mode_ms ?? 0) / 1_000;
    const options = SLOW_MODE.some(([value]) => value === slow) ? SLOW_MODE : [...SLOW_MODE, [slow, `${slow} seconds`]];
    return openForm('Room settings', {
        submit: 'Save', controls: CONTROLS,
        fields: [
            ...isOwner ? ownersFields(info, mint => learnMint(api, id, mint)) : [],
            field('Slow mode', 'slow', { tag: 'select', value: String(slow), autofocus: !isOwner, options: options.map(([value, text]) => [String(value), text]) }, 'How long members wait between two messages.'),
            h('label', { class: 'check' }, h('input', { type: 'checkbox', name: 'locked', checked: Boolean(info.locked) }), h('span', null, 'Locked: nobody new may enter')),
        ],
        save: async values => {
            const body = { slow_mode_ms: Number(values.slow) * 1_000, locked: values.locked === 'on' };
            if (!isOwner) return api.patch(api.room(id), body);
            Object.assign(body, { name: values.name.trim(), description: values.description.trim(), max_participants: Number(values.seats) });
            const gate = gateBody(values);
            if (isSameGate(gate, info)) return api.patch(api.room(id), body);
            if (gateOf(gate)) await confirmGate(workspace, id, gate);
            return api.patch(api.room(id), { ...body, ...gate });
        },
    });
}

/** What moderators may not change. */
const ownersFields = (info, learn) => [
    field('Name', 'name', { required: true, maxlength: 100, value: info.name, autofocus: true, autocomplete: 'off' }),
    field('Description', 'description', { maxlength: 500, value: info.description, autocomplete: 'off' }),
    gateFields(info, { learn }),
    field('Seats', 'seats', { type: 'number', min: 2, max: 10_000, value: String(info.max_participants ?? 50) }),
];

/** A trial of a gate tells what its tokens are. */
async function learnMint(api, id, mint) {
    const { tokens } = await api.post(api.room(id, '/gate/dry-run?limit=1'), { access_token_mint: mint, access_token_min_amount: '1' });
    learnTokens(tokens);
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
