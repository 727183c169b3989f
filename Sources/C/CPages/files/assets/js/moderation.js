// What owners and moderators do with a room: its settings, bans, reports.

import { skeleton } from './blank.js';
import { h, fill, button } from './dom.js';
import { ago, exactTime, shortTime } from './format.js';
import { gateOf, isGated, learnTokens } from './gate.js';
import { CONTROLS, gateBody, gateFields, isSameGate } from './gate-fields.js';
import { confirmGate } from './gate-trial.js';
import { attempt, field, openDialog, openForm, sentence } from './overlay.js';
import { messageCard } from './pins.js';

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
            h('label', { class: 'check' }, h('input', { type: 'checkbox', name: 'receipts', checked: Boolean(info.receipts) }), h('span', null, 'Receipts: senders see when everybody here has a message, and has read it')),
            !isOwner ? null : h('label', { class: 'check' }, h('input', { type: 'checkbox', name: 'awards', checked: Boolean(info.announce_achievements) }), h('span', null, 'Badges: those here are told what somebody has earned by what they did here')),
        ],
        save: async (values, say) => {
            const body = { slow_mode_ms: Number(values.slow) * 1_000, locked: values.locked === 'on', receipts: values.receipts === 'on' };
            if (!isOwner) return api.patch(api.room(id), body);
            Object.assign(body, { name: values.name.trim(), description: values.description.trim(), max_participants: Number(values.seats), announce_achievements: values.awards === 'on' });
            const gate = gateBody(values);
            if (isSameGate(gate, info)) return api.patch(api.room(id), body);
            if (gateOf(gate)) await confirmGate(workspace, id, gate, say);
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

/**
 * A dialog over a list that is fetched page by page: `load(cursor)` gives `{ items, cursor }`, `row(item, again, close)` an
 * element of each; `top(again)` stands above.
 */
function listDialog(title, empty, load, row, top = () => null) {
    return openDialog(title, close => {
        const list = h('div', { class: 'cards' }, skeleton(3));
        const show = async (cursor = null) => {
            try {
                const page = await load(cursor);
                const rows = page.items.map(item => row(item, () => show(), close));
                const more = page.cursor ? button('Show more', () => { more.remove(); return show(page.cursor); }) : null;
                if (!cursor) fill(list, rows.length ? rows : h('p', { class: 'side-note' }, empty));
                else list.append(...rows);
                if (more) list.append(more);
            } catch (error) { fill(list, h('p', { class: 'side-note' }, sentence(error), ' ', button('Try again', () => show(), 'is-link'))); }
        };
        show();
        return [top(() => show()), list].filter(Boolean);
    }, { wide: true });
}

const paged = (path, cursor) => `${path}?limit=50${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`;

/** Members are looked through for names so far; those of larger rooms have been seen elsewhere, or are shown by id. */
const NAME_PAGES = 5;

/** Lists name people by id; whoever belongs to the room has a name as well. */
async function learnNames({ api, directory }, id, people) {
    let cursor = null;
    for (let page = 0; page < NAME_PAGES && people.some(one => one && !directory.knows(one)); page++) {
        const { members, cursor: next } = await api.get(api.room(id, `/members?limit=100${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`)).catch(() => ({ members: [], cursor: null }));
        for (const { user } of members) directory.learn(user);
        cursor = next;
        if (!cursor) return;
    }
}

/** Whoever is nobody's account. */
const OFFICES = { operator: 'The operator', system: 'The server', gate: 'The gate' };

/** A person of whom a list says the id: by name where one is known, and the id for who has to tell namesakes apart. */
const named = (directory, id) => OFFICES[id] ?? h('bdi', { title: id, class: directory.knows(id) ? null : 'address' }, directory.name(id));

const SPANS = { hour: 3_600_000, day: 86_400_000, week: 604_800_000, month: 30 * 86_400_000 };

/** Bans a person, or whoever is named by id: somebody who never joined can be kept out as well. */
export function banSomebody(workspace, id, person = null) {
    const { api } = workspace;
    return openForm(person ? `Ban ${person.name}?` : 'Ban somebody', {
        note: 'They leave at once and cannot come back while the ban lasts.', submit: 'Ban', isDanger: true, controls: { until: 'span' },
        fields: [
            person ? null : field('Person’s id', 'user', { required: true, maxlength: 64, autofocus: true, autocomplete: 'off', spellcheck: 'false', placeholder: 'Such as u_ann' }),
            field('For how long', 'span', { tag: 'select', value: 'ever', options: [['ever', 'Until it is lifted'], ['hour', 'An hour'], ['day', 'A day'], ['week', 'A week'], ['month', '30 days']] }),
            field('Reason (they see it)', 'reason', { maxlength: 200 })],
        save: async ({ user, span, reason }) => {
            await api.post(api.room(id, '/bans'), { user: person?.id ?? user.trim(), reason, ...SPANS[span] && { until: Date.now() + SPANS[span] } });
        },
    });
}

export function showBans(workspace, id) {
    const { api, directory } = workspace;
    const load = async cursor => {
        const page = await api.get(api.room(id, paged('/bans', cursor)));
        await learnNames(workspace, id, page.bans.flatMap(ban => [ban.user, ban.by]));
        return { items: page.bans, cursor: page.cursor };
    };
    const row = (ban, again) => {
        const name = directory.name(ban.user);
        const lift = button('Lift', () => attempt(async () => { await api.delete(api.room(id, `/bans/${encodeURIComponent(ban.user)}`)); await again(); }));
        lift.setAttribute('aria-label', `Lift the ban of ${name}`);
        return h('div', { class: 'card is-row' }, h('span', { class: 'card-text' }, h('b', null, named(directory, ban.user)), ban.reason ? [': ', h('bdi', null, ban.reason)] : null,
            h('small', null, ban.until ? `until ${exactTime(ban.until)}` : 'until it is lifted', ' · by ', named(directory, ban.by), `, ${ago(ban.at)}`)), lift);
    };
    return listDialog('Banned people', 'Nobody is banned.', load, row,
        again => h('div', null, button('Ban somebody…', async () => { if (await banSomebody(workspace, id)) await again(); })));
}

export function showReports(workspace, id, jump) {
    const { api } = workspace;
    const load = async cursor => {
        const page = await api.get(api.room(id, paged('/reports', cursor)));
        return { items: page.reports, cursor: page.cursor };
    };
    return listDialog('Reports', 'Nothing has been reported.', load, (report, _, close) => h('div', { class: 'report' },
        report.message ? messageCard(report.message, seq => { close(); jump(seq); }) : null, h('p', { class: 'note' }, h('b', null, report.reporter.name), `, ${ago(report.at)}: ${report.reason ?? 'no reason given'}`)));
}

/** What was done, as "who" and "whom" make a sentence of it. */
const ACTS = {
    'room.update': by => [by, ' changed the settings'], 'room.archive': by => [by, ' archived the room'],
    'member.role.owner': (by, whom) => [by, ' handed the room to ', whom], 'member.role.moderator': (by, whom) => [by, ' made ', whom, ' a moderator'],
    'member.role.member': (by, whom) => [by, ' made ', whom, ' an ordinary member'], 'member.remove': (by, whom) => [by, ' removed ', whom],
    'member.gate_lost': (_, whom) => [whom, ' no longer held what the room asks for'],
    'ban.add': (by, whom) => [by, ' banned ', whom], 'ban.remove': (by, whom) => [by, ' lifted the ban of ', whom],
    'invitation.add': by => [by, ' made an invitation'],
    'message.delete': by => [by, ' deleted a message'], 'message.pin': by => [by, ' pinned a message'], 'message.unpin': by => [by, ' unpinned a message'],
    'message.delete': (by, whom) => [by, ' deleted a message of ', whom], 'message.pin': (by, whom) => [by, ' pinned a message of ', whom],
    'message.unpin': (by, whom) => [by, ' unpinned a message of ', whom],
};

/** The same as what somebody was refused. */
const REFUSED = {
    'room.update': 'changing the settings', 'room.archive': 'archiving the room', 'member.role.owner': 'handing the room to', 'member.role.moderator': 'making a moderator of',
    'member.role.member': 'making an ordinary member of', 'member.role': 'changing the role of', 'member.remove': 'removing', 'ban.add': 'banning', 'ban.remove': 'lifting the ban of', 'invitation.add': 'inviting',
    'message.delete': 'deleting a message of', 'message.pin': 'pinning a message of', 'message.unpin': 'unpinning a message of',
};

/** The record of what moderators and the owner did. */
export function showRecord(workspace, id) {
    const { api, directory } = workspace;
    const load = async cursor => {
        const page = await api.get(api.room(id, paged('/audit', cursor)));
        await learnNames(workspace, id, page.entries.flatMap(entry => [entry.by, entry.target]));
        return { items: page.entries, cursor: page.cursor };
    };
    const words = ({ by, action, target, outcome, count: times }) => {
        const [who, whom] = [by ? named(directory, by) : 'Somebody', target ? named(directory, target) : null];
        if (outcome && outcome !== 'done') return [who, ' was refused ', REFUSED[action] ?? action, whom ? [' ', whom] : null, times > 1 ? ` (${times} times)` : null].flat();
        return (ACTS[action] ?? (() => [who, `: ${action} `, whom]))(who, whom);
    };
    return listDialog('What moderators did', 'Nothing yet.', load, entry => h('div', { class: 'record' },
        h('span', { dir: 'auto' }, words(entry)), h('time', { class: 'muted', title: exactTime(entry.at) }, shortTime(entry.at))));
}
